# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policy audits in a report: in the model, the metrics, JUnit, the summary and on the console."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._errors import InvalidValue
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import console, junit, model, prometheus, summary
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import policy_audit

from tests.support import policy_samples
from tests.support.policy_samples import THEIRS
from tests.support.report_samples import CREATED, host, reported

VALUES = {"time": 120, "interval": 30, "probes": 4, "drop_after": 240}
LATE = {**VALUES, "time": 600, "drop_after": 720}


def hosts(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in report["hosts"]}


def test_a_host_that_drifts_was_audited_and_fails() -> None:
    found = hosts(policy_samples.report())["web-02"]
    message = "time is 600 after the next boot (/etc/sysctl.d/99-zz.conf:2), should be 120"
    assert found == {
        "name": "web-02",
        "status": "ok",
        "cause": None,
        "fails": True,
        "message": message,
        "listeners": None,
        "policy": {
            "status": "drift",
            "message": message,
            "wanted": VALUES,
            "runtime": VALUES,
            "boot": LATE,
            "differences": [
                {
                    "parameter": "time",
                    "when": "boot",
                    "found": 600,
                    "wanted": 120,
                    "file": THEIRS,
                    "line": 2,
                    "cure": None,
                }
            ],
        },
    }


STATUSES = {
    "away": ("unreachable", "unreachable", True),
    "db-01": ("ok", "drift", True),
    "db-02": ("ok", "drift", True),
    "gone-01": ("ok", "drift", True),
    "new": ("failed", "failed", True),
    "web-01": ("ok", "compliant", False),
    "web-02": ("ok", "drift", True),
    "web-03": ("ok", "drift", True),
    "windows-01": ("ok", "drift", True),
}


def test_each_host_has_its_status_and_that_of_its_audit() -> None:
    found = hosts(policy_samples.report())
    assert {name: (one["status"], one["policy"]["status"], one["fails"]) for name, one in found.items()} == STATUSES
    assert (found["new"]["message"], found["new"]["policy"]["runtime"]) == ("the host was not audited", None)


def test_a_report_of_audits_that_is_read_back_is_the_same() -> None:
    report = policy_samples.report()
    assert model.report(json.loads(json.dumps(report))) == report
    assert (report["kinds"], report["findings"]) == (["policy"], [])


def test_a_policy_is_told_with_its_source_and_its_hosts() -> None:
    (found,) = policy_samples.report()["policy"]
    assert found == {**VALUES, "source": "policy_preset: aws-nat", "listeners": 0, "hosts": 6}


def test_a_report_about_listeners_holds_no_audit() -> None:
    """Its kinds do not name it."""
    audited = {**host("web"), "policy": policy_samples.audits()["web-01"]}
    assert reported(audited)["hosts"][0]["policy"] is None


REFUSED = [
    ({"kinds": []}, "the kinds of the report are []: allowed are listeners and policy, or one of them."),
    ({"kinds": "policy"}, "the kinds of the report are 'policy': allowed are listeners and policy, or one of them."),
    ({"kinds": ["policy", "x"]}, "the kinds of the report are ['policy', 'x']: allowed are listeners and policy, or one of them."),
    ({"hosts": {"a": {"status": "fine", "message": ""}}}, "the result of 'a' has a policy.status that no report has."),
    ({"hosts": {"a": {"status": "drift", "message": ""}, "b": "x"}}, "the result of b is 'x': allowed is a mapping, as the probe returns it."),
    ({"hosts": {"a": {"status": "drift", "message": "", "boot": {"time": "x"}}}}, "the result of 'a' has a policy.boot.time that no report has."),
]  # fmt: skip


@pytest.mark.parametrize(("given", "message"), REFUSED)
def test_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValue, match=f"^{re.escape(message)}$"):
        model.report({"created": CREATED, "kinds": ["policy"], "hosts": {}, **given})


def test_what_an_audit_registers_is_what_is_described() -> None:
    audits = {name: found for name, found in policy_samples.audits().items() if found}
    assert {frozenset(found) for found in audits.values()} == {frozenset(key.name for key in policy_audit.AUDIT.keys)}


