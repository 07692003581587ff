# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the moments at which probes came, and how it ended, to what was measured. Pure; seconds since the base.

The base is the moment of the last segment that the application's side acknowledged, or had from us.
"""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

# A kernel timer is never early, and late by up to an eighth; the rest is for the network, and for our own clock.
EARLY, LATE, SLACK = 0.9, 1.125, 0.5
# No keepalive has a shorter interval: socket options and sysctls are whole seconds.
SHORTEST_INTERVAL = 1.0


def intervals(times: t.Sequence[float]) -> t.List[float]:
    return [later - earlier for earlier, later in zip(times, times[1:])]


def median(numbers: t.Sequence[float]) -> float:
    """Python's own is in a module that is slow to import."""
    ordered, half = sorted(numbers), len(numbers) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def interval(times: t.Sequence[float]) -> t.Optional[float]:
    """The median of at least two intervals: fewer are no measurement. The drop comes one interval after the last probe."""
    found = intervals(times)
    return median(found) if len(found) >= 2 else None


def likely_interval(times: t.Sequence[float], known: t.Optional[float] = None) -> t.Optional[float]:
    """What to expect next: the socket's own interval where it was read, else the median of those so far."""
    if known is not None:
        return known
    found = intervals(times)
    return median(found) if found else None


def overdue_at(times: t.Sequence[float], known: t.Optional[float] = None) -> t.Optional[float]:
    """When to stop waiting for a next probe or the drop; one of them may have been lost on the way."""
    expected = likely_interval(times, known) if times else None
    return None if expected is None else times[-1] + 2 * expected * LATE + SLACK


def meaning_of_reset(
    times: t.Sequence[float], at: float, known: t.Optional[float] = None, uncertainty: float = 0.0
) -> str:
    """Keepalive drops a peer one interval after its last probe. A reset at another moment is something else.

    The last probe may have come up to ``uncertainty`` seconds before it was seen.
    """
    if not times:
        return observation.RESET
    expected = likely_interval(times, known)
    earliest = (SHORTEST_INTERVAL if expected is None else expected) * EARLY
    return observation.DROPPED if at - times[-1] + uncertainty >= earliest else observation.RESET


def drop_due_at(times: t.Sequence[float], known: t.Optional[float] = None) -> t.Optional[float]:
    expected = likely_interval(times, known) if times else None
    return None if expected is None else times[-1] + expected


def measured(
    times: t.Sequence[float], ended_by: str, dropped_after: t.Optional[float], reset_at: t.Optional[float] = None
) -> observation.Measured:
    """``reset_at`` is the moment of the reset that drops the connection, where it was seen."""
    found = interval(times if reset_at is None else (*times, reset_at))
    return observation.Measured(
        first_probe=rounded(times[0]) if times else None,
        interval=None if found is None else rounded(found),
        probes=len(times),
        probe_times=tuple(rounded(moment) for moment in times),
        dropped_after=None if dropped_after is None else rounded(dropped_after),
        ended_by=ended_by,
    )


def first_probe_only(at: t.Optional[float], ended_by: str) -> observation.Measured:
    """What is learnt without the filter: our kernel answers the first probe, so no interval follows."""
    times = () if at is None else (rounded(at),)
    return observation.Measured(times[0] if times else None, None, None, times, None, ended_by)


def rounded(seconds: float) -> float:
    """Milliseconds are more than the kernel's clock tells."""
    return round(seconds, 3)
