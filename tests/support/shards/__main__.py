# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.support.shards [NAME...]``: run these shards of the tests, or all, side by side."""

from __future__ import annotations

import argparse
import os
import signal
import sys

from tests.support import paths
from tests.support.shards import verdict
from tests.support.shards.processes import Ended, Workshop
from tests.support.shards.table import ALL_TESTS, SHARDS

ALL = "all tests"
FOLDER = paths.BUILD / "shards"


def main() -> int:
    arguments = _parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # cleans up, as an interrupt does
    names = arguments.names or list(SHARDS)
    complete = set(names) == set(SHARDS)
    workshop = Workshop({ALL: ALL_TESTS, **SHARDS}, paths.ROOT, FOLDER)
    ended = []
    for one in workshop.run([ALL, *names] if complete else names, arguments.at_once):
        ended.append(one)
        print(_told(one), flush=True)
    wanted = next((one for one in ended if one.name == ALL), None)
    shards = [one for one in ended if one is not wanted]
    print("\n".join(verdict.table(shards)))
    faults = verdict.faults(shards, wanted, skips_fail=os.environ.get("KEEPALIVE_TESTS") == "all")
    for fault in faults:
        print(fault)
    print(verdict.closing_line(shards))
    return 1 if faults else 0


def _told(one: Ended) -> str:
    if one.name == ALL and one.status == 0:
        return f"===== {ALL} collected in {one.seconds:.0f} s"
    return f"===== shard {one.name}, {one.seconds:.0f} s\n{one.log}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.support.shards", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*SHARDS, []], metavar="NAME", help=f"of {', '.join(SHARDS)}")
    # One more than the processors: while two wait, the third works.
    parser.add_argument(
        "--at-once", type=int, default=(os.cpu_count() or 1) + 1, help="how many (default: %(default)s)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
