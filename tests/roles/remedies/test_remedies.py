# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each application as Debian ships it is what the data says, and the printed lines make it compliant."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.remedies import expected
from tests.support.remedies.run import Entry, Outcome, Reading, data_of
from tests.support.remedies.table import DAILY, GROUPS
from tests.support.remedies.trials import DEBIAN, Case

Group = tuple[str, str]
OutcomeOf = Callable[[Group, Case], Outcome]


def rows() -> list[Any]:
    cases = [
        (group, Case(trial, release))
        for group, trials in GROUPS.items()
        for trial in trials
        for release in trial.releases
    ]
    daily = [Case(trial, "trixie") for trial in DAILY]
    return [
        pytest.param((group, case.release), case, id=str(case), marks=[] if case in daily else pytest.mark.long)
        for group, case in cases
    ]


each_case = pytest.mark.parametrize(("group", "case"), rows())


@pytest.fixture
def outcome(outcome_of: OutcomeOf, group: Group, case: Case) -> Outcome:
    found = outcome_of(group, case)
    assert found.error is None, found.error
    return found


def values_of(entry: Entry) -> tuple[int, int, int]:
    time, interval, probes = (entry["settings"][name] for name in expected.NAMES)
    return time, interval, probes


def agrees(reading: Reading, entry: Entry) -> bool:
    """Whether the other reader has the same options, and a timer that has just begun to run."""
    options = reading["options"]
    if bool(options["keepalive"]) is not entry["keepalive"]:
        return False
    if not entry["keepalive"]:
        return reading["timer"] is None
    return tuple(options[name] for name in expected.NAMES) == values_of(entry) and reading["timer"].startswith(
        "keepalive,"
    )


@each_case
def test_as_shipped_it_is_what_the_data_says(outcome: Outcome, case: Case) -> None:
    data = data_of(outcome)
    promised = expected.shipped(data, case.policy)
    assert outcome.shipped
    for entry in outcome.shipped:
        assert (entry["verdict"], entry["keepalive"]) == (promised.verdict, promised.keepalive), entry["reason"]
        assert entry["set_by"] == promised.set_by
        assert promised.values in (None, values_of(entry))
    assert agrees(outcome.shipped_reading, outcome.shipped[0]), outcome.shipped_reading
    if promised.verdict != "compliant":
        assert outcome.remedy is not None
        assert outcome.remedy["application"] == data["application"]


@each_case
def test_the_printed_lines_cure_it(outcome: Outcome, case: Case) -> None:
    assert outcome.cured
    wanted = (
        "compliant" if expected.has_cure(data_of(outcome)) else expected.shipped(data_of(outcome), case.policy).verdict
    )
    for entry in outcome.cured:
        assert entry["verdict"] == wanted, (outcome.remedy, entry["reason"])
    assert agrees(outcome.cured_reading, outcome.cured[0]), outcome.cured_reading


@each_case
def test_the_data_names_the_version_that_was_tried(outcome: Outcome) -> None:
    tried = {name: version for one in data_of(outcome)["tried"] for name, version in one.items()}
    release = DEBIAN[outcome.case.release]
    assert release in tried, f"write it into the data: {release}: {outcome.version}"
    assert major(tried[release]) == major(outcome.version)


def major(version: object) -> list[str]:
    """Its first two numbers: a later security fix is the same version here."""
    return re.findall(r"\d+", str(version))[:2]
