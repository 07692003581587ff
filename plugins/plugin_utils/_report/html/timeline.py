# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of a dead peer: probes, drop and policy on an axis of seconds. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._verdict import rules

Entry = t.Mapping[str, t.Any]
STEPS = (1, 2, 5)
MOST_STEPS = 6
# More marks than this would be one line.
MOST_PROBES = 150
# Limits within this many percent of each other share one label.
APART = 10


class Mark(t.NamedTuple):
    at: float
    """Percent of the width."""
    seconds: float


class Timeline(t.NamedTuple):
    title: str
    planned: bool
    """From the values of the socket, without a measurement."""
    ticks: list[Mark]
    probes: list[Mark]
    drop: Mark | None
    late: bool
    first_by: Mark | None
    drop_by: Mark | None
    slack: Mark | None
    description: str


def timeline(entry: Entry) -> Timeline | None:
    """Drawn from the measurement, or, if the values offend, from the values; ``None`` if there is nothing to draw."""
    measured, settings = entry["measured"], entry["settings"]
    if measured and measured["probe_times"]:
        return drawn(entry, measured["probe_times"], measured["dropped_after"], planned=False)
    values = settings if entry["keepalive"] and entry["verdict"] in ("time_too_long", "drops_too_late") else None
    if values and values["time"] and values["interval"] and values["drop_after"]:
        return drawn(entry, expected(values), values["drop_after"], planned=True)
    return None


def expected(settings: Entry) -> list[float]:
    count = settings["probes"] or 1
    times = [settings["time"] + number * settings["interval"] for number in range(min(count, MOST_PROBES))]
    # A user timeout can end it sooner than the number of probes.
    return [time for time in times if time < settings["drop_after"]]


def drawn(entry: Entry, probes: t.Sequence[float], drop: float | None, *, planned: bool) -> Timeline:
    # Lowered timers prove the drop; beside the policy they would mislead.
    policy = {} if entry["accelerated"] else entry["policy"] or {}
    first_by, drop_by = policy.get("time"), policy.get("drop_after")
    slack = rules.latest(drop_by) if drop_by and not planned else None
    end = max(filter(None, [*probes, drop, first_by, drop_by, 1])) * 1.06

    def mark(seconds: float | None) -> Mark | None:
        return None if seconds is None else Mark(round(100 * min(seconds / end, 1), 2), seconds)

    limit, first_limit = mark(drop_by), mark(first_by)
    crowded = limit is not None and first_limit is not None and limit.at - first_limit.at < APART
    return Timeline(
        title=title(entry, planned=planned),
        planned=planned,
        ticks=[found for found in map(mark, ticks(end)) if found],
        probes=[found for found in map(mark, probes[:MOST_PROBES]) if found],
        drop=mark(drop),
        late=bool(drop and drop_by and drop > (slack or drop_by)),
        first_by=None if crowded else first_limit,
        drop_by=limit,
        slack=mark(slack),
        description=describe(probes, drop, drop_by, planned=planned),
    )


def title(entry: Entry, *, planned: bool) -> str:
    if planned:
        return "A dead peer, by the values of the socket (not measured)"
    if entry["accelerated"]:
        return "A dead peer, with lowered timers: this proves that it is dropped, and not when"
    return "A dead peer, as measured"


def ticks(end: float) -> list[float]:
    """Round numbers, at most a few."""
    size = 1
    while True:
        for step in (size * factor for factor in STEPS):
            if end / step <= MOST_STEPS:
                return [float(number) for number in range(0, int(end) + 1, step)]
        size *= 10


def describe(probes: t.Sequence[float], drop: float | None, limit: float | None, *, planned: bool) -> str:
    """The picture in words."""
    times = ", ".join(f"{time:g}" for time in probes[:20]) + (", …" if len(probes) > 20 else "")
    word = "would come" if planned else "came"
    noun = "1 keepalive probe" if len(probes) == 1 else f"{len(probes)} keepalive probes"
    dropped = (
        "no drop was seen" if drop is None else f"the peer {'would be' if planned else 'was'} dropped at {drop:g} s"
    )
    allowed = f"; the policy wants it by {limit:g} s" if limit else ""
    return f"{noun} {word} after {times} s of silence; {dropped}{allowed}."
