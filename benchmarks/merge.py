# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What merging the reports of a large fleet takes: `make bench` runs it. Each step is a process, so that its memory is its own."""

from __future__ import annotations

import argparse
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

from ansible_collections.netops.keepalive.plugins.plugin_utils._report import model

from benchmarks import machine
from tests.support import large_fleet, merging

MOST_SECONDS, MOST_MEMORY, MOST_PAGE = 60.0, 1 << 30, 20_000_000


def main() -> int:
    arguments = parsed()
    folder = pathlib.Path(arguments.folder)
    if arguments.step == "write":
        merging.write(folder, [report(arguments.slice, arguments.hosts)])
    elif arguments.step == "merge":
        merging.merged(folder / "all", str(folder / "*" / "slice*" / "report.json"))
    else:
        return measure(arguments.hosts, arguments.slices)
    return 0


def report(number: int, hosts: int) -> model.Result:
    given = large_fleet.fleet(hosts, seed=number)
    return model.report({**given, "hosts": {f"s{number}-{name}": one for name, one in given["hosts"].items()}})


def measure(hosts: int, slices: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        for number in range(slices):
            step("write", f"{folder}/{number}", "--slice", str(number), "--hosts", str(hosts))
            print(f"report {number + 1} of {slices}", file=sys.stderr, flush=True)
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        step("merge", folder)
        wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        page = (pathlib.Path(folder) / "all" / "report.html").stat().st_size
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # That of the largest process so far: writing a report takes less than merging all.
    memory = after.ru_maxrss * 1024
    is_met = seconds <= MOST_SECONDS and memory <= MOST_MEMORY and page <= MOST_PAGE
    told = machine.description()
    print("\n".join(f"{key}: {told[key]}" for key in ("kernel", "machine", "python", "ansible-core")))
    print(
        f"{slices} reports of {hosts} hosts with 30 listeners: {seconds:.0f} s of a processor in {wall:.0f} s, {memory / 2**20:.0f} MiB, a page "
        f"of {page / 1e6:.1f} MB; limits {MOST_SECONDS:.0f} s, {MOST_MEMORY / 2**20:.0f} MiB, {MOST_PAGE / 1e6:.0f} MB: {'met' if is_met else 'MISSED'}"
    )
    return 0 if is_met else 1


def step(name: str, folder: str, *more: str) -> None:
    subprocess.run([sys.executable, "-m", "benchmarks.merge", "--step", name, "--folder", folder, *more], check=True)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, default=1000, help="in each report (%(default)s)")
    parser.add_argument("--slices", type=int, default=10, help="reports (%(default)s)")
    for name in ("--step", "--folder"):
        parser.add_argument(name, default="", help=argparse.SUPPRESS)
    parser.add_argument("--slice", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
