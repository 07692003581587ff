# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook netops.keepalive.audit on a fleet: every host is in its report, and its exit status is the verdict."""

from __future__ import annotations

import json
import pathlib
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from tests.support.hosts.plays import BAD_PYTHON, LOCAL, UNREACHABLE, Run, Variables, play
from tests.support.hosts.throwaway import ThrowawayHost, new_host
from tests.support.paths import INSTALLED
from tests.support.probe.inspecting.scene import servers
from tests.support.probe.validating import (
    APPLICATIONS,
    AUDIT,
    GOOD,
    LATE,
    OFF,
    POLICY,
    listening,
    named,
    outcome,
    told,
    verdicts,
)

SCHEMA = INSTALLED / "roles" / "validate" / "files" / "report.schema.json"
FILES = {"report.json", "report.html", "junit.xml", "keepalive.prom"}


@pytest.fixture(scope="module")
def applications() -> Iterator[ThrowawayHost]:
    for host in new_host():
        with listening(host, GOOD, OFF, LATE):
            yield host


def audit(host: ThrowawayHost, *options: str, **more: Any) -> Run:
    return play(host, *options, playbook=AUDIT, **{"validate_console": "hosts", **more})


def reported(folder: pathlib.Path) -> dict[str, Any]:
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    jsonschema.validate(report, json.loads(SCHEMA.read_text(encoding="utf-8")), jsonschema.Draft202012Validator)
    return {host["name"]: host for host in report["hosts"]}


# Several names for one host; what differs is what is asked about it.
FLEET: dict[str, Variables] = {
    "good": {**LOCAL, "validate_applications": named(GOOD)},
    "bad": {**LOCAL, "validate_applications": named(GOOD, OFF)},
    "worse": {**LOCAL, "validate_applications": named(LATE, OFF)},
    "gone": UNREACHABLE,
    "foreign": {"ansible_connection": "no_such_plugin"},
    "lost": {**LOCAL, "validate_applications": [{"name": "lost", "host": "nowhere.invalid", "port": 80}]},
    "sick": {**BAD_PYTHON, "validate_applications": named(GOOD)},
    "typo": {**LOCAL, "validate_policy": {}, "validate_preset": "spa"},
    "vague": {**LOCAL, "validate_applications": "{{ nobody_knows }}"},
    "wrong": {**LOCAL, "validate_applications": [{"port": 22, "tsl": True}]},
}
STATUSES = {
    "bad": "ok",
    "foreign": "failed",
    "gone": "unreachable",
    "good": "ok",
    "lost": "ok",
    "sick": "failed",
    "typo": "failed",
    "vague": "failed",
    "worse": "ok",
    "wrong": "failed",
}
NO_CONNECTION = "Failed to connect to the host via ssh: ssh: connect to host 127.0.0.1 port 1: Connection refused"


@pytest.mark.parametrize("serial", ["", 1, "50%"])
def test_every_host_is_reported_once_whatever_became_of_it(
    applications: ThrowawayHost, tmp_path: pathlib.Path, serial: Any
) -> None:
    given = {name: {"validate_policy": POLICY, **variables} for name, variables in FLEET.items()}
    run = audit(applications, hosts=given, validate_serial=serial, validate_report_dir=str(tmp_path))
    assert run.status == 2, run.output
    hosts = reported(tmp_path)
    assert {name: host["status"] for name, host in hosts.items()} == STATUSES
    assert hosts["gone"]["message"] == NO_CONNECTION
    assert (
        hosts["typo"]["message"]
        == "the preset is 'spa': allowed is aws-nat, azure-lb, cis-mss, default, gcp, ipvs, mongodb, nat-60, sap."
    )
    assert "'nobody_knows' is undefined" in hosts["vague"]["message"]
    assert "tsl. Supported parameters include: " in hosts["wrong"]["message"]
    assert {entry["port"]: entry["verdict"] for entry in hosts["worse"]["listeners"]} == {
        LATE: "time_too_long",
        OFF: "keepalive_off",
    }
    assert {path.name for path in tmp_path.iterdir()} == FILES
    assert run.output.count("Write the files]") == 1
    failed = {name: counts["failed"] for name, counts in run.recap().items()}
    assert failed == {**{name: int(name != "good") for name in FLEET}, "localhost": 0}
    shown = verdicts(run.output)
    assert list(shown) == ["foreign", "gone", "sick", "typo", "vague", "wrong", "bad", "lost", "worse", "good"]
    assert (shown["bad"], shown["good"]) == ("2 listeners: 1 compliant, 1 keepalive_off", "1 listener: 1 compliant")


