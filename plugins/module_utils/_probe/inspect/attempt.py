# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A test connection to one listener: made, accepted, and its options read until they are still."""

import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _text
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import lookup, reader, workers
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import (
    accept_queue,
    channel,
    connect,
    destination,
    event_loop,
    failures,
    handshake,
)
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import options as socket_options
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import types as sockets_types
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import marks, sock_diag
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

# How often the process that has the connection is looked for, and the seconds between.
SEARCHES, BETWEEN_SEARCHES = 4, 0.05
# Seconds between two readings at least: one reading never proves an "off".
SHORTEST_SETTLE = 0.05
# An application whose options are still changing at this many readings is read no more.
READINGS = 10

HANDSHAKE_FAILED = "TLS or send failed ({0}); these are the options before it."


class Call(t.NamedTuple):
    """What the attempts of one call share; ``workers`` numbers them, and tells the target of each."""

    context: connect.ConnectContext
    reader: reader.Reader
    holders: "event_loop.Batch[lookup.Pids, sockets_types.Holder]"
    workers: workers.Workers
    marks: "event_loop.Batch[reader.Place, marks.Mark]"


class Outcome(t.NamedTuple):
    """What became of a test connection; see ``RawReading``."""

    contact: str
    problem: t.Optional[str] = None
    connection: t.Optional[socket_options.SocketOptions] = None
    steady: bool = False
    closed: bool = False
    unreadable: t.Optional[str] = None
    timer: t.Optional[int] = None
    half_open: bool = False
    """Whether the handshake is not complete on the application's side."""
    holder: t.Optional[sockets_types.Holder] = None
    """The process that accepted it."""
    mark: t.Optional[marks.Mark] = None
    limits: t.Tuple[str, ...] = ()


def observe(number: int, call: Call) -> event_loop.Coroutine[Outcome]:
    """The outcome for the target that the attempt of this number is for at its end."""
    tries = call.workers.tries(number)
    while True:
        try:
            outcome = yield from connect_and_read(number, call, is_last=tries == 0)
            if outcome.closed and destination.over_ipv4(call.workers.targets[number]) is not None:
                # The application may reject the address of the prober: it may take the one of the other family.
                second = yield from connect_and_read(number, call, is_last=True, over_ipv4=True)
                outcome = second if second.connection is not None or second.timer is not None else outcome
            call.workers.assigned.add(number)
            return outcome
        except workers.AnotherWorker:
            tries -= 1


def connect_and_read(number: int, call: Call, is_last: bool, over_ipv4: bool = False) -> event_loop.Coroutine[Outcome]:
    """Raises ``AnotherWorker``, except the last time."""
    target = call.workers.targets[call.workers.target_of[number]]
    try:
        connection, target = yield from connect.connect(target, call.context, over_ipv4)
    except failures.ConnectFailed as failure:
        return Outcome(failure.contact, str(failure), closed=failure.contact == observation.ACCEPTED)
    attempt = Attempt(number, connection, target, call)
    try:
        yield from attempt.speak()
        yield from attempt.read_first(is_last)
        steady = yield from attempt.read_until_still()
        yield from attempt.read_mark()
        return attempt.outcome(steady=steady)
    except accept_queue.NotAccepted as failure:
        return Outcome(observation.NOT_ACCEPTED, str(failure), half_open=failure.half_open)
    except accept_queue.Redirected as failure:
        return attempt.outcome(str(failure))
    except (accept_queue.ClosedEarly, _errors.SocketGone):
        unread = attempt.reading is None and attempt.timer is None
        return attempt.outcome(accept_queue.CLOSED if unread else None, closed=True)
    except _errors.HostUnreadable as why:
        attempt.reading = None
        return attempt.outcome(_text.as_part(why))
    finally:
        connect.close(connection, call.context.limit, was_accepted=attempt.accepted)


