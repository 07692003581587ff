# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page about the tests that take long: what ran has a new row, what did not keeps its own, and the page that we have tells of success."""

from __future__ import annotations

import collections
import re

import pytest

from tests.support.shards import long
from tests.support.shards.record import Record

TODAY, BEFORE = "2026-11-28, version 0.1.0, Linux 6.18", "2026-10-01, version 0.1.0, Linux 6.12"
EVERY = ["a.py::test_a_cat[1]", "a.py::test_a_cat[2]", "b.py::test_b", "c.py::test_c"]
EARLIER = {words: long.Row(words, "2", "2 passed", BEFORE) for words in ("A cat", "B", "What is no test any more")}


@pytest.mark.parametrize(
    ("ran", "rows"),
    [
        (
            {"a.py::test_a_cat[1]": "passed", "a.py::test_a_cat[2]": "failed"},
            [
                ("A cat", "2", "1 passed, 1 failed", TODAY),
                ("B", "2", "2 passed", BEFORE),
                ("C", "1", "not run yet", "never"),
            ],
        ),
        (
            {"a.py::test_a_cat[1]": "passed", "b.py::test_b": "passed"},
            [("A cat", "2", "2 passed", BEFORE), ("B", "1", "1 passed", TODAY), ("C", "1", "not run yet", "never")],
        ),
    ],
    ids=["all cases of one", "one case of two, and all of another"],
)
def test_a_row_is_of_the_last_run_of_all_its_cases(ran: dict[str, str], rows: list[tuple[str, ...]]) -> None:
    page = long.page(Record(list(ran), ran, {}), EVERY, EARLIER, TODAY)
    assert list(long.known(page).values()) == rows


def test_the_page_tells_of_success_alone() -> None:
    """Of whatever takes long, the last run passed."""
    rows = long.known(long.PAGE.read_text(encoding="utf-8")).values()
    assert rows
    assert [row for row in rows if not re.fullmatch(rf"{row.cases} passed", row.result)] == []
    assert [words for words, count in collections.Counter(row.what for row in rows).items() if count > 1] == []
