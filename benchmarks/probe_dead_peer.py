# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What it takes to measure 1,000 silent listeners at once: the time of the slowest one and little more, in little memory.

`python -m benchmarks.probe_dead_peer` prints a table as JSON; the servers and the prober run on a throw-away host.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import sys
from typing import Any

from tests.support.hosts.throwaway import ThrowawayHost, new_host
from tests.support.probe.dead_peer import scene

LISTENERS = 1000
# Dropped after five seconds; the kernel's own timers are late by some percent of that.
SERVER = {"time": 2, "interval": 1, "probes": 3}
DROP_AFTER = 5
MOST_SECONDS_MORE = 2.0
MOST_MEMORY = 64 << 20
# From outside alone, and with the accepted socket of each read as well.
WAYS: dict[str, dict[str, Any]] = {"from outside": {}, "on this host": {"local": True}}
Row = dict[str, Any]


def measure(rounds: int = 5, listeners: int = LISTENERS) -> list[Row]:
    """A row for each way, medians of so many rounds."""
    with contextlib.contextmanager(new_host)() as host, scene.servers(host, *[SERVER] * listeners) as ports:
        found: dict[str, list[Row]] = {way: [] for way in WAYS}
        for _ in range(rounds):
            for way, how in WAYS.items():
                found[way].append(one_round(host, ports, how))
    return [row(way, listeners, runs) for way, runs in found.items()]


def one_round(host: ThrowawayHost, ports: list[int], how: dict[str, Any]) -> Row:
    found = scene.measured(host, [{"port": port, "max_wait": 4 * DROP_AFTER} for port in ports], **how)
    measured = [seen["measured"] for seen in found["observations"]]
    others = [seen for seen in found["observations"] if not dropped(seen)]
    assert not others, f"{len(others)} listeners were not measured to their drop, such as {others[0]}"
    slowest = max(one["dropped_after"] for one in measured)
    return {
        "seconds": found["took"],
        "more than the slowest": found["took"] - slowest,
        "processor": found["processor"],
        "memory": found["memory"],
        "widest first probe": max(one["first_probe"] for one in measured),
        "not all probes": sum(one["probes"] != SERVER["probes"] for one in measured),
    }


def dropped(seen: Row) -> bool:
    return seen["measured"] is not None and seen["measured"]["ended_by"] == "dropped"


def row(way: str, listeners: int, runs: list[Row]) -> Row:
    medians = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    return {
        "work": f"dead_peer {way}, {listeners} listeners at once",
        **{name: round(value, 3) for name, value in medians.items()},
        "within": medians["more than the slowest"] <= MOST_SECONDS_MORE and medians["memory"] <= MOST_MEMORY,
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.probe_dead_peer", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often; medians are shown (%(default)s)")
    parser.add_argument("--listeners", type=int, default=LISTENERS)
    arguments = parser.parse_args()
    table = measure(arguments.rounds, arguments.listeners)
    print(json.dumps(table, indent=2))
    return 0 if all(one["within"] for one in table) else 1


if __name__ == "__main__":
    sys.exit(main())