def metrics(starting: str) -> list[str]:
    lines = prometheus.prometheus(policy_samples.report()).splitlines()
    return [line for line in lines if line.startswith(starting)]


METRICS = {
    'keepalive_host_reachable{host="away"}': ["0"],
    'keepalive_host_audited{host="away"}': ["0"],
    'keepalive_host_drifts{host="away"': [],
    'keepalive_host_time_seconds{host="away"': [],
    "keepalive_host_validated": [],
    'keepalive_host_audited{host="web-02"}': ["1"],
    'keepalive_host_fails{host="web-02"}': ["1"],
    'keepalive_host_drifts{host="web-02",when="runtime"}': ["0"],
    'keepalive_host_drifts{host="web-02",when="boot"}': ["1"],
    'keepalive_host_time_seconds{host="web-02",when="runtime"}': ["120"],
    'keepalive_host_time_seconds{host="web-02",when="boot"}': ["600"],
    'keepalive_host_interval_seconds{host="web-02",when="boot"}': ["30"],
    'keepalive_host_probes{host="web-02",when="boot"}': ["4"],
    'keepalive_host_drop_after_seconds{host="web-02",when="boot"}': ["720"],
    'keepalive_host_policy_drop_after_seconds{host="web-02"}': ["240"],
    'keepalive_host_policy_time_seconds{host="gone-01"}': [],
    'keepalive_host_probes{host="windows-01",when="runtime"}': ["10"],
}


@pytest.mark.parametrize(("series", "values"), METRICS.items())
def test_metrics(series: str, values: list[str]) -> None:
    assert [line.rpartition(" ")[2] for line in metrics(series)] == values


OUTCOMES = {
    "web-01": ("system-out", None, "as the policy says"),
    "db-02": ("failure", "drift", "time is 77 now (no file says so), should be 120"),
    "away": ("error", "unreachable", "ssh: No route to host"),
    "new": ("error", "failed", "the host was not audited"),
}


@pytest.mark.parametrize(("name", "outcome"), OUTCOMES.items())
def test_each_host_is_one_case(name: str, outcome: tuple[str, str | None, str]) -> None:
    suites = ElementTree.fromstring(junit.junit(policy_samples.report()))
    (case,) = suites.iterfind(f"testsuite[@name='{name}']/testcase")
    (found,) = case
    assert case.get("name") == "the host has the values of its policy"
    assert (found.tag, found.get("type"), found.get("message") or found.text) == outcome


def test_the_summary_counts_the_audits() -> None:
    found = summary.summary(policy_samples.report())
    assert found["policy"] == {"compliant": 1, "drift": 6, "failed": 1, "unreachable": 1}
    assert found["hosts"] == {"ok": 7, "unproven": 0, "failed": 1, "unreachable": 1, "missing": 0}
    assert (found["kinds"], found["outcome"], found["failed_host_count"]) == (["policy"], "offenders", 8)
    assert (found["listeners"], found["offender_count"], found["findings"]) == (0, 0, [])


WORDS = [
    ([], "ok"),
    (["web-01"], "ok"),
    (["web-01", "away"], "unreachable"),
    (["web-01", "away", "new"], "invalid"),
    (["web-01", "away", "new", "web-02"], "offenders"),
]


@pytest.mark.parametrize(("names", "word"), WORDS)
def test_the_outcome_is_one_word(names: list[str], word: str) -> None:
    audits = policy_samples.audits()
    assert summary.outcome(policy_samples.report({name: audits[name] for name in names})) == word


def test_the_console_shows_the_table_of_the_audit() -> None:
    lines = console.lines(policy_samples.report(), console.FINDINGS, "/reports/report.html")
    assert lines[0].split() == ["HOST", "STATUS", "WHY"]
    assert lines[1] == "new         failed       the host was not audited"
    assert lines[-2:] == ["9 hosts: 1 compliant, 6 drift, 1 unreachable, 1 failed", "Report: /reports/report.html"]
