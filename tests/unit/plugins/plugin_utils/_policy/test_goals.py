# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
import typing as t

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._errors import (
    ImpossibleGoal,
    InvalidValue,
    KeepaliveError,
)
from ansible_collections.netops.keepalive.plugins.module_utils._settings import (
    PARAMETERS,
    Settings,
    drop_after,
    parse_policy,
)
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy.goals import (
    LONGEST_GOAL,
    Goal,
    parse_goal,
    plan,
    preset,
    resolve,
    seconds_to_drop,
)
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy.presets import PRESETS
from hypothesis import given
from hypothesis import strategies as st


def exactly(message: str) -> str:
    return f"^{re.escape(message)}$"


GOALS: list[tuple[object, Goal]] = [
    ({"path_idle": 350, "drop_within": 180}, Goal(350, 180)),
    ({"path_idle": "350"}, Goal(350, None)),
    ({"path_idle": 350, "drop_within": ""}, Goal(350, None)),
    ({"path_idle": None, "drop_within": 180}, Goal(None, 180)),
    ("path_idle=350 drop_within=180", Goal(350, 180)),
    ("  drop_within=180\n", Goal(None, 180)),
    ("drop_within=864000", Goal(None, LONGEST_GOAL)),
]


@pytest.mark.parametrize(("goal", "parsed"), GOALS)
def test_a_goal_is_a_mapping_or_the_text_of_a_survey(goal: object, parsed: Goal) -> None:
    assert parse_goal(goal) == parsed


NO_GOALS: list[tuple[object, str]] = [
    ("soon", "the goal is 'soon': allowed is path_idle, drop_within or both, in seconds."),
    ("  ", "the goal is '  ': allowed is path_idle, drop_within or both, in seconds."),
    (
        "drop_within=180 please",
        "the goal is 'drop_within=180 please': allowed is path_idle, drop_within or both, in seconds.",
    ),
    (
        "drop_within=180 drop_within=90",
        "the goal is 'drop_within=180 drop_within=90': allowed is path_idle, drop_within or both, in seconds.",
    ),
    ({"idle": 350}, "the goal is {'idle': 350}: allowed is path_idle, drop_within or both, in seconds."),
    ([350], "the goal is [350]: allowed is path_idle, drop_within or both, in seconds."),
    (350, "the goal is 350: allowed is path_idle, drop_within or both, in seconds."),
    ("path_idle=5m", "path_idle is '5m': allowed is a whole number of seconds from 1 to 864000."),
    ("path_idle=0350", "path_idle is '0350': allowed is a whole number of seconds from 1 to 864000."),
    ({"path_idle": True}, "path_idle is True: allowed is a whole number of seconds from 1 to 864000."),
    ({"path_idle": 350.0}, "path_idle is 350.0: allowed is a whole number of seconds from 1 to 864000."),
    ({"drop_within": 0}, "drop_within is 0: allowed is a whole number of seconds from 1 to 864000."),
    ({"drop_within": 864001}, "drop_within is 864001: allowed is a whole number of seconds from 1 to 864000."),
]


@pytest.mark.parametrize(("goal", "message"), NO_GOALS)
def test_anything_else_is_no_goal(goal: object, message: str) -> None:
    with pytest.raises(InvalidValue, match=exactly(message)):
        parse_goal(goal)


def test_more_digits_than_python_reads_are_no_goal() -> None:
    with pytest.raises(
        InvalidValue, match=r"^path_idle is '9+\.{3}: allowed is a whole number of seconds from 1 to 864000\.$"
    ):
        parse_goal("path_idle=" + "9" * 5000)


class Plan(t.NamedTuple):
    goal: Goal
    probes: object
    settings: Settings
    why: str


