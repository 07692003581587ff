# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import model, summary
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.completed import completed

from tests.support import earlier_samples, policy_samples
from tests.support.report_samples import CREATED, ENTRIES, host, reported

AUDITS = policy_samples.audits()
KEEPS, DRIFTS, AWAY = AUDITS["web-01"], AUDITS["web-02"], AUDITS["away"]
LATER = "2026-11-24T11:30:00Z"


def audited(created: str = CREATED, **audits: dict[str, Any]) -> dict[str, Any]:
    return model.report({"created": created, "kinds": ["policy"], "hosts": audits}, SOURCES)


def validated(created: str = CREATED, **listeners: list[dict[str, Any]]) -> dict[str, Any]:
    hosts = [host(name, *found) for name, found in listeners.items()]
    return model.report({"created": created, "hosts": hosts}, {"web": {"source": "validate_preset: aws-nat"}})


SOURCES = {"web": {"source": "policy_preset: aws-nat"}}
POLICY, LISTENERS = audited(web=DRIFTS, db=KEEPS), validated(web=[ENTRIES[0]], db=[ENTRIES[1]])
BOTH = completed(POLICY, LISTENERS).report


def test_either_way_the_report_is_the_same() -> None:
    assert completed(LISTENERS, POLICY).report == BOTH
    assert BOTH["kinds"] == ["listeners", "policy"]
    db, web = BOTH["hosts"]
    assert (web["policy"], web["listeners"]) == (POLICY["hosts"][1]["policy"], LISTENERS["hosts"][1]["listeners"])
    assert (web["fails"], db["fails"], db["policy"]["status"]) == (True, True, "compliant")
    assert BOTH["findings"] == LISTENERS["findings"]


def test_each_policy_keeps_its_source_and_its_counts() -> None:
    assert [(one["drop_after"], one["source"], one["listeners"], one["hosts"]) for one in BOTH["policy"]] == [
        (120, "validate_preset: aws-nat", 2, 0),
        (240, "policy_preset: aws-nat", 0, 2),
    ]


def test_it_is_as_old_as_its_older_part() -> None:
    assert completed(audited(LATER, web=KEEPS), validated(web=[])).report["created"] == CREATED


def test_what_changed_in_the_listeners_stays_either_way() -> None:
    compared = earlier_samples.compared(validated(web=[ENTRIES[1]], db=[ENTRIES[1]]), LISTENERS)
    compared["created"] = CREATED
    assert completed(compared, POLICY).report["since"] == compared["since"]
    assert completed(POLICY, compared).report["since"] == compared["since"]


def test_read_back_it_is_the_same() -> None:
    for report in (BOTH, policy_samples.both()):
        assert model.report(json.loads(json.dumps(report))) == report


def test_a_part_is_renewed_and_the_other_kept() -> None:
    found = completed(audited(LATER, web=KEEPS, db=AWAY), BOTH).report
    db, web = found["hosts"]
    assert (found["kinds"], found["created"]) == (["listeners", "policy"], CREATED)
    assert (web["fails"], web["status"], db["policy"]["status"], db["status"]) == (False, "ok", "unreachable", "ok")
    again = completed(validated(LATER, web=[ENTRIES[0]], db=[ENTRIES[0]]), found).report
    assert [(one["name"], one["fails"], len(one["listeners"])) for one in again["hosts"]] == [
        ("db", True, 1),
        ("web", False, 1),
    ]


def unproven(cause: str, fails: bool, audit: dict[str, Any]) -> dict[str, Any]:
    dark = {**host("web", ENTRIES[12], status="unproven"), "cause": cause, "fails": fails}
    return completed(audited(web=audit), reported(dark)).report


@pytest.mark.parametrize(
    ("cause", "fails", "audit"),
    [
        ("no_privilege", True, KEEPS),
        ("no_privilege", True, DRIFTS),
        ("kernel", False, KEEPS),
        ("kernel", False, DRIFTS),
    ],
)
def test_a_host_without_proof_fails_as_before_when_its_drift_is_gone(
    cause: str, fails: bool, audit: dict[str, Any]
) -> None:
    (web,) = completed(audited(web=KEEPS), unproven(cause, fails, audit)).report["hosts"]
    assert (web["status"], web["cause"], web["fails"]) == ("unproven", cause, fails)


NOT_FRESH, OTHER = "it is not of the hour before this one", "its hosts are not those of this one"
REPLACED: list[tuple[dict[str, Any], object, str | None]] = [
    (audited("2026-11-24T11:30:01Z", web=KEEPS), validated(web=[]), NOT_FRESH),
    (audited("2026-11-24T10:29:59Z", web=KEEPS), validated(web=[]), NOT_FRESH),
    (audited(web=KEEPS), validated(web=[], db=[]), OTHER),
    (audited(web=KEEPS, db=KEEPS), validated(web=[]), OTHER),
    (audited(web=KEEPS), audited(web=KEEPS), None),
    (BOTH, validated(web=[], db=[]), None),
    (audited(web=KEEPS), {**validated(web=[]), "created": "today"}, None),
    (audited(web=KEEPS), {**validated(web=[]), "hosts": [{"name": "web", "status": "fine"}]}, None),
    (audited(web=KEEPS), {**validated(web=[]), "hosts": None}, None),
    (audited(web=KEEPS), {**validated(web=[]), "kinds": ["connections"]}, None),
    (audited(web=KEEPS), ["listeners"], None),
    (audited(web=KEEPS), None, None),
]


@pytest.mark.parametrize(("whole", "earlier", "problem"), REPLACED)
def test_anything_else_is_replaced(whole: dict[str, Any], earlier: object, problem: str | None) -> None:
    assert completed(whole, earlier) == (whole, False, problem)


def test_the_outcome_tells_what_was_found_of_both() -> None:
    def outcome(listeners: list[dict[str, Any]], audit: dict[str, Any]) -> str:
        return summary.outcome(completed(audited(web=audit), validated(web=listeners)).report)

    assert outcome([ENTRIES[0]], KEEPS) == "ok"
    assert outcome([ENTRIES[0]], DRIFTS) == outcome([ENTRIES[1]], KEEPS) == "offenders"
    assert outcome([ENTRIES[0]], AWAY) == "unreachable"
