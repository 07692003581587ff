# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.support.shards.long [ARGUMENT...]``: run the tests marked `long`, or those that arguments of pytest choose, and write
what came of them into the documentation."""

from __future__ import annotations

import collections
import datetime
import platform
import re
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import yaml

from tests.support import paths
from tests.support.shards.__main__ import run
from tests.support.shards.processes import Workshop
from tests.support.shards.record import OUTCOMES, Record, read
from tests.support.shards.table import Shard

LONG, EVERY = "long", "every-long"
MARKED = ("-m", "long")
PAGE = paths.ROOT / "docs" / "docsite" / "rst" / "long_tests.rst"
HEAD = """\
..
  Copyright (c) 2026 the netops.keepalive contributors
  GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
  SPDX-License-Identifier: GPL-3.0-or-later

.. _ansible_collections.netops.keepalive.docsite.long_tests:

Tests that take long
====================

These tests take minutes and rarely fail, and a quicker test guards the same on every change. ``make long`` runs them and writes this page;
the repository's workflow does so once a week.

.. list-table::
  :header-rows: 1

  * - What is proven
    - Cases
    - Result
    - Last run
"""
ROW = """\
  * - {what}
    - {cases}
    - {result}
    - {last}
"""
ROWS = re.compile(r"  \* - (?P<what>.+)\n    - (?P<cases>\d+)\n    - (?P<result>.+)\n    - (?P<last>.+)\n")


class Row(NamedTuple):
    """A test function: its name is a sentence."""

    what: str
    cases: str
    result: str
    last: str


def main() -> int:
    chosen = sys.argv[1:]
    table = {LONG: Shard((".",), options=(*MARKED, *chosen)), EVERY: Shard((".",), options=(*MARKED, "--collect-only"))}
    workshop = Workshop(table, paths.ROOT, paths.BUILD / "shards")
    status = run(workshop, [LONG], 1, complete=False)
    record = read(paths.BUILD / "shards" / f"{LONG}.json")
    (every,) = workshop.run([EVERY], 1)
    if record and record.outcomes and every.record:
        earlier = known(PAGE.read_text(encoding="utf-8"))
        PAGE.write_text(page(record, every.record.collected, earlier, told_of_this_run()), encoding="utf-8")
        print(f"Wrote {PAGE.relative_to(paths.ROOT)}", file=sys.stderr)
    return status


def told_of_this_run() -> str:
    galaxy = yaml.safe_load((paths.ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    kernel = ".".join(platform.release().split(".")[:2])
    return f"{datetime.date.today().isoformat()}, version {galaxy['version']}, Linux {kernel}"


def known(text: str) -> dict[str, Row]:
    """The rows of the page as it was."""
    return {found["what"]: Row(**found.groupdict()) for found in ROWS.finditer(text)}


def page(record: Record, every: Sequence[str], earlier: Mapping[str, Row], last: str) -> str:
    """A row for each function of which `every` has cases. One that has not run now with all of its cases keeps its earlier row."""
    outcomes: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for name, outcome in record.outcomes.items():
        outcomes[function(name)][outcome] += 1
    rows = []
    for name, cases in collections.Counter(map(function, every)).items():
        words, counts = in_words(name), outcomes[name]
        if counts.total() == cases:
            result = ", ".join(f"{counts[outcome]} {outcome}" for outcome in OUTCOMES if counts[outcome])
            rows.append(Row(words, str(cases), result, last))
        else:
            rows.append(earlier.get(words, Row(words, str(cases), "not run yet", "never")))
    return HEAD + "".join(ROW.format(**row._asdict()) for row in rows)


def function(name: str) -> str:
    return name.partition("[")[0]


def in_words(name: str) -> str:
    return name.rpartition("::")[2].removeprefix("test_").replace("_", " ").capitalize()


if __name__ == "__main__":
    sys.exit(main())
