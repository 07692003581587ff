# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the end of a watch to the observation: how it ended, and what could not be learnt. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import timing
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

# What the other side answered at the end, when it was asked whether the connection is still there.
ANSWERED, SILENT = "answered", "silent"
CLOSED, RESET = observation.CLOSED, observation.RESET

FEW = "Fewer than two intervals between keepalive probes were seen: that is no measurement of the interval."
NONE_CAME = (
    "No keepalive probe came in {0:.1f} s of silence. A later one was not waited for (max_wait). An application that gets a "
    "connection only after data has come (TCP_DEFER_ACCEPT) sends none before (send)."
)
REPEATED = (
    "The application's side repeated its handshake, or data that had been acknowledged, and times count from there. Either an "
    "acknowledgement was lost, or the listener waits for data (TCP_DEFER_ACCEPT): then give send."
)
LOST = (
    "The reset that drops the connection did not arrive; asked after {0:.1f} s, the other side no longer knew it. "
    "dropped_after is the moment at which the drop was due."
)
LOST_UNDATED = (
    "The reset that drops the connection did not arrive; asked after {0:.1f} s, the other side no longer knew it. "
    "When it was dropped is not known."
)
UNANSWERED = (
    "Asked after {0:.1f} s, the other side gave no answer at all: something on the way forgot the connection. Whether it was "
    "dropped is not known."
)
ONLY_ONE = "Only one keepalive probe came before the reset, so the application itself may have reset the connection."
TALKED = "The application sent data during the silence, and its idle time started again."
HELD_UP = "The prober was delayed while probes came, so their times are not exact."


class Watched(t.NamedTuple):
    """What was seen while the peer did not answer. ``times`` in seconds since its base; ``ended_by`` is ``None`` if it did not end in time."""

    times: t.Tuple[float, ...]
    lasted: float
    ended_by: t.Optional[str]
    filtered: bool = True
    """Whether the filter was attached: without it only the first probe is a measurement."""
    talks: bool = False
    repeated: bool = False
    """Whether the other side repeated what had been acknowledged."""
    held_up: bool = False
    interval: t.Optional[float] = None
    """The interval of the socket itself, where it was read."""
    without_probe: float = 0.0
    """The longest silence before this one in which no probe came."""
    answer: t.Optional[str] = None
    """What the other side answered at the end, if it was asked."""

    def silent_for(self) -> float:
        """Data that ends a silence, such as a farewell, does not undo it: the longest one without a probe counts."""
        return self.lasted if self.times else max(self.lasted, self.without_probe)


class Conclusion(t.NamedTuple):
    measured: observation.Measured
    limits: t.Tuple[str, ...]
    forgotten_after: t.Optional[float] = None


def conclude(watched: Watched) -> Conclusion:
    ended_by = watched.ended_by or ended_silently(watched)
    if not watched.filtered:
        first = watched.times[0] if watched.times else None
        return Conclusion(timing.first_probe_only(first, ended_by), tuple(limits(watched, ended_by)))
    measured = timing.measured(watched.times, ended_by, dropped_after(watched, ended_by), reset_that_drops(watched))
    forgotten_after = timing.rounded(watched.lasted) if watched.answer == SILENT else None
    return Conclusion(measured, tuple(limits(watched, ended_by)), forgotten_after)


def reset_that_drops(watched: Watched) -> t.Optional[float]:
    return watched.lasted if watched.ended_by == observation.DROPPED else None


def ended_silently(watched: Watched) -> str:
    if watched.answer == RESET:
        return observation.DROPPED if watched.times else observation.RESET
    return observation.CLOSED if watched.answer == CLOSED else observation.OPEN


def dropped_after(watched: Watched, ended_by: str) -> t.Optional[float]:
    if ended_by != observation.DROPPED:
        return None
    return watched.lasted if watched.ended_by else timing.drop_due_at(watched.times, watched.interval)


def limits(watched: Watched, ended_by: str) -> t.Iterator[str]:
    if watched.talks:
        yield TALKED
    if watched.repeated:
        yield REPEATED
    if not watched.times and ended_by == observation.OPEN:
        yield NONE_CAME.format(watched.lasted)
    if watched.filtered and watched.times and len(watched.times) + (reset_that_drops(watched) is not None) < 3:
        yield FEW
    if ended_by == observation.DROPPED and len(watched.times) == 1 and watched.interval is None:
        yield ONLY_ONE
    if watched.held_up:
        yield HELD_UP
    if watched.answer == RESET and watched.times:
        dated = timing.drop_due_at(watched.times, watched.interval) is not None
        yield (LOST if dated else LOST_UNDATED).format(watched.lasted)
    if watched.answer == SILENT:
        yield UNANSWERED.format(watched.lasted)
