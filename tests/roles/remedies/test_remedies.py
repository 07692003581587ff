# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each application as Debian, PyPI or npm ships it is what the data says, and the printed lines cure it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import applications

from tests.support import needs
from tests.support.remedies import expected
from tests.support.remedies.run import Entry, Outcome, Reading, data_of
from tests.support.remedies.table import GROUPS
from tests.support.remedies.trials import NPM, Case

DAILY = ("daily", "trixie")

Group = tuple[str, str]
OutcomeOf = Callable[[Group, Case], Outcome]


def rows() -> list[Any]:
    """A case of the daily group on the newest release is for every day."""
    return [
        pytest.param(
            (group, release),
            Case(trial, release),
            id=str(Case(trial, release)),
            marks=[] if (group, release) == DAILY else pytest.mark.long,
        )
        for group, trials in GROUPS.items()
        for trial in trials
        for release in trial.releases
    ]


each_case = pytest.mark.parametrize(("group", "case"), rows())


@pytest.fixture
def outcome(outcome_of: OutcomeOf, group: Group, case: Case) -> Outcome:
    if case.trial.registry == NPM:
        needs.program("npm")
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
    data = data_of(outcome)
    assert outcome.cured
    for entry in outcome.cured:
        assert entry["verdict"] == expected.cured(data, case.policy), (outcome.remedy, entry["reason"])
    assert agrees(outcome.cured_reading, outcome.cured[0]), outcome.cured_reading
    if data.get("stays_off"):
        allowed = case.policy["time"] + case.policy["interval"] * case.policy["probes"]
        assert outcome.closed_after is not None
        assert allowed / 2 < outcome.closed_after < allowed * 1.1


@pytest.mark.long  # a security fix may raise the version any day
@each_case
def test_the_data_names_the_version_that_was_tried(outcome: Outcome, case: Case) -> None:
    application, release = case.tried
    tried = {name: version for one in data_of(outcome).get("tried", []) for name, version in one.items()}
    assert tried.get(release) == outcome.version, (
        f"write it into the data of {application}: {release}: {outcome.version}"
    )


def test_the_data_says_tried_of_the_cases_and_of_nothing_else() -> None:
    cases = {Case(trial, release).tried for trials in GROUPS.values() for trial in trials for release in trial.releases}
    tried = {
        (one["application"], release)
        for one in applications.known_applications()
        for each in one.get("tried", [])
        for release in each
    }
    assert tried == cases