def test_offenders_fail_no_host_where_it_is_only_to_be_reported(
    applications: ThrowawayHost, tmp_path: pathlib.Path
) -> None:
    only_report = {"validate_enforce": False, "validate_policy": POLICY, "validate_report_dir": str(tmp_path)}
    hosts = {name: FLEET[name] for name in ("good", "bad")}
    run = audit(applications, hosts=hosts, **only_report, validate_console="findings")
    assert (run.status, outcome(run.output)) == (0, "offenders"), run.output
    assert [entry["verdict"] for entry in reported(tmp_path)["bad"]["listeners"]] == ["compliant", "keepalive_off"]
    lines = told(run.output)
    assert lines[:2] == ["1 finding: 1 offending listener", "  1. nginx: keepalive off: 1 listener on 1 host"]
    assert lines[3].startswith("     Remedy: As installed, nginx has keepalive off.")
    assert lines[4:] == [
        "         listen 8002 so_keepalive=60s:10s:6;",
        "     bad 127.0.0.1:8002",
        "Held against time 60, interval 10, probes 6, drop after 120 s "
        "(validate_policy: time 60, interval 10, probes 6): 3 of 3 listeners",
        "2 hosts: 1 ok, 1 offends",
        f"Report: {tmp_path}/report.html",
        "outcome=offenders",
    ]


def test_what_could_not_be_validated_fails_in_any_case(applications: ThrowawayHost) -> None:
    run = audit(applications, hosts={"gone": UNREACHABLE}, validate_enforce=False)
    (said,) = run.failures().values()
    assert (run.status, said.startswith("unreachable: "), "Connection refused" in said) == (2, True, True), said


def test_without_a_folder_no_file_is_written(applications: ThrowawayHost) -> None:
    run = audit(applications, hosts={"good": FLEET["good"]}, validate_policy=POLICY)
    assert (run.status, run.recap()["good"]["changed"]) == (0, 0), run.output
    assert verdicts(run.output) == {"good": "1 listener: 1 compliant"}


def test_a_relative_folder_is_where_the_user_is(applications: ThrowawayHost, tmp_path: pathlib.Path) -> None:
    run = audit(
        applications,
        hosts={"good": FLEET["good"]},
        validate_policy=POLICY,
        validate_report_dir="of/today",
        environment={"PWD": str(tmp_path)},
    )
    assert run.status == 0, run.output
    assert {path.name for path in (tmp_path / "of" / "today").iterdir()} == FILES


def test_the_pattern_and_the_limit_choose_the_hosts(applications: ThrowawayHost) -> None:
    only = {"hosts": FLEET, "validate_policy": POLICY}
    run = audit(applications, validate_hosts="good:bad:!bad", **only)
    assert (run.status, list(verdicts(run.output))) == (0, ["good"]), run.output
    run = audit(applications, "--limit", "good", **only)
    assert (run.status, list(verdicts(run.output))) == (0, ["good"]), run.output


def test_a_limited_run_says_which_hosts_the_report_no_longer_has(
    applications: ThrowawayHost, tmp_path: pathlib.Path
) -> None:
    hosts = {name: FLEET[name] for name in ("good", "gone")}
    only = {"hosts": hosts, "validate_policy": POLICY, "validate_report_dir": str(tmp_path)}
    audit(applications, **only)
    run = audit(applications, "--limit", "good", validate_report_mode="0640", **only)
    assert run.status == 0, run.output
    words = " ".join(run.output.split())
    assert f"the report that was in {tmp_path} had hosts that the new one does not have: 'gone'" in words
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o640}


def test_a_folder_that_cannot_be_made_is_named_and_the_verdicts_are_shown(
    applications: ThrowawayHost, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "file").touch()
    run = audit(
        applications,
        hosts={name: FLEET[name] for name in ("good", "bad")},
        validate_policy=POLICY,
        validate_report_dir=str(tmp_path / "file" / "today"),
    )
    assert run.status == 2, run.output
    problem = (
        f"the report cannot be written to {tmp_path}/file/today: Not a directory; "
        "name a folder that has room and that this user may write to"
    )
    assert run.failures() == {
        "bad": "1 of 2 listeners does not keep to the policy: 1 keepalive_off",
        "localhost": problem,
    }
    assert told(run.output)[-2:] == [problem, "outcome=report_failed"]
    assert {name: counts["failed"] for name, counts in run.recap().items()} == {"bad": 1, "good": 0, "localhost": 1}


