# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application's end of a connection of ours, on this machine: found, read, and its timers lowered."""

import contextlib
import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _local_host, _settings, _text
from ansible_collections.netops.keepalive.plugins.module_utils._always import bpf
from ansible_collections.netops.keepalive.plugins.module_utils._host import procfs
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import lookup
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import netns
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import options as socket_options
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import types as sockets_types
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import mark_layout, marks, sock_diag
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

DEFERRED = (
    "The application gets a connection only after data has come (TCP_DEFER_ACCEPT): give send, bytes that it understands, "
    "to have a connection probed."
)
LISTENER_OFF = "the listener itself has keepalive off, and what the application sets on a connection is not known"


# Network namespaces; each is a descriptor.
MOST_OPEN = 8
CONNECTED = 1 << sock_diag.ESTABLISHED | 1 << sock_diag.CLOSE_WAIT

Place = t.Tuple[t.Optional[str], int, int]
"""Where the kernel lists a socket: network namespace, family, local port."""


class Netns(t.NamedTuple):
    """A network namespace: its table of sockets, and the keepalive values in force in it."""

    diag: sock_diag.Diag
    host: _settings.Settings


class Reader:
    """The network namespaces that are looked into; close it."""

    def __init__(self) -> None:
        self.namespaces: t.Dict[t.Optional[str], Netns] = {}
        self.maps: t.Optional[t.FrozenSet[str]] = None
        """The names of this machine's BPF maps; ``None`` until they are asked for."""

    def close(self) -> None:
        for found in self.namespaces.values():
            found.diag.close()

    def namespace(self, path: t.Optional[str]) -> Netns:
        """Raises ``HostUnreadable``."""
        if path not in self.namespaces:
            if len(self.namespaces) == MOST_OPEN:
                self.namespaces.pop(next(iter(self.namespaces))).diag.close()
            with netns.inside(path):
                host = procfs.read_runtime(_local_host.THIS)
                self.namespaces[path] = Netns(sock_diag.Diag(), host)
        return self.namespaces[path]

    def marks_of(self, asked: t.Mapping[int, "Place"]) -> t.Dict[int, marks.Mark]:
        """Those that tcp_keepalive_always has left on these sockets, by their cookies; none where this user may not see them.

        A look at the names of maps costs far less than one at all connections, and few machines have marks.
        """
        if self.maps is None:
            self.maps = map_names()
        if marks.MAP not in self.maps:
            return dict.fromkeys(asked, marks.UNKNOWN) if marks.VALUES in self.maps else {}
        found: t.Dict[int, marks.Mark] = {}
        for path, family in {place[:2] for place in asked.values()}:
            ports = {place[2] for place in asked.values() if place[:2] == (path, family)}
            with contextlib.suppress(_errors.HostUnreadable):
                found.update(marks.read(self.namespace(path).diag, family, ports, CONNECTED))
        return found

    def end_of(self, connection: socket.socket, target: types.Target) -> "End":
        """Raises ``SocketGone`` and ``HostUnreadable``."""
        interface = target.listener.interface if target.listener is not None else 0
        return End(self, target.namespace, lookup.ends_of(connection, interface))


def map_names() -> t.FrozenSet[str]:
    try:
        return frozenset(bpf.map_names())
    except (OSError, _errors.HostUnreadable):  # only root may see them
        return frozenset()


class End:
    """The application's end of one connection."""

    def __init__(self, reader: Reader, namespace: t.Optional[str], ends: lookup.Ends) -> None:
        self.host = reader.namespace(namespace).host
        self.reader = reader
        self.namespace = namespace
        self.ends = ends
        self.accepted: t.Optional[lookup.Accepted] = None

    def look_up(self) -> sock_diag.Socket:
        """As the kernel lists it. Raises ``SocketGone`` and ``HostUnreadable``."""
        return lookup.look_up(self.reader.namespace(self.namespace).diag, self.ends)

    def timer(self) -> t.Optional[int]:
        """Which timer of the connection runs in the kernel; ``None`` where it is gone, or not listed."""
        try:
            return self.look_up().timer
        except _errors.KeepaliveError:
            return None

    def found(self, seen: sock_diag.Socket, holder: t.Optional[sockets_types.Holder]) -> None:
        self.accepted = lookup.Accepted(seen.family, seen.cookie, holder)

    def read(self) -> socket_options.SocketOptions:
        """Raises ``SocketGone`` (look for it again) and ``SocketUnreadable``."""
        if self.accepted is None:
            raise _errors.SocketGone("The application's end of the connection was not found.")
        return lookup.read(self.accepted)

    def place(self, accepted: lookup.Accepted) -> t.Tuple[int, Place]:
        """Its cookie, and where the kernel lists it."""
        return accepted.cookie, (self.namespace, accepted.family, self.ends[1][1])

    def lower(self, values: _settings.Values) -> t.Optional[str]:
        """Set the timers of this one connection; why that failed, else ``None``."""
        if self.accepted is None:
            return "the application's end of the connection was not found"
        try:
            lookup.lower(self.accepted, values)
        except (_errors.KeepaliveError, OSError) as error:
            return _text.as_part(_text.why(error))
        return None


def with_options(
    found: observation.Observation, options: socket_options.SocketOptions, host: _settings.Settings
) -> observation.Observation:
    """The observation with the options of a socket that was read."""
    return found._replace(
        read=observation.EXACT,
        keepalive=options.keepalive,
        values=options.values,
        set_by=set_by(options, host),
    )


def set_by(options: socket_options.SocketOptions, host: _settings.Settings) -> t.Optional[str]:
    """``None`` while keepalive is off: then no values are in force. The host has no TCP_USER_TIMEOUT of its own."""
    if not options.keepalive or not any(options.values):
        return None
    if options.values.user_timeout:
        return "application"
    for own, hosts in zip(options.values, host):
        if own != hosts and own is not None and hosts is not None:
            return "application"
    return "host"


def with_mark(
    found: observation.Observation, mark: t.Optional[marks.Mark], host: _settings.Settings
) -> observation.Observation:
    """The observation of a socket that tcp_keepalive_always has switched on, unless the application has set values since."""
    if mark is None or not found.keepalive or found.values is None:
        return found
    if mark == marks.UNKNOWN:
        is_unclear = found.set_by == "host" and mark_layout.NO_MARKS not in found.limits
        return found._replace(limits=found.limits + (mark_layout.NO_MARKS,)) if is_unclear else found
    marked = [own or hosts for own, hosts in zip(mark, (*host, 0))]
    in_force = [*found.values[:3], round((found.values.user_timeout or 0) * 1000)]
    return found._replace(set_by="always") if in_force == marked else found
