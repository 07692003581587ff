# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""policy_always_keepalive: what it may be, and what an audit says of it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import always

POLICY = _settings.Settings(120, 30, 4)
VALUES = {"time": 120, "interval": 30, "probes": 4}
COMPLIANT = {"status": "compliant", "message": "as the policy says", "differences": []}
DRIFT = {"status": "drift", "message": "time is 7200 now, should be 120", "differences": [{"parameter": "time"}]}


@pytest.mark.parametrize(
    ("given", "options"),
    [
        ("", None),
        (None, None),
        ("host", {"scope": "host", **VALUES}),
        (["host"], {"scope": "host", **VALUES}),
        (["redis-server.service"], {"scope": "units", "units": ["redis-server.service"], **VALUES}),
        ("a.service, b.socket", {"scope": "units", "units": ["a.service", "b.socket"], **VALUES}),
        (["app-*"], {"scope": "units", "units": ["app-*"], **VALUES}),
        (False, {"state": "absent"}),
        ("false", {"state": "absent"}),
        ([], {"state": "absent"}),
    ],
)
def test_the_forms_of_the_variable(given: object, options: dict[str, Any] | None) -> None:
    assert always.options(given, POLICY) == options


def test_a_policy_that_is_removed_takes_the_switch_along() -> None:
    assert always.options("host", _settings.Settings()) == {"state": "absent"}
    assert always.options("", _settings.Settings()) is None


@pytest.mark.parametrize("given", [True, 7, "redis", ["redis"], [7], {"host": 1}, ["host", "a.service"]])
def test_other_forms_are_refused(given: object) -> None:
    with pytest.raises(_errors.InvalidValue, match=r"policy_always_keepalive is .*: allowed are host, a list of units"):
        always.options(given, POLICY)


def side(**values: int | None) -> dict[str, Any]:
    return {"attached": True, "time": None, "interval": None, "probes": None, **values}


def scope(unit: str | None, before: object, after: object, **more: Any) -> dict[str, Any]:
    return {"unit": unit, "runtime": {"before": before, "after": after}, **more}


SCOPES = {
    "not attached": (scope("a.service", None, side()), "keepalive of a.service is not switched on now"),
    "not named": (
        scope(None, side(), None),
        "keepalive of the host is switched on now, and the policy does not name it",
    ),
    "other values": (
        scope("a.service", side(time=60), side(**VALUES)),
        "keepalive of a.service is switched on with time 60 now, should be time 120, interval 30, probes 4",
    ),
    "another release": (scope("a.service", side(), side()), always.OF_ANOTHER_RELEASE),
    "next boot": (
        scope("a.service", side(), side(), boot={"before": None, "after": side()}),
        "keepalive of a.service is not switched on after the next boot",
    ),
}


@pytest.mark.parametrize("case", SCOPES)
def test_what_the_task_would_change_is_drift(case: str) -> None:
    found, sentence = SCOPES[case]
    verdict = always.audited(COMPLIANT, {"changed": True, "scopes": [found]})
    assert (verdict["status"], verdict["message"]) == ("drift", sentence)
    verdict = always.audited(DRIFT, {"changed": True, "scopes": [found]})
    assert verdict == {**DRIFT, "message": f"{DRIFT['message']}; {sentence}"}


def test_what_is_as_it_should_be_changes_no_verdict() -> None:
    found = {"changed": False, "scopes": [scope("a.service", side(), side())]}
    assert always.audited(COMPLIANT, found) == COMPLIANT
    assert always.audited(DRIFT, found) == DRIFT


@pytest.mark.parametrize("changed", [True, False])
def test_what_the_program_could_not_do_is_drift(changed: bool) -> None:
    counters = {"seen": 9, "set": 6, "kept": 0, "errors": 3}
    found = {"changed": changed, "scopes": [scope("a.service", side(), side(), counters=counters)]}
    verdict = always.audited(COMPLIANT, found)
    sentence = "3 connections of a.service could not be switched on, because the kernel did not let their options be read or set"
    assert (verdict["status"], sentence in verdict["message"]) == ("drift", True)
    assert (always.OF_ANOTHER_RELEASE in verdict["message"]) is changed


def test_counters_without_an_error_are_no_drift() -> None:
    counters = {"seen": 0, "set": 0, "kept": 0, "errors": 0}
    found = {"changed": False, "scopes": [scope(None, side(), side(), counters=counters)]}
    assert always.audited(COMPLIANT, found) == COMPLIANT


def test_a_host_that_cannot_be_switched_on_has_not_been_audited() -> None:
    verdict = always.audited(COMPLIANT, {"failed": True, "msg": "no cgroups of version 2\n\x1b[31m"})
    assert verdict["status"] == "failed"
    assert verdict["message"].startswith("no cgroups of version 2")
    assert "\x1b" not in verdict["message"]


def test_a_switch_that_the_operator_keeps_off_is_no_drift() -> None:
    found = {"changed": False, "scopes": [], "held": {"by": "/etc/netops-keepalive/disabled", "age": 90}}
    verdict = always.audited(COMPLIANT, found)
    assert (verdict["status"], verdict["message"]) == (
        "compliant",
        "as the policy says. But: /etc/netops-keepalive/disabled has kept the switch off for 90 seconds",
    )


def test_a_host_that_is_lost_on_the_way_is_unreachable() -> None:
    assert always.audited(COMPLIANT, {"unreachable": True, "msg": "timed out"})["status"] == "unreachable"
    lost = always.together({"changed": True}, {"unreachable": True, "msg": "timed out"})
    assert (lost["unreachable"], lost["msg"], lost["changed"]) == (True, "timed out", True)


def test_two_results_become_one() -> None:
    values = {"changed": True, "runtime": {"time": 120}, "limits": ["a"], "diff": [{"before": "x"}]}
    switched = {"changed": False, "scopes": [], "affected": [], "limits": ["b"], "warnings": ["w"]}
    assert always.together(values, switched) == {
        "changed": True,
        "runtime": {"time": 120},
        "limits": ["a", "b"],
        "diff": [{"before": "x"}],
        "warnings": ["w"],
        "always": {"scopes": [], "affected": []},
    }
    failed = always.together(values, {"failed": True, "msg": "refused"})
    assert (failed["failed"], failed["msg"], failed["changed"]) == (True, "refused", True)