PLANS = [
    Plan(
        Goal(350, 180),
        None,
        Settings(90, 30, 3),
        "half of 180 (drop_within) is time 90, a third of that is interval 30; 90 + 30 * 3 drops a dead peer after 180 s.",
    ),
    Plan(
        Goal(350, None),
        None,
        Settings(175, 58, 3),
        "half of 350 (path_idle) is time 175, a third of that is interval 58; 175 + 58 * 3 drops a dead peer after 349 s.",
    ),
    Plan(
        Goal(60, 600),
        None,
        Settings(30, 10, 3),
        "half of 60 (path_idle) is time 30, a third of that is interval 10; 30 + 10 * 3 drops a dead peer after 60 s.",
    ),
    Plan(
        Goal(None, 5),
        None,
        Settings(2, 1, 3),
        "half of 5 (drop_within) is time 2, a third of that is interval 1; 2 + 1 * 3 drops a dead peer after 5 s.",
    ),
    Plan(
        Goal(None, 180),
        10,
        Settings(90, 9, 10),
        "half of 180 (drop_within) is time 90, (180 - 90) / 10 probes is interval 9; 90 + 9 * 10 drops a dead peer after 180 s.",
    ),
    Plan(
        Goal(350, None),
        "10",
        Settings(175, 58, 10),
        "half of 350 (path_idle) is time 175, a third of that is interval 58; 175 + 58 * 10 drops a dead peer after 755 s.",
    ),
    Plan(
        Goal(10, 1000),
        10,
        Settings(5, 5, 10),
        "half of 10 (path_idle) is time 5, interval is no longer than that; 5 + 5 * 10 drops a dead peer after 55 s.",
    ),
    Plan(
        Goal(None, LONGEST_GOAL),
        None,
        Settings(32767, 10922, 3),
        "half of 864000 (drop_within) is more than the longest time 32767, a third of that is interval 10922; "
        "32767 + 10922 * 3 drops a dead peer after 65533 s.",
    ),
]


@pytest.mark.parametrize("case", PLANS)
def test_plan_tells_the_values_and_the_arithmetic(case: Plan) -> None:
    assert plan(case.goal, probes=case.probes) == (case.settings, case.why)


NO_PLANS: list[tuple[Goal, object, type[KeepaliveError], str]] = [
    (Goal(1, None), None, ImpossibleGoal, "path_idle=1 cannot be reached: half of 1 is no whole second."),
    (
        Goal(350, 2),
        None,
        ImpossibleGoal,
        "path_idle=350 drop_within=2 cannot be reached with 3 probes: "
        "1 s of silence and 3 probes at least a second apart take 4 s.",
    ),
    (
        Goal(None, 18),
        10,
        ImpossibleGoal,
        "drop_within=18 cannot be reached with 10 probes: 9 s of silence and 10 probes at least a second apart take 19 s.",
    ),
    (
        Goal(None, None),
        None,
        InvalidValue,
        "the goal names neither path_idle nor drop_within: name one of them, in seconds.",
    ),
    (Goal(350, None), 0, InvalidValue, "probes is 0: allowed is a whole number of probes from 1 to 127."),
    (Goal(350, None), "ten", InvalidValue, "probes is 'ten': allowed is a whole number of probes from 1 to 127."),
]


@pytest.mark.parametrize(("goal", "probes", "error", "message"), NO_PLANS)
def test_what_cannot_be_planned_is_refused_with_the_reason(
    goal: Goal, probes: object, error: type[KeepaliveError], message: str
) -> None:
    with pytest.raises(error, match=exactly(message)):
        plan(goal, probes=probes)


def test_an_unknown_strategy_is_refused() -> None:
    with pytest.raises(InvalidValue, match=exactly("strategy is 'halves': allowed is thirds.")):
        plan(Goal(350, None), strategy="halves")


SECONDS = st.none() | st.integers(1, LONGEST_GOAL) | st.integers(1, 60)


@given(path_idle=SECONDS, drop_within=SECONDS, probes=st.none() | st.integers(1, 127))
def test_every_plan_reaches_its_goal(path_idle: int | None, drop_within: int | None, probes: int | None) -> None:
    try:
        settings = plan(Goal(path_idle, drop_within), probes=probes).settings
    except KeepaliveError:
        return
    time, interval, count = settings
    assert time and interval and count == (probes or 3)
    assert all(parameter.minimum <= value <= parameter.maximum for parameter, value in zip(PARAMETERS, settings))
    assert drop_within is None or time + interval * count <= drop_within
    assert path_idle is None or max(time, interval) <= path_idle / 2


