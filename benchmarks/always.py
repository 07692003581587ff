# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the switch of tcp_keepalive_always costs a connection, and an idle run of its module: `make bench` runs it, as root.

It is attached to a throw-away host, in a cgroup of its own. Times are those of the processor, which other work disturbs least.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from benchmarks import machine
from tests.support.always.scene import Scene, new_scene
from tests.support.hosts import throwaway

VALUES: dict[str, Any] = {"scope": "host", "loopback": True, "time": 120, "interval": 30, "probes": 4}
# Connections made, accepted and closed one after the other over the loopback interface, by a process that goes to and fro
# between a cgroup with the switch and one without: both see the same moments of the machine.
CONNECTIONS = """
import json, socket, sys, time

def enter(cgroup):
    with open(cgroup + "/cgroup.procs", "w") as file:
        file.write("0")

def batch(count=100):
    with socket.create_server(("127.0.0.1", 0), backlog=16) as listener:
        start = time.process_time()
        for _number in range(count):
            with socket.create_connection(listener.getsockname()), listener.accept()[0]:
                pass
        return (time.process_time() - start) / count

*cgroups, rounds = sys.argv[1:]
seconds = [[], []]
for number in range(int(rounds)):
    for cgroup, taken in sorted(zip(cgroups, seconds), reverse=number % 2):
        enter(cgroup)
        taken.append(batch())
print(json.dumps(seconds))
"""


class Row(NamedTuple):
    """One of two things that are timed one after the other, round by round, as a share of the other."""

    what: str
    of: str
    limit: float
    one: list[float]
    other: list[float]

    @property
    def ratio(self) -> float:
        return statistics.median(one / other for one, other in zip(self.one, self.other))

    def text(self) -> str:
        told = "met" if self.ratio <= self.limit else "MISSED"
        return (
            f"{self.what}: {statistics.median(self.one) * 1e6:,.0f} us, {self.ratio:.2f} of {self.of} "
            f"({statistics.median(self.other) * 1e6:,.0f} us); at most {self.limit}: {told}"
        )


def main() -> int:
    arguments = parsed()
    if os.geteuid() != 0:
        print("Only root may attach a program to a cgroup: nothing is measured.")
        return 0
    for scene in new_scene():
        rows = measure(scene, arguments.rounds)
    told = machine.description()
    print("\n".join(f"{key}: {told[key]}" for key in ("kernel", "machine", "python", "ansible-core")))
    print("\n".join(row.text() for row in rows))
    return 0 if all(row.ratio <= row.limit for row in rows) else 1


def measure(scene: Scene, rounds: int) -> list[Row]:
    idle = Row("an idle run of the module", "tcp_keepalive's module", 1.25, [], [])
    scene.always(**VALUES)
    for number in range(rounds):
        idle.other.append(seconds_of(lambda: scene.module("tcp_keepalive", state="absent", boot=False)))
        idle.one.append(seconds_of(lambda: scene.always(**VALUES)))
        print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    # Both ends of a connection are switched on here, one of them on a server.
    return [
        Row("a connection whose both ends are switched on", "one without", 1.15, *connecting(scene, 40 * rounds)),
        idle,
    ]


def connecting(scene: Scene, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds for a connection with the switch, and for one without, in each round."""
    without = scene.mount / f"{scene.cgroup.name}-without"
    without.mkdir()
    try:
        process = scene.start_outside(sys.executable, "-c", CONNECTIONS, scene.cgroup, without, str(rounds))
        one, other = json.loads(throwaway.output_of(process))
        return one, other
    finally:
        without.rmdir()


def seconds_of(work: Callable[[], object]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.always", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="of each; medians are shown (%(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
