# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One connection up to its conclusion: get past the greeting, be silent, and see what becomes of it."""

import socket
import time
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import reader
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import (
    connect,
    event_loop,
    handshake,
    liveness,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import conclusion, probe_watch, session
from ansible_collections.netops.keepalive.plugins.module_utils._probe.inspect import observation as inspect_observation
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import bpf
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation, rules

Observation = observation.Observation
# An application may set its options some time after it accepted: an "off" is read again after so many seconds.
SECOND_LOOK = 1.0
# Between two looks whether it was accepted, in seconds; ever longer.
SOONEST, LATEST = 0.05, 0.5

ONLY_FIRST = (
    "Only what seems to be the first probe could be timed, not their interval and number, nor the drop, for {0}."
)
OFF = "Keepalive is off on the accepted connection, so its probes were not waited for."
NOT_ACCEPTED = "the application did not accept the connection in {0:g} s: it waits in the listener's queue"
DEFERRED = (
    "The listener is handed a connection only when data has come (TCP_DEFER_ACCEPT), so its own options were read; with "
    "send (bytes that the application understands) a connection of it can be measured."
)
NOT_LOWERED = "The timers were not lowered (accelerate): {0}."
NOT_DUE = "The drop was not proven (accelerate): max_wait ended before it was due."
UNREAD = "The options of the accepted connection could not be read: {0}."


class AnotherWorker(Exception):
    """The kernel gave the connection to another worker than the one that is to be measured."""


class SilentPeer:
    """A connection that has been made, and what was seen on it so far."""

    def __init__(
        self, connection: socket.socket, target: types.Target, around: session.Surroundings, seen: Observation
    ) -> None:
        self.connection = connection
        self.target = target
        self.around = around
        self.options = around.options
        self.seen = seen
        self.wait = around.wait(target)
        self.drop_due = 0.0
        """With lowered timers, when the drop is due at the latest."""

    def observe(self, is_last: bool) -> event_loop.Conversation[Observation]:
        try:
            yield from handshake.log_in(self.connection, self.target, self.options.timeout)
        except handshake.LoginFailed:
            if self.read().waiting:
                return self.not_accepted()
            raise
        if not self.wait:
            return self.seen
        self.watch = probe_watch.Watch(self.connection, self.around.connections, self.options.timeout, self.tell)
        if self.watch.problem is not None:
            self.limit(ONLY_FIRST.format(self.watch.problem))
        yield from self.meet_the_worker(is_last)
        self.around.tell_schedule(self.target)
        yield from self.greeting()
        reading = yield from self.accepted()
        if reading.waiting:
            return self.left_waiting(reading)
        if reading.off:
            yield from self.watch.until(after(SECOND_LOOK))
            reading = self.read()
        if reading.off and self.watch.ended_by is None:
            return self.off()
        if reading.limit is not None and self.watch.ended_by is None:
            self.limit(UNREAD.format(as_part(reading.limit)))
        self.accelerate(reading)
        yield from self.watch.until(self.first_probe_or_end)
        if not self.seen.accelerated and self.watch.ended_by is None:
            self.read()  # it may have set more since
        yield from self.watch.until(self.end)
        return (yield from self.conclude())

    def meet_the_worker(self, is_last: bool) -> event_loop.Conversation[None]:
        workers = self.around.workers(self.target)
        if not workers:
            return
        yield from self.accepted()
        another = self.around.reader.taken_by(self.connection, workers)
        if another is not None and not is_last:
            raise AnotherWorker
        if another is not None:
            self.limit(inspect_observation.BY_ANOTHER.format(another))

    def greeting(self) -> event_loop.Conversation[None]:
        """Until the application has been quiet for a moment; a slow one has the time that a slow accept has, too."""
        latest = time.monotonic() + self.options.timeout
        yield from self.watch.until(lambda: min(self.watch.base + min(self.options.settle, self.wait), latest))

    def accepted(self) -> event_loop.Conversation[reader.Reading]:
        """Read the application's end, once it has one."""
        latest, pause = time.monotonic() + self.options.timeout, SOONEST
        reading = self.read()
        while reading.waiting and not reading.deferred and self.watch.ended_by is None and time.monotonic() < latest:
            yield from self.watch.until(after(pause))
            reading, pause = self.read(), min(2 * pause, LATEST)
        return reading

    def read(self) -> reader.Reading:
        """As it is now; what was known before stays where nothing can be read any more."""
        reading = self.around.reader.read(self.connection)
        if self.seen.read != observation.EXACT or reading.read == observation.EXACT:
            self.seen = self.seen._replace(
                read=reading.read,
                keepalive=reading.keepalive,
                values=reading.values,
                set_by=reading.set_by,
                deferred=reading.deferred,
            )
        return reading

    def left_waiting(self, reading: reader.Reading) -> Observation:
        if reading.deferred:
            self.limit(DEFERRED)
            return self.seen if self.seen.keepalive else self.seen._replace(problem=inspect_observation.LISTENER_OFF)
        return self.not_accepted()

    def not_accepted(self) -> Observation:
        problem = NOT_ACCEPTED.format(self.options.timeout)
        return self.seen._replace(contact=observation.NOT_ACCEPTED, problem=problem)

    def off(self) -> Observation:
        self.limit(OFF)
        return self.seen._replace(silent_for=round(self.watch.silent_for(), 3), talks=self.watch.talks)

    def accelerate(self, reading: reader.Reading) -> None:
        """Lower the timers of this one connection. Keepalive is never switched on: it has to be the application's own."""
        values = reading.values
        if values is not None:
            self.watch.interval = values.interval
        if not self.target.accelerate:
            return
        problem = reading.limit or "the application's end of the connection is not on this machine"
        if values is not None and reading.keepalive:
            lowered = low(values)
            failure = self.around.reader.lower(self.connection, lowered)
            if failure is None:
                self.watch.interval = lowered.interval
                self.seen = self.seen._replace(accelerated=True)
                self.drop_due = time.monotonic() + rules.latest(lowered.drop_after() or 0)
                if self.target.max_wait is None:
                    # However long the application took to accept.
                    self.wait = self.drop_due - self.watch.first_base
                return
            problem = failure
        self.limit(NOT_LOWERED.format(as_part(problem)))
        self.wait = self.around.wait(self.target._replace(accelerate=False))

    def first_probe_or_end(self) -> float:
        return 0.0 if self.watch.moments else self.end()

    def end(self) -> float:
        """When the watch is given up."""
        if not self.watch.deaf and self.watch.moments:
            return 0.0  # the first is all that can be learnt
        return min(self.watch.first_base + self.wait, self.watch.overdue())

    def conclude(self) -> event_loop.Conversation[Observation]:
        silence = self.watch.silence()
        if silence.ended_by is None and silence.deaf:
            bpf.detach(self.connection)
            silence = silence._replace(answer=(yield from liveness.ask(self.connection, self.options.timeout)))
        concluded = conclusion.conclude(silence)
        was_due = silence.ended_by is not None or time.monotonic() >= self.drop_due
        return self.seen._replace(
            measured=concluded.measured if was_due else None,
            forgotten_after=concluded.forgotten_after,
            silent_for=round(silence.lasted, 3),
            talks=silence.talks,
            # Without the filter, what came may as well be a repeated handshake.
            keepalive=True if silence.times and silence.deaf else self.seen.keepalive,
            limits=self.seen.limits + (concluded.limits if was_due else (NOT_DUE,)),
        )

    def limit(self, sentence: str) -> None:
        self.seen = self.seen._replace(limits=self.seen.limits + (sentence,))

    def tell(self, what: str, seconds: float) -> None:
        sentence = "{0}: {1} after {2:.1f} s".format(connect.called(self.target), what, seconds)
        self.around.tell(sentence, detail=self.watch.ended_by is None)


def as_part(sentence: str) -> str:
    """For the end of another sentence."""
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def after(seconds: float) -> t.Callable[[], float]:
    moment = time.monotonic() + seconds
    return lambda: moment


def low(values: _settings.Values) -> _settings.Values:
    """Timers that prove the drop within seconds, in the way that the application's own would."""
    probes = min(values.probes or 3, 3)
    return _settings.Values(1, 1, probes, min(values.user_timeout, 1.0 + probes) if values.user_timeout else None)
