# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Medians and ratios. Ratios are taken round by round, which a slow moment of the machine disturbs least."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from benchmarks.measure import PLAYS, Run

# What one task may take of the other play's time, by number of hosts.
# The first run looks at the host, and then sends the module; the second one only looks.
LOOP = {1: 0.8, 10: 0.6, 50: 0.45}
LIMITS: dict[tuple[str, str], dict[int, float]] = {
    ("sysctl_loop", "first"): LOOP,
    ("sysctl_loop", "second"): LOOP,
    ("ping", "first"): {10: 1.25, 50: 1.25},
    ("ping", "second"): {10: 0.6, 50: 0.6},
    ("raw", "second"): {10: 1.15, 50: 1.15},
}


def table(runs: Sequence[Run]) -> list[dict[str, Any]]:
    return [
        row(runs, hosts, when, play)
        for hosts in sorted({run.hosts for run in runs})
        for when in ("first", "second")
        for play in PLAYS
    ]


def row(runs: Sequence[Run], hosts: int, when: str, play: str) -> dict[str, Any]:
    own = walls(runs, hosts, when, play)
    ours = walls(runs, hosts, when, "one_task")
    cpu = [run.controller_cpu for run in runs if (run.hosts, run.when, run.play) == (hosts, when, play)]
    limit = LIMITS.get((play, when), {}).get(hosts)
    ratio = statistics.median(mine / other for mine, other in zip(ours, own, strict=True))
    return {
        "hosts": hosts,
        "run": when,
        "play": play,
        "wall": round(statistics.median(own), 3),
        "wall_min": round(min(own), 3),
        "wall_max": round(max(own), 3),
        "controller_cpu_per_host": round(statistics.median(cpu) / hosts, 4),
        "one_task_ratio": round(ratio, 3),
        "limit": limit,
        "met": None if limit is None else ratio <= limit,
    }


def walls(runs: Sequence[Run], hosts: int, when: str, play: str) -> list[float]:
    return [run.wall for run in runs if (run.hosts, run.when, run.play) == (hosts, when, play)]


def text(document: dict[str, Any]) -> str:
    lines = [f"{key}: {value}" for key, value in document["machine"].items()]
    lines += [f"median of {document['rounds']} rounds in turn, forks {document['forks']}, pipelining on", ""]
    lines.append("hosts  run     play         wall s (min-max)          controller CPU s/host  one task / this  limit")
    for one in document["results"]:
        wall = f"{one['wall']:.2f} ({one['wall_min']:.2f}-{one['wall_max']:.2f})"
        limit = "" if one["limit"] is None else f"{one['limit']:.2f} {'met' if one['met'] else 'MISSED'}"
        lines.append(
            f"{one['hosts']:5}  {one['run']:6}  {one['play']:11}  {wall:24}  {one['controller_cpu_per_host']:21.3f}"
            f"  {one['one_task_ratio']:15.2f}  {limit}"
        )
    return "\n".join(lines)
