# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One connection up to its conclusion: get past the greeting, be silent, and see what becomes of it."""

import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings, _text
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import reader, workers
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import (
    accept_queue,
    channel,
    event_loop,
    handshake,
    liveness,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import conclusion, probe_watch
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import session as dead_peer_session
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import bpf
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import sock_diag
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation, rules

Observation = observation.Observation
# An application may set its options some time after it accepted: an "off" is read again after this many seconds.
SECOND_LOOK = 1.0

ONLY_FIRST = "Only what seems to be the first probe could be timed, not interval, number and drop: {0}."
OFF = "Keepalive is off on the accepted connection, so its probes were not waited for."
NOT_LOWERED = "The timers were not lowered (accelerate): {0}."
NOT_DUE = "The drop was not proven (accelerate): max_wait ended before it was due."
UNREAD = "The options of the accepted connection could not be read: {0}."
ELSEWHERE = "the application's end of the connection is not on this machine"


class SilentPeer:
    """A connection that has been made, and what was seen on it so far."""

    def __init__(
        self,
        connection: socket.socket,
        target: types.Target,
        session: dead_peer_session.Session,
        seen: Observation,
    ) -> None:
        self.connection = connection
        self.target = target
        self.session = session
        self.options = session.options
        self.seen = seen
        self.start = event_loop.now()
        self.wait = session.wait(target)
        self.end: t.Optional[reader.End] = None
        """The application's end, where it is on this machine."""
        self.unread: t.Optional[str] = None if target.listener is not None else ELSEWHERE
        """Why the application's end could not be read when it was last looked at."""
        self.drop_due = 0.0
        """With lowered timers: when the drop is due at the latest."""

    def observe(self, is_last: bool) -> event_loop.Coroutine[Observation]:
        """Raises ``NotAccepted`` and ``HandshakeFailed``; and ``AnotherWorker``, except the last time."""
        try:
            yield from handshake.complete(self.connection, self.target, self.options.timeout)
        except channel.HandshakeFailed:
            yield from self.find(accept_queue.sleep)
            raise
        if not self.wait:
            return self.seen
        self.watch = probe_watch.Watch(self.connection, self.session.connections, self.options.timeout, self.tell)
        if self.watch.problem is not None:
            self.limit(ONLY_FIRST.format(self.watch.problem))
        yield from self.meet_the_worker(is_last)
        self.session.tell_schedule(self.target)
        yield from self.greeting()
        yield from self.look()
        if self.is_off():
            yield from self.watch.until(after(SECOND_LOOK))
            yield from self.look()
        if self.is_off() and self.watch.ended_by is None:
            self.limit(OFF)
            return self.seen._replace(silent_for=round(self.watch.silent_for(), 3), talks=self.watch.talks)
        if self.unread not in (None, ELSEWHERE) and self.watch.ended_by is None:
            self.limit(UNREAD.format(self.unread))
        self.accelerate()
        yield from self.watch.until(self.first_probe_or_end)
        if not self.seen.accelerated and self.watch.ended_by is None:
            yield from self.look()  # it may have set more since
        yield from self.watch.until(self.latest)
        return (yield from self.conclude())

    def meet_the_worker(self, is_last: bool) -> event_loop.Coroutine[None]:
        sharing = self.session.workers(self.target)
        if not sharing:
            return
        yield from self.look()
        holder = self.end.accepted.holder if self.end is not None and self.end.accepted is not None else None
        if holder is None or holder.pid not in sharing or holder.pid in self.target.pids:
            return
        if not is_last:
            raise workers.AnotherWorker
        self.limit(workers.ANOTHER_WORKER.format(holder.pid))

    def greeting(self) -> event_loop.Coroutine[None]:
        """Until the application has been quiet for a moment; a slow one has as long as for ``accept()``."""
        latest = event_loop.now() + self.options.timeout
        yield from self.watch.until(lambda: min(self.watch.base + min(self.options.settle, self.wait), latest))

    def look(self) -> event_loop.Coroutine[None]:
        """Read the application's end as it is now, once it is accepted. Raises ``NotAccepted``."""
        if self.target.listener is None:
            return
        if self.end is None or self.end.accepted is None:
            yield from self.find(self.sleep)
        if self.end is not None and self.end.accepted is not None:
            self.read(self.end)
            yield from self.read_mark(self.end)

    def find(self, sleep: accept_queue.Sleep) -> event_loop.Coroutine[None]:
        """Wait for ``accept()``, and find the process that has the connection. Raises ``NotAccepted``."""
        if self.target.listener is None:
            return
        try:
            end = self.end = self.session.reader.end_of(self.connection, self.target)
            seen = yield from accept_queue.until_accepted(
                self.connection, self.target, self.start, self.options.timeout, end.look_up, sleep
            )
        except (accept_queue.ClosedEarly, accept_queue.Redirected, _errors.KeepaliveError) as why:
            self.unread = _text.as_part(why)
            return
        end.found(seen, (yield from self.session.holders.ask(seen.inode, self.target.pids)))

    def sleep(self, moment: float) -> event_loop.Coroutine[bool]:
        yield from self.watch.until(lambda: moment)
        return self.watch.ended_by is not None

    def read(self, end: reader.End) -> None:
        """What was known stays if nothing can be read any more, but not an "off": one reading never proves it."""
        try:
            self.seen = reader.with_options(self.seen, end.read(), end.host)
            self.unread = None
        except _errors.KeepaliveError as why:
            self.unread = _text.as_part(why)
            if self.seen.keepalive is False:
                self.seen = self.seen._replace(read=observation.UNREAD, keepalive=None, values=None)
            if isinstance(why, _errors.SocketGone):
                end.accepted = None  # another process may have it now
            elif self.seen.read == observation.UNREAD and end.timer() == sock_diag.TIMER_KEEPALIVE:
                self.seen = self.seen._replace(read=observation.TIMER, keepalive=True)

    def read_mark(self, end: reader.End) -> event_loop.Coroutine[None]:
        if self.unread is None and self.seen.keepalive and end.accepted is not None:
            mark = yield from self.session.marks.ask(*end.place(end.accepted))
            self.seen = reader.with_mark(self.seen, mark, end.host)

    def is_off(self) -> bool:
        return self.unread is None and self.seen.keepalive is False

    def accelerate(self) -> None:
        """Lower the timers of this one connection. Keepalive is never switched on: it has to be the application's own."""
        values = self.seen.values if self.unread is None else None
        if values is not None:
            self.watch.interval = values.interval
        if not self.target.accelerate:
            return
        problem = self.unread or self.watch.problem  # without the filter our own kernel answers: no drop can be proven
        if values is not None and self.end is not None and self.watch.filtered:
            lowered = low(values)
            problem = self.end.lower(lowered)
            if problem is None:
                self.watch.interval = lowered.interval
                self.seen = self.seen._replace(accelerated=True)
                self.drop_due = event_loop.now() + rules.latest(lowered.drop_after() or 0)
                if self.target.max_wait is None:
                    # However long the application took to accept.
                    self.wait = self.drop_due - self.watch.first_base
                return
        self.limit(NOT_LOWERED.format(problem))
        self.wait = self.session.wait(self.target._replace(accelerate=False))

    def first_probe_or_end(self) -> float:
        return 0.0 if self.watch.moments else self.latest()

    def latest(self) -> float:
        """When the watch is given up."""
        if not self.watch.filtered and self.watch.moments:
            return 0.0  # nothing but the first probe can be learnt
        return min(self.watch.first_base + self.wait, self.watch.overdue())

    def conclude(self) -> event_loop.Coroutine[Observation]:
        watched = self.watch.watched()
        if watched.ended_by is None and watched.filtered:
            bpf.detach(self.connection)
            watched = watched._replace(answer=(yield from liveness.ask(self.connection, self.options.timeout)))
        concluded = conclusion.conclude(watched)
        was_due = watched.ended_by is not None or event_loop.now() >= self.drop_due
        return self.seen._replace(
            measured=concluded.measured if was_due else None,
            forgotten_after=concluded.forgotten_after,
            silent_for=round(watched.silent_for(), 3),
            talks=watched.talks,
            # Without the filter, a repeated handshake looks like a probe.
            keepalive=True if watched.times and watched.filtered else self.seen.keepalive,
            limits=self.seen.limits + (concluded.limits if was_due else (NOT_DUE,)),
        )

    def limit(self, sentence: str) -> None:
        self.seen = self.seen._replace(limits=self.seen.limits + (sentence,))

    def tell(self, what: str, seconds: float) -> None:
        sentence = "{0}: {1} after {2:.1f} s".format(self.target.called, what, seconds)
        self.session.tell(sentence, detail=self.watch.ended_by is None)


def after(seconds: float) -> t.Callable[[], float]:
    moment = event_loop.now() + seconds
    return lambda: moment


def low(values: _settings.Values) -> _settings.Values:
    """Timers that prove the drop within seconds, in the same way as the application's own."""
    probes = min(values.probes or 3, 3)
    return _settings.Values(1, 1, probes, min(values.user_timeout, 1.0 + probes) if values.user_timeout else None)
