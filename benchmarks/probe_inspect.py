# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What finding listeners and reading their applications costs, against `ss` and listen_ports_facts, side by side.

`python -m benchmarks probe` needs root: everything runs in network and process namespaces of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
from typing import Any, NamedTuple

from benchmarks import machine
from tests.support.environments.other_collections import community_general
from tests.support.paths import BUILD, COLLECTIONS

INSIDE = pathlib.Path(__file__).with_name("probe_inside.py")
# Processes, listeners of each, connections that lie there beside.
SCENES = ((5, 2, 0), (10, 10, 0), (20, 50, 0), (5, 2, 100_000), (20, 50, 100_000))
MOST_MEMORY = 64 << 20
MICROSECONDS = 1_000_000

Line = dict[str, Any]


class Limit(NamedTuple):
    """What a way may take in a scene: of the time of another way in the same round, or in microseconds a listener.

    Where `beyond` names a way, what it takes itself is not counted."""

    way: str
    listeners: int
    connections: int
    most: float
    of: str | None = None
    beyond: str | None = None


LIMITS = (
    Limit("discover", 1000, 0, 0.5, of="ss -tlnp"),
    Limit("discover", 1000, 100_000, 0.6, of="ss -tln"),
    Limit("discover", 10, 100_000, 0.6, of="ss -tln"),
    Limit("inspect", 1000, 0, 100),
    Limit("inspect", 1000, 100_000, 100),
    Limit("inspect with counts", 10, 100_000, 0.2, of="ss -tno", beyond="inspect"),
    Limit("inspect with counts", 1000, 100_000, 0.2, of="ss -tno", beyond="inspect"),
)


def main(words: list[str] | None = None) -> int:
    arguments = parsed(words)
    if os.geteuid() != 0:
        print("The benchmark of the probe needs root: nothing is measured.")
        return 0
    lines = [line for scene in SCENES for line in run(scene, arguments.rounds)]
    document = {
        "machine": machine.description(),
        "rounds": arguments.rounds,
        "results": table(lines),
        "limits": [held(limit, lines) for limit in LIMITS],
        "memory": max(line["memory"] for line in lines),
    }
    document["memory_met"] = document["memory"] <= MOST_MEMORY
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(document, indent=2) + "\n")
    print(text(document))
    print(f"Written to {arguments.output}")
    return 0 if document["memory_met"] and all(limit["met"] for limit in document["limits"]) else 1


def run(scene: tuple[int, int, int], rounds: int) -> list[Line]:
    print("{0} processes with {1} listeners, {2} connections".format(*scene), file=sys.stderr, flush=True)
    inside = ["unshare", "--net", "--pid", "--fork", "--mount-proc", "sh", "-c", 'ip link set lo up; exec "$@"', "sh"]
    environment = {**os.environ, "PYTHONPATH": str(COLLECTIONS), "FACTS_PATH": str(community_general())}
    command = [*inside, sys.executable, str(INSIDE), *map(str, scene), str(rounds)]
    output = subprocess.run(command, stdout=subprocess.PIPE, env=environment, check=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def table(lines: list[Line]) -> list[Line]:
    places = dict.fromkeys((line["listeners"], line["connections"], line["way"]) for line in lines)
    return [
        {
            "listeners": listeners,
            "connections": connections,
            "way": way,
            "ms": round(statistics.median(walls(lines, listeners, connections, way)) * 1000, 2),
            "ms_min": round(min(walls(lines, listeners, connections, way)) * 1000, 2),
            "ms_max": round(max(walls(lines, listeners, connections, way)) * 1000, 2),
        }
        for listeners, connections, way in places
    ]


def held(limit: Limit, lines: list[Line]) -> Line:
    """Ratios are taken round by round, which a slow moment of the machine disturbs least."""
    taken = walls(lines, limit.listeners, limit.connections, limit.way)
    if limit.beyond:
        without = walls(lines, limit.listeners, limit.connections, limit.beyond)
        taken = [one - other for one, other in zip(taken, without, strict=True)]
    if limit.of:
        others = walls(lines, limit.listeners, limit.connections, limit.of)
        found = statistics.median(one / other for one, other in zip(taken, others, strict=True))
    else:
        found = statistics.median(taken) * MICROSECONDS / limit.listeners
    return {**limit._asdict(), "found": round(found, 3), "met": found <= limit.most}


def walls(lines: list[Line], listeners: int, connections: int, way: str) -> list[float]:
    return [
        line["wall"]
        for line in lines
        if (line["listeners"], line["connections"], line["way"]) == (listeners, connections, way)
    ]


def text(document: Line) -> str:
    shown = [f"{key}: {document['machine'][key]}" for key in ("kernel", "machine", "python")]
    shown += [f"medians of {document['rounds']} rounds in turn; the wait for settle is not counted", ""]
    shown.append("listeners  connections  way                           ms  (min-max)")
    for row in document["results"]:
        spread = f"({row['ms_min']:.2f}-{row['ms_max']:.2f})"
        shown.append(f"{row['listeners']:9}  {row['connections']:11}  {row['way']:20}  {row['ms']:10.2f}  {spread}")
    shown.append("")
    for limit in document["limits"]:
        what = limit["way"] + (f" beyond {limit['beyond']}" if limit["beyond"] else "")
        unit = f"of {limit['of']}" if limit["of"] else "us a listener"
        shown.append(
            f"{what}, {limit['listeners']} listeners, {limit['connections']} connections: {limit['found']:.3g} {unit}, "
            f"limit {limit['most']:g}: {'met' if limit['met'] else 'MISSED'}"
        )
    met = "met" if document["memory_met"] else "MISSED"
    shown.append(f"memory: {document['memory'] / (1 << 20):.1f} MiB, limit {MOST_MEMORY >> 20}: {met}")
    return "\n".join(shown)


def parsed(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks probe", description=__doc__)
    parser.add_argument(
        "--rounds", type=int, default=5, help="how often each way runs; medians are shown (%(default)s)"
    )
    parser.add_argument("--output", type=pathlib.Path, default=BUILD / "bench" / "probe.json")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
