# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All TCP listeners of this machine, and the processes that hold each."""

import operator
import os
import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._probe import ports, types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.discovery import forwarders, socket_units
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import addresses, netns, owners
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import processes as sockets_processes
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import types as sockets_types
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import sock_diag

IPV6 = int(socket.AF_INET6)  # an enumeration is slow to compare
# They hold a socket for a service that a connection starts: another process that holds it is that service.
ACTIVATORS = ("systemd", "init", "inetd", "xinetd", "inetutils-inetd")
UNSEEN = (
    "Not all network namespaces were looked into: {0} could not be entered, and those of {1} processes are not shown; run "
    "the task {2}."
)

Seen = t.Tuple[sock_diag.Socket, bool, t.Optional[str]]
Sockets = t.List[Seen]
Processes = t.Dict[t.Tuple[int, ...], t.Optional[sockets_types.Process]]


class Found(t.NamedTuple):
    listeners: t.List[types.Listener]
    limits: t.Tuple[str, ...]
    """What was not looked at, and what would help."""


def discover(full_command: bool = False, namespaces: bool = False) -> Found:
    """Each listening socket once, by port; with ``namespaces`` those of other network namespaces too.

    Raises:
        HostUnreadable: the kernel does not list its sockets.
    """
    found = in_namespace(None)
    limits: t.Tuple[str, ...] = ()
    if namespaces:
        elsewhere, limits = in_others()
        found += elsewhere
    listeners = with_specific_addresses(with_holders(found, full_command))
    listeners = socket_units.marked(forwarders.marked(listeners))
    listeners.sort(key=operator.attrgetter("port", "family", "address", "cookie"))
    if namespaces:
        listeners.sort(key=lambda listener: listener.namespace or "")
    return Found(listeners, limits)


def in_others() -> t.Tuple[Sockets, t.Tuple[str, ...]]:
    paths, hidden = netns.others()
    found: Sockets = []
    closed = 0
    for path in paths:
        try:
            found += in_namespace(path)
        except _errors.HostUnreadable:
            closed += os.path.exists(path)  # else it ended meanwhile
    if not closed and not hidden:
        return found, ()
    cure = "with become: true" if os.geteuid() else "as root of the machine, not of a container"
    return found, (UNSEEN.format(closed, hidden, cure),)


def with_specific_addresses(listeners: t.List[types.Listener]) -> t.List[types.Listener]:
    """The same listeners; a wildcard gets the addresses of others on its port."""
    wild = {(one.namespace, one.port) for one in listeners if one.address in addresses.WILDCARDS}
    if not wild:
        return listeners
    specific: t.Dict[t.Tuple[t.Optional[str], int], t.Tuple[str, ...]] = {}
    for one in listeners:
        key = (one.namespace, one.port)
        if key in wild and one.address not in addresses.WILDCARDS:
            specific[key] = specific.get(key, ()) + (ports.plain(one.address),)
    if not specific:
        return listeners
    return [
        one._replace(specific_addresses=specific.get((one.namespace, one.port), ()))
        if one.address in addresses.WILDCARDS
        else one
        for one in listeners
    ]


def again(
    gone: t.Iterable[types.Listener], there: t.Collection[int], full_command: bool = False
) -> t.Dict[int, types.Listener]:
    """What listens in the place of these now: the same listener, or that of an application that was started again.

    By the cookie of each that is gone. A new listener replaces one of them only, as workers share an address; ``there`` are
    the cookies of those that are still where they were.
    """
    by_cookie = {listener.cookie: listener for listener in gone}
    replaced: t.Dict[int, Seen] = {}
    fresh: t.Dict[t.Tuple[t.Any, ...], Sockets] = {}
    for one in in_all({listener.namespace for listener in by_cookie.values()}):
        seen, _mptcp, namespace = one
        if seen.cookie in by_cookie:
            replaced[seen.cookie] = one
        elif seen.cookie not in there:
            fresh.setdefault((namespace, seen.family, seen.address, seen.port), []).append(one)
    for cookie, listener in by_cookie.items():
        candidates = fresh.get((listener.namespace, listener.family, listener.address, listener.port))
        if cookie not in replaced and candidates:
            replaced[cookie] = candidates.pop(0)
    found = with_holders(list(replaced.values()), full_command)
    return {
        cookie: new._replace(
            forwarder=by_cookie[cookie].forwarder,
            specific_addresses=by_cookie[cookie].specific_addresses,
            socket_unit=by_cookie[cookie].socket_unit,
        )
        for cookie, new in zip(replaced, found)
    }


def in_all(paths: t.Iterable[t.Optional[str]]) -> Sockets:
    """The listeners of these network namespaces; none of a namespace that is gone."""
    found: Sockets = []
    for path in paths:
        try:
            found += in_namespace(path)
        except _errors.HostUnreadable:
            continue
    return found


def with_holders(found: Sockets, full_command: bool) -> t.List[types.Listener]:
    holders = owners.holders(seen.inode for seen, _mptcp, _namespace in found)
    processes: Processes = {}
    listeners = []
    # There may be thousands: this loop calls as little as it can.
    new, address, ntohs, held_by = tuple.__new__, sock_diag.address, socket.ntohs, holders.get
    for seen, mptcp, namespace in found:
        (family, _state, _timer, _unanswered, port, _far_port, local, _remote) = seen[:8]
        (interface, low, high, _expires, _queued, _backlog, _uid, inode) = seen[8:16]
        held = held_by(inode, ())
        pids = (held[0][0],) if len(held) == 1 else tuple(holder[0] for holder in held)
        if pids not in processes:
            processes[pids] = process_of(pids, full_command)
        fields = (family, address(family, local), ntohs(port), high << 32 | low, inode, interface)
        v6only = family == IPV6 and seen.v6only
        listeners.append(
            new(types.Listener, (*fields, v6only, mptcp, held, processes[pids], namespace, None, (), None))
        )
    return listeners


def in_namespace(path: t.Optional[str]) -> Sockets:
    """The listeners of one network namespace: the socket, whether it is an MPTCP one, and the namespace."""
    with netns.inside(path), sock_diag.Diag() as diag:
        return [(seen, mptcp, path) for family in addresses.FAMILIES for seen, mptcp in diag.listeners(family)]


def process_of(pids: t.Tuple[int, ...], full_command: bool) -> t.Optional[sockets_types.Process]:
    """The service rather than the program that started it, the master rather than its workers."""
    seen: t.Optional[sockets_types.Process] = None
    unique = sorted(set(pids))
    for pid in sockets_processes.oldest(unique) if len(unique) > 1 else unique:
        process = sockets_processes.read(pid, full_command, tuple(unique))
        if process and process.name not in ACTIVATORS:
            return process
        seen = seen or process
    return seen
