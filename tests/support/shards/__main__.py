# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.support.shards [NAME...]``: run these shards of the tests, or all, side by side."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence

from tests.support import paths
from tests.support.shards import verdict
from tests.support.shards.processes import Ended, Workshop
from tests.support.shards.table import ALL_TESTS, SHARDS

ALL = "all-tests"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.support.shards", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SHARDS)}")
    # One more than the processors: while two wait, the third works.
    parser.add_argument("--at-once", type=int, default=(os.cpu_count() or 1) + 1, help="how many (%(default)s)")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in SHARDS]
    if unknown:
        parser.error(f"there is no shard {unknown[0]!r}: choose from {', '.join(SHARDS)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # cleans up, as an interrupt does
    workshop = Workshop({ALL: ALL_TESTS, **SHARDS}, paths.ROOT, paths.BUILD / "shards")
    names = [name for name in SHARDS if name in arguments.names or not arguments.names]
    return run(workshop, names, arguments.at_once, complete=len(names) == len(SHARDS))


def run(workshop: Workshop, names: Sequence[str], at_once: int, *, complete: bool) -> int:
    """Print what there is to know, the sum last; 0 if all is well. `complete`: they must have all tests that there are."""
    shards = []
    wanted = None
    for one in workshop.run([ALL, *names] if complete else names, at_once):
        if one.name == ALL:
            wanted = one
        else:
            shards.append(one)
        print(_told(one), flush=True)
    print("\n".join(verdict.table(shards)))
    faults = verdict.faults(shards, wanted, skips_fail=os.environ.get("KEEPALIVE_TESTS") == "all")
    print("\n".join(faults))
    print(verdict.closing_line(shards))
    return 1 if faults else 0


def _told(one: Ended) -> str:
    """All that pytest said, unless it is dots alone."""
    line = f"{one.name} took {one.seconds:.0f} s"
    dull = one.status == 0 and one.record and not one.record.count("skipped")
    return line if dull else f"===== {line}, status {one.status}\n{one.log}====="


if __name__ == "__main__":
    sys.exit(main())
