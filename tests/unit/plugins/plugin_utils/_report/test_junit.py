# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.junit import junit

from tests.support.report_samples import ENTRIES, NGINX, entry, host, reported


def cases(*hosts: dict[str, object]) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(junit(reported(*hosts))).iter("testcase"))


OUTCOMES = {
    "compliant": "system-out",
    "keepalive_off": "failure",
    "time_too_long": "failure",
    "drops_too_late": "failure",
    "not_seen": "failure",
    "refused": "failure",
    "unreachable": "failure",
    "not_accepted": "failure",
    "exempt": "skipped",
    "masked": "skipped",
    "reset": "skipped",
    "inconclusive": "skipped",
    "unreadable": "skipped",
    None: "skipped",
}


@pytest.mark.parametrize(("verdict", "tag"), OUTCOMES.items())
def test_outcome_of_a_verdict(verdict: str | None, tag: str) -> None:
    (case,) = cases(host("web", entry("app", 1, verdict, "so it is")))
    (outcome,) = (child for child in case if child.tag != "properties")
    assert outcome.tag == tag
    assert "so it is" in (outcome.get("message") or outcome.text or "")


def test_what_nobody_named_and_is_away_is_skipped() -> None:
    (case,) = cases(host("web", entry("app", 1, "refused", "nobody listens", named=False)))
    assert [(outcome.tag, outcome.get("message")) for outcome in case] == [("skipped", "refused: nobody listens")]


def test_a_failure_brings_its_remedy() -> None:
    (case,) = cases(host("web", ENTRIES[1]))
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("type") == "keepalive_off"
    assert (failure.text or "").splitlines() == [ENTRIES[1]["reason"], NGINX["text"], *NGINX["lines"]]


def test_an_exemption_brings_its_reason() -> None:
    (case,) = cases(host("web", ENTRIES[8]))
    (skipped,) = case
    assert skipped.get("message") == "exempt: scraped every 15 s and closed"


def test_a_host_that_could_not_be_validated_is_an_error() -> None:
    (case,) = cases(host("away", status="unreachable", message="no\nroute"))
    (error,) = case
    assert (error.tag, error.get("type"), error.get("message")) == ("error", "unreachable", "no route")


@pytest.mark.parametrize("fails", [False, True])
def test_a_host_without_proof_is_an_error_even_if_it_does_not_fail(fails: bool) -> None:
    unproven = {**host("web", ENTRIES[12], status="unproven"), "cause": "kernel", "fails": fails}
    case, _listener = cases(unproven)
    message = "unproven (kernel): 1 listener: 1 unreadable; its kernel has no pidfd_getfd, which came with Linux 5.6"
    assert [(found.tag, found.get("message")) for found in case] == [("error", message)]


def test_an_offender_names_its_finding() -> None:
    report = reported(host("web", ENTRIES[0], ENTRIES[1]))
    found = [
        [one.attrib for one in case.iter("property")] for case in ElementTree.fromstring(junit(report)).iter("testcase")
    ]
    assert found == [[{"name": "finding", "value": report["findings"][0]["id"]}], []]


def test_the_numbers_of_workers_hold_whatever_their_pids_are() -> None:
    def outcomes(first: int, second: int) -> list[tuple[str | None, bool]]:
        good, bad = (entry("worker", 7000, verdict, "") for verdict in ("compliant", "keepalive_off"))
        for one, pid in ((good, first), (bad, second)):
            one["process"] = {**one["process"], "pid": pid, "pids": [pid]}
        workers = [good, bad] if first < second else [bad, good]
        return [(case.get("name"), case.find("failure") is not None) for case in cases(host("web", *workers))]

    expected = [("worker 0.0.0.0:7000", False), ("worker 0.0.0.0:7000 #2", True)]
    assert outcomes(100, 200) == outcomes(9000, 300) == expected


def test_a_failed_host_keeps_its_listeners() -> None:
    assert len(cases(host("web", ENTRIES[0], status="failed"))) == 2


def test_each_case_has_a_name_of_its_own() -> None:
    worker = entry("worker", 7000, "compliant", "")
    names = [case.get("name") for case in cases(host("web", worker, worker, worker))]
    assert names == ["worker 0.0.0.0:7000", "worker 0.0.0.0:7000 #2", "worker 0.0.0.0:7000 #3"]


def test_a_range_without_a_listener_is_one_case() -> None:
    gone = entry(None, 8000, "refused", "nothing listens", last_port=8100, address="", process=None)
    assert [case.get("name") for case in cases(host("web", gone))] == ["port 8000-8100"]


def test_the_same_endpoint_in_another_network_namespace_is_another_case() -> None:
    redis = entry("redis", 6379, "compliant", "")
    names = [case.get("name") for case in cases(host("web", redis, {**redis, "namespace": "blue"}))]
    assert names == ["redis 0.0.0.0:6379", "redis 0.0.0.0:6379 in netns blue"]


def test_totals() -> None:
    suites = ElementTree.fromstring(junit(reported(host("a", *ENTRIES), host("b", status="failed"), host("c"))))
    totals = [suites, *suites.findall("testsuite")]
    counts = [[int(suite.get(key, -1)) for key in ("tests", "failures", "errors", "skipped")] for suite in totals]
    assert counts == [[18, 7, 1, 6], [17, 7, 0, 6], [1, 0, 1, 0], [0, 0, 0, 0]]
    assert [suite.get("timestamp") for suite in totals[1:]] == ["2026-11-24T10:30:00"] * 3
    assert suites.get("time") == "304.300"