CHANGING = 8006


def test_a_second_audit_says_what_changed_since_the_first(applications: ThrowawayHost, tmp_path: pathlib.Path) -> None:
    web = {**LOCAL, "validate_applications": named(CHANGING, OFF)}
    sold = {**LOCAL, "validate_applications": named(OFF)}
    common: dict[str, Any] = {"validate_policy": POLICY, "validate_console": "findings", "validate_enforce": False}
    with servers(applications, {"port": CHANGING, "name": "nodejs"}):
        audit(applications, hosts={"web": web, "sold": sold}, validate_report_dir="before", **at(tmp_path), **common)
    with servers(applications, {"port": CHANGING, "name": "nodejs", **APPLICATIONS[GOOD]}):
        run = audit(
            applications,
            hosts={"web": web, "bought": web},
            validate_report_dir="after",
            validate_report_before="before/report.json",
            **at(tmp_path),
            **common,
        )
    assert run.status == 0, run.output
    reported(tmp_path / "after")
    since = json.loads((tmp_path / "after" / "report.json").read_text(encoding="utf-8"))["since"]
    assert {one["program"]: one["change"] for one in since["findings"]} == {"nginx": "left", "nodejs": "cured"}
    (line,) = [line for line in told(run.output) if line.startswith("Since ")]
    assert line == (
        f"Since {since['created']}: 1 finding cured on 1 host, 1 left, none new; "
        "1 of 2 listeners that offended complies now, on 1 host"
    )
    assert "     Only in the earlier report, so not compared: sold" in told(run.output)
    assert "     Only in this report, so not compared: bought" in told(run.output)


def at(folder: pathlib.Path) -> dict[str, Any]:
    """Relative paths of the run start there."""
    return {"environment": {"PWD": str(folder)}}


@pytest.mark.parametrize(("hosts", "pattern"), [(FLEET, "wbe"), ({}, "")], ids=["typo", "empty inventory"])
def test_a_pattern_that_matches_no_host_is_refused(
    applications: ThrowawayHost, hosts: dict[str, Variables], pattern: str
) -> None:
    run = audit(applications, hosts=hosts, validate_hosts=pattern)
    assert run.status == 2, run.output
    assert f"no host of the inventory matches {pattern or 'all'}" in run.output


PLACES = ["127.0.0.1:8002", "127.0.0.1:8002 in netns blue"]
IN_BLUE = ("nsenter", "--net=/run/netns/blue")


def test_one_endpoint_of_two_network_namespaces_is_two_listeners_everywhere(
    applications: ThrowawayHost, tmp_path: pathlib.Path
) -> None:
    applications.sh("ip netns add blue && ip -netns blue link set lo up")
    with listening(applications, OFF, under=IN_BLUE):
        run = audit(
            applications,
            hosts={"web": LOCAL},
            validate_policy=POLICY,
            validate_network_namespaces=True,
            validate_loopback=True,
            validate_report_dir=str(tmp_path),
        )
    (host,) = reported(tmp_path).values()
    found = [entry for entry in host["listeners"] if entry["port"] == OFF]
    assert [(entry["address"], entry["namespace"]) for entry in found] == [("127.0.0.1", None), ("127.0.0.1", "blue")]
    (line,) = [line for line in told(run.output) if " nginx: keepalive off: " in line]
    assert line.endswith(f"nginx: keepalive off: {', '.join(PLACES)}"), run.output
    junit = (tmp_path / "junit.xml").read_text(encoding="utf-8")
    assert sorted(re.findall(r'name="nginx (127\.0\.0\.1:8002.*?)"', junit)) == PLACES
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert all(place in page for place in PLACES)
    metrics = (tmp_path / "keepalive.prom").read_text(encoding="utf-8")
    labels = 'port="8002",process="nginx",name=""'
    assert f'{labels},worker="0"}}' in metrics
    assert f'{labels},namespace="blue",worker="0"}}' in metrics


def test_the_strategy_of_the_user_does_not_matter(applications: ThrowawayHost) -> None:
    run = audit(
        applications,
        "-v",
        hosts={name: FLEET[name] for name in ("good", "bad")},
        validate_policy=POLICY,
        environment={"ANSIBLE_STRATEGY": "free"},
    )
    assert (run.status, list(verdicts(run.output))) == (2, ["bad", "good"]), run.output
    # Until the report, the listeners are kept in little memory.
    assert run.output.count('"packed": "') == len(("good", "bad"))
    assert '"listeners": [' not in run.output