@given(path_idle=SECONDS, drop_within=st.none() | st.integers(5, LONGEST_GOAL))
def test_five_seconds_are_always_enough(path_idle: int | None, drop_within: int | None) -> None:
    limits = [seconds for seconds in (path_idle, drop_within) if seconds is not None]
    if limits and min(limits) > 1:
        assert plan(Goal(path_idle, drop_within)).settings.probes == 3


class Given(t.NamedTuple):
    values: dict[str, object]
    goal: object
    preset: object
    settings: Settings
    why: str


NOTHING: dict[str, object] = {"time": "", "interval": "", "probes": ""}
POLICIES = [
    Given(
        {"time": "120", "interval": 30, "probes": ""}, "", "", Settings(120, 30, None), "the values as they were given."
    ),
    Given({**NOTHING, "probes": "4"}, None, None, Settings(None, None, 4), "the values as they were given."),
    Given(
        NOTHING,
        "path_idle=350 drop_within=180",
        "",
        Settings(90, 30, 3),
        "half of 180 (drop_within) is time 90, a third of that is interval 30; 90 + 30 * 3 drops a dead peer after 180 s.",
    ),
    Given(
        NOTHING,
        {},
        "aws-nat",
        Settings(120, 30, 4),
        "preset aws-nat: AWS NAT gateway, Network Load Balancer, Gateway Load Balancer, Network Firewall, VPC endpoint "
        "(forgets a connection after 350 s); drops a dead peer after 240 s.",
    ),
    Given(
        {},
        "",
        "default",
        Settings(7200, 75, 9),
        "preset default: what Linux starts with; drops a dead peer after 7875 s.",
    ),
]


@pytest.mark.parametrize("case", POLICIES)
def test_a_policy_is_given_in_one_of_three_ways_and_empty_text_is_not_given(case: Given) -> None:
    assert resolve(case.values, case.goal, case.preset) == (case.settings, case.why)


def test_the_number_of_probes_of_a_host_takes_part_in_planning_only() -> None:
    assert resolve({}, goal="drop_within=180", probes=10).settings == Settings(90, 9, 10)
    assert resolve({"time": 60}, probes=10).settings == Settings(60, None, None)


PRESETS_WITH_TEN_PROBES = {
    "aws-nat": Settings(120, 12, 10),
    "azure-lb": Settings(120, 10, 10),
    "gcp": Settings(60, 30, 10),
    "ipvs": Settings(600, 30, 10),
    "nat-60": Settings(30, 3, 10),
    "sap": Settings(300, 67, 10),
    "mongodb": Settings(120, 12, 10),
    "cis-mss": Settings(300, 1, 10),
    "default": Settings(7200, 67, 10),
}


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_holds_as_much_with_other_probes(name: str) -> None:
    settings = preset(name, probes=10).settings
    assert settings == PRESETS_WITH_TEN_PROBES[name]
    assert (drop_after(settings) or 0) <= (drop_after(PRESETS[name].settings) or 0)


def test_a_preset_says_with_which_probes() -> None:
    assert preset("azure-lb", probes=10).why == (
        "preset azure-lb: Azure Load Balancer with its default idle timeout of 4 minutes (forgets a connection after 240 s); "
        "with 10 probes, 10 s apart, it drops a dead peer after 220 s."
    )


def test_few_probes_do_not_let_a_path_go() -> None:
    """An answering peer is probed every max(time, interval) seconds: the interval never grows beyond that."""
    assert preset("aws-nat", probes=1).settings == Settings(120, 120, 1)


def test_a_preset_that_many_probes_cannot_keep() -> None:
    with pytest.raises(ImpossibleGoal, match=r"^60 s cannot be kept with 40 probes at least a second apart\.$"):
        preset("nat-60", probes=40)


