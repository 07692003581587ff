# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One test connection, from its start to its close: what it is at, and what it has shown."""

import errno
import os
import socket
import struct
import time
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import lookup
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import connection_limit, destination
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import (
    interfaces,
    sock_diag,
)
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import (
    options as socket_options,
)
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

# What a visit waits for: its turn, the handshake, accept(), the time in which the application may still change options.
WAITING, CONNECTING, QUEUED, SETTLING, DONE = range(5)
SOONEST, LATEST = 0.0005, 0.05
"""Seconds between two looks whether it was accepted."""
VANISHED_FOR_SURE = 0.2
TCP_ESTABLISHED = 1
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
CHUNK, CHUNKS = 65536, 16

CLOSED = "The application closed the test connection before its options could be read."
REDIRECTED = (
    "Another socket than the application's answers at this address: the connection was redirected on this host, by a proxy "
    "or by address translation."
)


class Visit:
    """``diag`` belongs to the network namespace of the listener."""

    def __init__(self, target: types.Target, diag: sock_diag.Diag, options: types.Options) -> None:
        self.target = target
        self.diag = diag
        self.options = options
        self.stage = WAITING
        self.place: t.Optional[destination.Place] = None
        """Where to connect to, where that is not the first choice."""
        self.connection: t.Optional[socket.socket] = None
        self.ends: t.Optional[lookup.Ends] = None
        self.due = self.deadline = self.established = 0.0
        self.pause = SOONEST
        self.tries = self.searches = self.readings = 0
        self.accepted: t.Optional[lookup.Accepted] = None
        self.contact = observation.NOT_TRIED
        self.problem: t.Optional[str] = None
        self.reading: t.Optional[socket_options.SocketOptions] = None
        self.steady = self.closed = False
        self.speech: t.Optional[t.Generator[t.Any, int, t.Optional[str]]] = None
        self.unsaid: t.Optional[str] = None
        """Why it could not be said to its end."""
        self.by_another = False
        """Another worker than the listener's own has accepted it."""
        self.half_open = False
        """The application's side has not completed the handshake: it waits for data, or its queue is full."""
        self.unreadable: t.Optional[str] = None
        self.timer: t.Optional[int] = None

    def connect(self, connection: socket.socket, place: destination.Place) -> int:
        """Start the handshake; the error's number, or 0."""
        self.connection, self.accepted = connection, None
        self.searches, self.pause = 0, SOONEST
        self.tries += 1
        connection.setblocking(False)
        if place.interface:
            interfaces.bind(connection, place.interface)
        if self.options.source_address:
            try:
                connection.bind((self.options.source_address, 0))
            except OSError as error:
                self.problem = "source_address is {0}: {1}; allowed is an address of this host.".format(
                    _errors.shown(self.options.source_address), error.strerror
                )
                return error.errno or errno.EINVAL
        self.stage = CONNECTING
        self.deadline = time.monotonic() + self.options.timeout
        code = connection.connect_ex(place.address)
        return 0 if code == errno.EINPROGRESS else code

    def connected(self) -> int:
        """The handshake is over: the error's number, or 0."""
        connection = self.own_end()
        code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            return code
        try:
            self.ends = lookup.ends_of(connection, self.target.listener)
        except OSError as error:  # reset meanwhile
            return error.errno or errno.ECONNRESET
        if self.ends[1] == self.ends[2]:
            # Nobody listens, and the port was drawn as our own: TCP then connects a socket with itself.
            return errno.ECONNREFUSED
        now = time.monotonic()
        self.stage, self.due, self.established = QUEUED, now, now
        self.deadline = now + self.options.timeout
        if self.target.tls:
            # A run without TLS does without all that.
            from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import handshake

            self.speech = handshake.tried(connection, self.target, self.options.timeout)
        elif self.target.send:
            try:
                connection.send(self.target.send)
            except OSError:
                pass  # that it is closed is seen in a moment
        return 0

    def speaks(self) -> bool:
        """Whether what has to be said first still is: an application may set its options after a TLS handshake."""
        if self.speech is None:
            return False
        try:
            next(self.speech)
        except StopIteration as end:
            self.speech, self.unsaid = None, end.value
        return self.speech is not None

    def own_end(self) -> socket.socket:
        if self.connection is None:
            raise AssertionError("a visit that is under way has a connection")
        return self.connection

    def other_end(self) -> sock_diag.Socket:
        """Raises ``SocketGone``."""
        if self.ends is None:
            raise AssertionError("what is looked for was connected")
        return lookup.there_of(self.diag, self.ends)

    def read(self) -> bool:
        """Whether there was something new to read. Raises ``SocketGone``."""
        if self.accepted is None:
            raise AssertionError("what is read was accepted")
        try:
            reading = lookup.read(self.accepted)
        except _errors.SocketUnreadable as why:
            self.unreadable = str(why)
            return self.read_timer()
        self.unreadable = None
        news = reading != self.reading
        self.reading = reading
        return news

    def read_timer(self) -> bool:
        seen = self.other_end()
        before = self.timer
        if seen.timer == sock_diag.TIMER_KEEPALIVE:
            # It was armed at some moment after the handshake, which was seen a little late.
            self.timer = int(seen.expires / 1000 + time.monotonic() - self.established + 0.3)
        return before is None and self.timer is not None

    def later(self, now: float) -> None:
        """Look again; more seldom each time."""
        self.due = now + self.pause
        self.pause = min(2 * self.pause, LATEST)

    def without_ipv6(self, code: int) -> bool:
        return code in destination.NO_IPV6 and self.place is None and not self.options.source_address

    # How a visit ends.

    def not_opened(self, error: Exception) -> None:
        self.stage = DONE
        if isinstance(error, OSError) and error.errno in connection_limit.NO_ROOM:
            self.problem = (
                "No descriptor is free for a test connection: raise the prober's limit of open files (ulimit -n)."
            )
        elif isinstance(error, OSError):
            self.problem = "No test connection could be opened: {0}.".format(error.strerror)
        else:
            self.problem = str(error)

    def failed(self, code: int) -> None:
        if self.problem:
            return
        if code in (
            errno.ECONNRESET,
            errno.EPIPE,
            errno.ENOTCONN,
        ):  # after the handshake: before it, a reset says ECONNREFUSED
            self.hung_up()
        elif code == errno.ECONNREFUSED:
            self.contact = observation.REFUSED
            self.problem = "The connection was refused: nobody listens there any more, or a firewall rejects it."
        elif code == errno.EADDRNOTAVAIL:
            self.problem = "No test connection could be opened: no port is free, or this host lacks the address."
        elif code == errno.ENETUNREACH and self.target.listener is not None:
            self.problem = "No test connection could be opened: no route leads to the listener, as where lo is down."
        else:
            self.contact = observation.UNREACHABLE
            self.problem = "The listener cannot be reached: {0}.".format(os.strerror(code))

    def unanswered(self) -> None:
        self.contact = observation.UNREACHABLE
        self.problem = "No answer came within {0:g} s: a firewall on this host drops the connection.".format(
            self.options.timeout
        )

    def not_accepted(self, seen: sock_diag.Socket) -> None:
        self.contact = observation.NOT_ACCEPTED
        self.half_open = seen.state == sock_diag.SYN_RECV
        self.problem = "The application did not accept the connection within {0:g} s.".format(self.options.timeout)

    def vanished(self, now: float) -> bool:
        """No socket has the other end: whether that is an end of this visit. It may be there in a moment."""
        ours = self.own_end().getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
        if ours == TCP_ESTABLISHED and now < self.established + VANISHED_FOR_SURE:
            self.later(now)
            return False
        self.contact = observation.ACCEPTED
        if ours == TCP_ESTABLISHED:
            self.problem = REDIRECTED
        else:
            self.hung_up()
        return True

    def hung_up(self) -> None:
        self.contact, self.closed = observation.ACCEPTED, True
        if self.reading is None and self.timer is None:
            self.problem = CLOSED


def part(connection: socket.socket, was_accepted: bool) -> None:
    """Close as a polite client does, with a FIN: a reset would stand in the application's log. What nobody accepted is
    reset instead, since its FIN would wait there for as long as the application does not accept."""
    if not was_accepted:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        return
    # Data that was not taken turns the FIN into a reset.
    for _turn in range(CHUNKS):
        try:
            if not connection.recv(CHUNK):
                return
        except OSError:
            return
