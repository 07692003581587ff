# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One list says what changes: as a diff, as a truth value, and in order."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._host.differences import Difference, Differences


class Case(NamedTuple):
    before: str | None
    after: str | None
    shown: dict[str, str] | None


def entry(before: str, after: str, before_header: str = "/f", after_header: str = "/f") -> dict[str, str]:
    return {"before_header": before_header, "after_header": after_header, "before": before, "after": after}


CASES = {
    "equal": Case("a\n", "a\n", None),
    "both absent": Case(None, None, None),
    "changed": Case("a\n", "b\n", entry("a\n", "b\n")),
    "made": Case(None, "b\n", entry("", "b\n", before_header="/f (absent)")),
    "removed": Case("a\n", None, entry("a\n", "", after_header="/f (absent)")),
    "made empty": Case(None, "", entry("", "", before_header="/f (absent)")),
    "only the line end": Case("a", "a\n", entry("a", "a\n")),
    "bytes that are not UTF-8": Case("\udcff", "\udcff\n", entry("\ufffd", "\ufffd\n")),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_compare(case: Case) -> None:
    differences = Differences()
    differences.compare("/f", case.before, case.after)
    assert bool(differences) == (case.shown is not None)
    assert differences.as_diff() == ([] if case.shown is None else [case.shown])


def test_order_is_that_of_the_comparisons() -> None:
    differences = Differences()
    for where, before, after in [("/z", "1", "2"), ("/same", "1", "1"), ("/a", None, "2")]:
        differences.compare(where, before, after)
    assert list(differences) == [Difference("/z", "1", "2"), Difference("/a", None, "2")]
    assert [shown["after_header"] for shown in differences.as_diff()] == ["/z", "/a"]


def test_nothing_compared_is_nothing_to_do() -> None:
    differences = Differences()
    assert not differences
    assert list(differences) == differences.as_diff() == []
