# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.support.shards.long``: run the tests marked `long`, and write what came of it into the documentation."""

from __future__ import annotations

import collections
import datetime
import platform
import sys
from collections.abc import Iterator

import yaml

from tests.support import paths
from tests.support.shards.__main__ import run
from tests.support.shards.processes import Workshop
from tests.support.shards.record import OUTCOMES, Record, read
from tests.support.shards.table import Shard

LONG = {"long": Shard((".",), options=("-m", "long"))}
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
the repository's workflow does so once a week. Last run: {date}, version {version}, Linux {kernel}.

.. list-table::
  :header-rows: 1

  * - What is proven
    - Cases
    - Result
"""
ROW = """\
  * - {what}
    - {cases}
    - {result}
"""


def main() -> int:
    folder = paths.BUILD / "shards"
    status = run(Workshop(LONG, paths.ROOT, folder), list(LONG), 1, complete=False)
    record = read(folder / "long.json")
    if record and record.outcomes:
        PAGE.write_text(page(record), encoding="utf-8")
        print(f"Wrote {PAGE.relative_to(paths.ROOT)}", file=sys.stderr)
    return status


def page(record: Record) -> str:
    galaxy = yaml.safe_load((paths.ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    kernel = ".".join(platform.release().split(".")[:2])
    head = HEAD.format(date=datetime.date.today().isoformat(), version=galaxy["version"], kernel=kernel)
    return head + "".join(_rows(record))


def _rows(record: Record) -> Iterator[str]:
    """A test function a row: its name is a sentence."""
    by_function: dict[str, collections.Counter[str]] = {}
    for name, outcome in record.outcomes.items():
        by_function.setdefault(name.partition("[")[0], collections.Counter())[outcome] += 1
    for function, counts in by_function.items():
        words = function.rpartition("::")[2].removeprefix("test_").replace("_", " ")
        result = ", ".join(f"{counts[outcome]} {outcome}" for outcome in OUTCOMES if counts[outcome])
        yield ROW.format(what=words.capitalize(), cases=counts.total(), result=result)


if __name__ == "__main__":
    sys.exit(main())
