# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application's end of a connection of ours, where it is on this machine: its exact options, read and lowered."""

import socket
import time
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings
from ansible_collections.netops.keepalive.plugins.module_utils._host import procfs
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import lookup
from ansible_collections.netops.keepalive.plugins.module_utils._probe.inspect import observation as inspect_observation
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import (
    netns,
    pidfd,
    sock_diag,
)
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import (
    options as socket_options,
)
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

# Seconds until all that is still unknown is looked for again, and not just what was asked for.
BETWEEN_SEARCHES = 0.25


class Reading(t.NamedTuple):
    """What is known of it at one moment. ``waiting``: no application has accepted it yet."""

    read: str = observation.UNREAD
    keepalive: t.Optional[bool] = None
    values: t.Optional[_settings.Values] = None
    set_by: t.Optional[str] = None
    waiting: bool = False
    deferred: bool = False
    limit: t.Optional[str] = None

    @property
    def off(self) -> bool:
        return self.read == observation.EXACT and self.keepalive is False


class Reader:
    """Reads the ends of many connections; close it."""

    def __init__(self) -> None:
        self.namespaces: t.Dict[t.Optional[str], t.Tuple[sock_diag.Diag, _settings.Settings]] = {}
        self.expected: t.Dict[socket.socket, types.Listener] = {}
        self.found: t.Dict[socket.socket, lookup.Accepted] = {}
        self.missing: t.Dict[socket.socket, Reading] = {}
        """What is known of those that were looked for and not found."""
        self.queued: t.Dict[int, Reading] = {}
        """What a connection that waits to be accepted means, by the cookie of its listener."""
        self.next_search = 0.0

    def close(self) -> None:
        for diag, _host in self.namespaces.values():
            diag.close()

    def expect(self, connection: socket.socket, listener: t.Optional[types.Listener]) -> None:
        """A connection whose other end will be read: the ends of all are looked for together."""
        if listener is not None:
            self.expected[connection] = listener

    def forget(self, connection: socket.socket) -> None:
        self.expected.pop(connection, None)
        self.found.pop(connection, None)
        self.missing.pop(connection, None)

    def read(self, connection: socket.socket) -> Reading:
        """The options as they are now; a ``Reading`` that knows nothing where the other end is not on this machine."""
        listener = self.expected.get(connection)
        if listener is None:
            return Reading()
        if connection not in self.found:
            self.look_for(connection)
        if connection not in self.found:
            return self.missing[connection]
        found = self.found[connection]
        try:
            return reading(lookup.read(found), self.namespace(listener.namespace)[1])
        except _errors.SocketGone as error:
            del self.found[connection]  # it may have moved to another process
            return Reading(limit=str(error))
        except _errors.KeepaliveError as error:
            if found.timer == sock_diag.TIMER_KEEPALIVE:
                return Reading(observation.TIMER, True, limit=str(error))
            return Reading(limit=str(error))

    def taken_by(self, connection: socket.socket, workers: t.Collection[int]) -> t.Optional[int]:
        """The process that accepted it, where that is another of these workers than the one that was meant."""
        listener, found = self.expected.get(connection), self.found.get(connection)
        if listener is None or found is None or found.holder is None or found.holder.pid not in workers:
            return None
        meant = found.holder.pid in listener.pids
        return None if meant else found.holder.pid

    def lower(self, connection: socket.socket, values: _settings.Values) -> t.Optional[str]:
        """Set the timers of the one accepted connection; why it could not be done, else ``None``."""
        if connection not in self.found:
            return "the application's end of the connection is not known"
        try:
            lookup.lower(self.found[connection], values)
        except (_errors.KeepaliveError, OSError) as error:
            return str(error)
        return None

    def namespace(self, path: t.Optional[str]) -> t.Tuple[sock_diag.Diag, _settings.Settings]:
        """Where to ask for its sockets, and the values of its host. Raises ``HostUnreadable``."""
        if path not in self.namespaces:
            with netns.inside(path):
                self.namespaces[path] = (sock_diag.Diag(), procfs.read_runtime())
        return self.namespaces[path]

    def look_for(self, connection: socket.socket) -> None:
        """For all that are not found yet, now and then; in between for one that was never looked for."""
        if time.monotonic() >= self.next_search:
            self.search([one for one in self.expected if one not in self.found])
            self.next_search = time.monotonic() + BETWEEN_SEARCHES
        elif connection not in self.missing:
            self.search([connection])

    def search(self, connections: t.Iterable[socket.socket]) -> None:
        """Who holds the other ends of these: the processes are searched once for all."""
        seen = {}
        for connection in connections:
            listener = self.expected[connection]
            try:
                end = lookup.look_up(self.namespace(listener.namespace)[0], connection, listener)
            except _errors.KeepaliveError as error:
                self.missing[connection] = Reading(limit=str(error))
                continue
            if end is None:
                self.missing[connection] = self.not_accepted(listener)
            else:
                seen[connection] = end
        holders = lookup.search(
            [end.inode for end in seen.values()], [self.expected[connection] for connection in seen]
        )
        for connection, end in seen.items():
            self.found[connection] = lookup.accepted(end, holders.get(end.inode))

    def not_accepted(self, listener: types.Listener) -> Reading:
        if listener.cookie not in self.queued:
            self.queued[listener.cookie] = self.read_listener(listener)
        return self.queued[listener.cookie]

    def read_listener(self, listener: types.Listener) -> Reading:
        """A listener with TCP_DEFER_ACCEPT gets the connection when data has come: what it has, the connection will have."""
        try:
            with pidfd.duplicate(listener.holders[0], listener.cookie, listener.family) as copy:
                options = socket_options.read(copy, listener=True)
        except (_errors.KeepaliveError, IndexError):
            return Reading(waiting=True)
        if not options.defer_accept:
            return Reading(waiting=True)
        if not options.keepalive:
            return Reading(observation.EXACT, waiting=True, deferred=True)
        return reading(options, self.namespace(listener.namespace)[1])._replace(waiting=True, deferred=True)


def reading(options: socket_options.SocketOptions, host: _settings.Settings) -> Reading:
    return Reading(observation.EXACT, options.keepalive, options.values, inspect_observation.set_by(options, host))