ALLOWED_PRESETS = "aws-nat, azure-lb, cis-mss, default, gcp, ipvs, mongodb, nat-60, sap"
NO_POLICIES: list[tuple[dict[str, object], object, object, str]] = [
    (NOTHING, "", "", "no policy is given: name values (time, interval, probes), a goal or a preset."),
    ({}, None, {}, "no policy is given: name values (time, interval, probes), a goal or a preset."),
    (
        {"time": 60},
        "",
        "sap",
        "the policy is given as values and as a preset: name one of them and empty the rest (on the command line: -e policy_preset=).",
    ),
    (
        {},
        "path_idle=350",
        "sap",
        "the policy is given as a goal and as a preset: name one of them and empty the rest (on the command line: -e policy_goal=).",
    ),
    (
        {"probes": 3},
        {"path_idle": 350},
        "sap",
        "the policy is given as values and as a goal and as a preset: name one of them and empty the rest (on the command line: -e policy_goal=).",
    ),
    ({}, "", "aws", f"the preset is 'aws': allowed is {ALLOWED_PRESETS}."),
    ({}, "", ["sap"], f"the preset is ['sap']: allowed is {ALLOWED_PRESETS}."),
    ({"time": "1m"}, "", "", "time is '1m': allowed is a whole number of seconds from 1 to 32767."),
    ({"time": 0}, "", "", "time is 0: allowed is a whole number of seconds from 1 to 32767."),
    ({"time": False}, "", "", "time is False: allowed is a whole number of seconds from 1 to 32767."),
]


@pytest.mark.parametrize(("values", "goal", "preset", "message"), NO_POLICIES)
def test_a_policy_that_is_given_otherwise_is_refused(
    values: dict[str, object], goal: object, preset: object, message: str
) -> None:
    with pytest.raises(InvalidValue, match=exactly(message)):
        resolve(values, goal, preset)


def test_what_a_plan_reports_is_a_policy_again() -> None:
    planned = plan(Goal(350, 180))
    assert parse_policy(planned.report()) == planned.settings


NOT_MAPPINGS: list[tuple[object, str]] = [
    ("time=60", "the policy is 'time=60': allowed is a mapping with time, interval and probes."),
    ({"idle": 60}, "the policy is {'idle': 60}: allowed is a mapping with time, interval and probes."),
    ({"time": -1}, "time is -1: allowed is a whole number of seconds from 1 to 32767."),
]


@pytest.mark.parametrize(("policy", "message"), NOT_MAPPINGS)
def test_anything_else_is_no_policy(policy: object, message: str) -> None:
    with pytest.raises(InvalidValue, match=exactly(message)):
        parse_policy(policy)


DROPS: list[tuple[dict[str, object], int]] = [
    ({"time": 7200, "interval": 75, "probes": 9}, 7875),
    ({"time": "60", "interval": "10", "probes": "3", "why": "so"}, 90),
    ({"time": 60, "interval": 10, "probes": 3, "user_timeout": 0}, 90),
    ({"time": 60, "interval": 10, "user_timeout": 75}, 80),
    ({"time": 60, "interval": 10, "probes": 9, "user_timeout": 30.5}, 70),
]


@pytest.mark.parametrize(("policy", "seconds"), DROPS)
def test_seconds_to_drop(policy: dict[str, object], seconds: int) -> None:
    assert seconds_to_drop(policy) == seconds


NO_DROPS: list[tuple[object, str]] = [
    (
        {"time": 60, "interval": 10},
        "the policy is {'time': 60, 'interval': 10}: it needs all of time, interval and probes.",
    ),
    ([60, 10, 3], "the policy is [60, 10, 3]: allowed is a mapping with time, interval and probes."),
    ({"user_timeout": -1}, "user_timeout is -1: allowed is a number of seconds, 0 or more."),
    ({"user_timeout": True}, "user_timeout is True: allowed is a number of seconds, 0 or more."),
    ({"user_timeout": "30"}, "user_timeout is '30': allowed is a number of seconds, 0 or more."),
    ({"user_timeout": float("nan")}, "user_timeout is nan: allowed is a number of seconds, 0 or more."),
    ({"user_timeout": float("inf")}, "user_timeout is inf: allowed is a number of seconds, 0 or more."),
]


@pytest.mark.parametrize(("policy", "message"), NO_DROPS)
def test_seconds_to_drop_needs_all_of_them(policy: object, message: str) -> None:
    with pytest.raises(InvalidValue, match=exactly(message)):
        seconds_to_drop(policy)