class Attempt:
    """A test connection that was made."""

    def __init__(self, number: int, connection: socket.socket, target: types.Target, call: Call) -> None:
        self.number = number
        self.connection = connection
        self.target = target
        self.call = call
        self.options = call.context.options
        self.start = event_loop.now()
        self.accepted = False
        # What was read so far: see Outcome.
        self.reading: t.Optional[socket_options.SocketOptions] = None
        self.timer: t.Optional[int] = None
        self.unreadable: t.Optional[str] = None
        self.holder: t.Optional[sockets_types.Holder] = None
        self.mark: t.Optional[marks.Mark] = None
        self.limits: t.Tuple[str, ...] = ()

    def speak(self) -> event_loop.Coroutine[None]:
        try:
            yield from handshake.complete(self.connection, self.target, self.options.timeout)
        except (channel.HandshakeFailed, OSError) as failure:
            self.limits += (HANDSHAKE_FAILED.format(_text.why(failure)),)

    def outcome(self, problem: t.Optional[str] = None, steady: bool = False, closed: bool = False) -> Outcome:
        return Outcome(
            observation.ACCEPTED,
            problem,
            self.reading,
            steady,
            closed,
            self.unreadable,
            self.timer,
            holder=self.holder,
            mark=self.mark,
            limits=self.limits,
        )

    def read_first(self, is_last: bool) -> event_loop.Coroutine[None]:
        """Raises ``EndUnseen`` and ``SocketGone``; and ``AnotherWorker``, except the last time."""
        self.end = self.call.reader.end_of(self.connection, self.target)
        while True:
            yield from self.find()
            pid = self.holder.pid if self.holder is not None else None
            if not self.call.workers.assign(self.number, pid):
                if not is_last:
                    raise workers.AnotherWorker
                self.limits += (workers.ANOTHER_WORKER.format(pid),)
            try:
                self.read()
                return
            except _errors.SocketGone:  # the process handed it on at this moment, or closed it
                if event_loop.now() > self.start + self.options.timeout:
                    raise
            yield event_loop.Pause(event_loop.now() + BETWEEN_SEARCHES)

    def find(self) -> event_loop.Coroutine[None]:
        """Wait for ``accept()``, and find the process that has the connection. Raises ``EndUnseen``."""
        yield event_loop.Pause(0.0)  # it is accepted while the other tasks of this turn connect
        for search in range(SEARCHES):
            if search:
                yield event_loop.Pause(event_loop.now() + BETWEEN_SEARCHES)
            seen = yield from accept_queue.until_accepted(
                self.connection, self.target, self.start, self.options.timeout, self.end.look_up, accept_queue.sleep
            )
            self.accepted = True
            self.holder = yield from self.call.holders.ask(seen.inode, self.target.pids)
            self.end.found(seen, self.holder)
            if self.holder is not None:
                return

    def read_until_still(self) -> event_loop.Coroutine[bool]:
        """Read again until two readings are the same; whether they came to be. Raises ``EndUnseen`` and ``SocketGone``."""
        settle = max(self.options.settle, SHORTEST_SETTLE)
        for _reading in range(READINGS):
            yield event_loop.Pause(event_loop.now() + settle)
            try:
                changed = self.read()
            except _errors.SocketGone:
                # The process may have handed it to a child, which may not have set its options yet.
                yield from self.find()
                self.read()
                changed = True
            if not changed:
                return True
        return False

    def read_mark(self) -> event_loop.Coroutine[None]:
        if self.reading is not None and self.reading.keepalive and self.end.accepted is not None:
            self.mark = yield from self.call.marks.ask(*self.end.place(self.end.accepted))

    def read(self) -> bool:
        """Whether anything new was read. Raises ``SocketGone``."""
        before, knew_timer = self.reading, self.timer is not None
        try:
            self.reading, self.unreadable = self.end.read(), None
        except _errors.SocketUnreadable as why:
            # Another process may have it now: what was read before proves nothing.
            self.reading, self.unreadable = None, str(why)
            self.read_timer()
        return self.reading != before or (self.timer is not None) != knew_timer

    def read_timer(self) -> None:
        """The keepalive time that the connection's timer shows: it was armed a little before we knew of the connection."""
        seen = self.end.look_up()
        if seen.timer == sock_diag.TIMER_KEEPALIVE:
            self.timer = int(seen.expires / 1000 + event_loop.now() - self.start + 0.3)
