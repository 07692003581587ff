# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Watch one silent connection: when keepalive probes come, and how it ends."""

import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import event_loop, receive
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import conclusion, timing
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import bpf, tcp_info

# No event tells of a dropped segment, so the count is polled: after 1/100 of the time waited so far. Kernel timers are less
# precise than that.
SHARE, FINEST, COARSEST = 0.01, 0.02, 0.25
# Looks in a second at all connections together, at most and in the long run; the latter takes some percent of a core.
MOST_LOOKS, USUAL_LOOKS = 20000, 4000
# Seconds: a look that is later than this shows that the prober got no processor.
LATE = 0.5


class Watch:
    """What was seen so far; times are those of ``event_loop.now``. ``connections`` is how many are watched at once."""

    def __init__(
        self, connection: socket.socket, connections: int, greeting: float, tell: t.Callable[[str, float], None]
    ) -> None:
        self.connection = connection
        self.tell = tell
        self.greeting_until = event_loop.now() + greeting
        self.finest = max(FINEST, connections / MOST_LOOKS)
        self.coarsest = min(COARSEST, max(2 * FINEST, connections / USUAL_LOOKS))
        self.moments: t.List[float] = []
        self.ended_by: t.Optional[str] = None
        self.ended_at: t.Optional[float] = None
        self.talks = False
        self.repeated_at: t.Optional[float] = None
        self.interval: t.Optional[float] = None
        """The interval between probes, where it is known from the socket itself."""
        self.problem = self.fall_silent()
        """Why the filter could not be attached: then only what the kernel counts is seen."""
        self.base = self.first_base = self.latest_sign_of_life()
        """``first_base`` is the end of the greeting: later data does not prolong the watch."""
        self.dropped, self.came_in = self.counts()
        self.looked_at = event_loop.now()
        self.uncertainty = 0.0
        """How much earlier than it was seen the last probe may have come."""
        self.held_up = False
        self.without_probe = 0.0
        """The longest silence that data ended before a probe came."""

    @property
    def filtered(self) -> bool:
        return self.problem is None

    @property
    def times(self) -> t.List[float]:
        return [moment - self.base for moment in self.moments]

    def fall_silent(self) -> t.Optional[str]:
        try:
            receive.acknowledge(self.connection)
            bpf.attach(self.connection, bpf.PROBES)
        except OSError as error:
            return bpf.refused(error)
        return None

    def latest_sign_of_life(self) -> float:
        """When the other side got our last segment, as near as our kernel can tell."""
        info = tcp_info.read(self.connection)
        return event_loop.now() - min(info.data_received, info.data_sent)

    def counts(self) -> t.Tuple[int, int]:
        """How many segments were dropped so far, and how many came in; those that the filter drops did not come in."""
        return bpf.dropped(self.connection), tcp_info.read(self.connection).segments_in or 0

    def until(self, end: t.Callable[[], float]) -> event_loop.Coroutine[None]:
        """Watch until the connection ends, or until the moment ``end``, which may move."""
        while self.ended_by is None:
            now, last = event_loop.now(), end()
            if now >= last:
                return
            came = yield event_loop.Pause(min(now + self.patience(now), last), self.connection, event_loop.READ)
            if self.look(bool(came)) == receive.DATA:
                self.hear()
                yield event_loop.Pause(event_loop.now() + receive.A_MOMENT)

    def patience(self, now: float) -> float:
        waited = now - (self.moments[-1] if self.moments else self.base)
        return max(self.finest, min(self.coarsest, waited * SHARE))

    def look(self, ready: bool) -> str:
        came = receive.take(self.connection) if ready else receive.NOTHING
        now, (dropped, came_in) = event_loop.now(), self.counts()
        if came_in > self.came_in and came == receive.NOTHING:
            # Since the last event.
            came = receive.take(self.connection)
        probes = self.probes_among(dropped - self.dropped, came_in - self.came_in, came)
        if probes > 0:
            self.note_probes(now, probes)
        elif self.filtered and came_in > self.came_in and came == receive.NOTHING:
            self.repeated(now)
        self.dropped, self.came_in, self.looked_at = dropped, came_in, now
        if came in (receive.CLOSED, receive.RESET):
            self.end(now, came)
        return came

    def probes_among(self, dropped: int, came_in: int, came: str) -> int:
        """How many of the segments since the last look were keepalive probes.

        TCP itself also drops what it has already, such as a greeting whose acknowledgement was lost, or a repeated
        handshake; but those are counted as come in first. So are probes, without the filter.
        """
        if not self.filtered:
            return came_in if came == receive.NOTHING else 0
        at_the_end = 1 if came in (receive.CLOSED, receive.RESET) else 0  # this one came in and was not dropped
        return dropped - max(0, came_in - at_the_end)

    def note_probes(self, now: float, number: int) -> None:
        self.uncertainty = now - self.looked_at
        self.held_up = self.held_up or number > 1 or self.uncertainty > self.coarsest + LATE
        for _turn in range(number):
            self.moments.append(now)
            self.tell("keepalive probe {0}".format(len(self.moments)), now - self.base)

    def hear(self) -> None:
        """Data: the application's idle time starts again. In the beginning that is its greeting."""
        silence_began, self.base = self.base, self.latest_sign_of_life()
        if self.base < self.greeting_until:
            self.first_base = self.base
        else:
            self.talks = True
            if not self.moments:
                self.without_probe = max(self.without_probe, self.base - silence_began)
        self.moments = []

    def repeated(self, now: float) -> None:
        """A segment that we had already, and have acknowledged once more: the other side's idle time starts again. It came
        since the last look; times that count from that look are never too short."""
        self.moments = []
        self.base = self.repeated_at = self.looked_at
        if now < self.greeting_until:
            self.first_base = self.base

    def end(self, now: float, came: str) -> None:
        self.ended_at = now
        self.ended_by = came
        if came == receive.RESET:
            self.ended_by = timing.meaning_of_reset(self.times, now - self.base, self.interval, self.uncertainty)
        self.tell(self.ended_by, now - self.base)

    def silent_for(self) -> float:
        return (event_loop.now() if self.ended_at is None else self.ended_at) - self.base

    def overdue(self) -> float:
        """When neither a next probe nor the drop is expected any more."""
        moment = timing.overdue_at(self.times, self.interval)
        return float("inf") if moment is None or not self.filtered else self.base + moment

    def watched(self) -> conclusion.Watched:
        """What was seen until now."""
        return conclusion.Watched(
            tuple(self.times),
            self.silent_for(),
            self.ended_by,
            filtered=self.filtered,
            talks=self.talks,
            repeated=self.repeated_at is not None,
            held_up=self.held_up,
            interval=self.interval,
            without_probe=self.without_probe,
        )
