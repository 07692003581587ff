# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a policy audit leaves behind: four files, a summary, the last line; and one report with an audit of the applications."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from tests.support.hosts.plays import LOCAL, UNREACHABLE, Run, Variables, play
from tests.support.hosts.throwaway import ThrowawayHost, new_host
from tests.support.paths import INSTALLED
from tests.support.probe.validating import AUDIT, OFF, listening, named

SCHEMA = INSTALLED / "roles" / "validate" / "files" / "report.schema.json"
FILES = {"report.json", "report.html", "junit.xml", "keepalive.prom"}
HOSTILE = "<b>bold"
FLEET: dict[str, Variables] = {
    "web": {**LOCAL, "policy_preset": "aws-nat", "validate_applications": named(OFF)},
    "db": {**LOCAL, "policy_preset": "sap", "validate_applications": named(OFF)},
    "gone": {**UNREACHABLE, "policy_preset": "sap"},
    "typo": {**LOCAL, "policy_preset": HOSTILE},
}
SUMMARY = {"ANSIBLE_SHOW_CUSTOM_STATS": "1"}


@pytest.fixture(scope="module")
def compliant() -> Iterator[ThrowawayHost]:
    """A host that has what preset aws-nat says, and an application without keepalive."""
    for host in new_host():
        host.set(time=120, interval=30, probes=4)
        with listening(host, OFF):
            yield host


def audit(host: ThrowawayHost, folder: pathlib.Path, *options: str, **more: Any) -> Run:
    given = {"hosts": FLEET, "policy_audit": True, "policy_report_dir": str(folder), "environment": SUMMARY, **more}
    return play(host, *options, **given)


def validate(host: ThrowawayHost, folder: pathlib.Path, **more: Any) -> Run:
    return play(host, playbook=AUDIT, **{"hosts": FLEET, "validate_report_dir": str(folder), **more})


def read(folder: pathlib.Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    jsonschema.validate(report, json.loads(SCHEMA.read_text(encoding="utf-8")), jsonschema.Draft202012Validator)
    return report


def hosts(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in report["hosts"]}


def test_an_audit_leaves_four_files_a_summary_and_a_last_line(compliant: ThrowawayHost, tmp_path: pathlib.Path) -> None:
    run = audit(compliant, tmp_path / "of today", policy_report_mode="0640", policy_serial=1)
    assert run.status == 2, run.output
    folder = tmp_path / "of today"
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == dict.fromkeys(FILES, 0o640)
    report = read(folder)
    assert report["kinds"] == ["policy"]
    assert [(one["source"], one["drop_after"], one["hosts"]) for one in report["policy"]] == [
        ("policy_preset: aws-nat", 240, 1),
        ("policy_preset: sap", 975, 1),
    ]
    found = {name: (one["status"], one["policy"]["status"]) for name, one in hosts(report).items()}
    assert found == {
        "web": ("ok", "compliant"),
        "db": ("ok", "drift"),
        "gone": ("unreachable", "unreachable"),
        "typo": ("failed", "failed"),
    }
    database = hosts(report)["db"]["policy"]
    values = {"time": 120, "interval": 30, "probes": 4, "drop_after": 240}
    assert (database["runtime"], database["boot"], len(database["differences"])) == (values, values, 6)
    assert database["differences"][3]["file"] == "/etc/sysctl.d/99-tcp-keepalive.conf"
    assert hosts(report)["typo"]["message"].startswith(f"the preset is '{HOSTILE}': allowed is aws-nat")
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "1 of 4 hosts drifts from the policy" in page
    assert HOSTILE not in page
    metrics = (folder / "keepalive.prom").read_text(encoding="utf-8")
    assert 'keepalive_host_policy_time_seconds{host="db"} 300\n' in metrics
    junit = (folder / "junit.xml").read_text(encoding="utf-8")
    assert '<testsuites name="netops.keepalive" tests="4" failures="1" errors="2"' in junit
    assert run.told("Show all hosts")[-3:] == [
        "4 hosts: 1 compliant, 1 drift, 1 unreachable, 1 failed",
        f"Report: {folder}/report.html",
        "outcome=offenders",
    ]
    stats = json.JSONDecoder().raw_decode(run.output.split("RUN: ")[1])[0]["keepalive"]
    assert (stats["outcome"], stats["kinds"], stats["failed_hosts"]) == (
        "offenders",
        ["policy"],
        ["db", "gone", "typo"],
    )
    assert stats["policy"] == {"compliant": 1, "drift": 1, "failed": 1, "unreachable": 1}
    recap = run.recap()
    assert {name: counts["failed"] for name, counts in recap.items()} == {
        "db": 1,
        "gone": 1,
        "typo": 1,
        "web": 0,
        "localhost": 0,
    }
    assert recap["web"]["ok"] == 1, "the one task that audits it"


def test_without_a_folder_there_is_no_file_and_no_other_host(compliant: ThrowawayHost, tmp_path: pathlib.Path) -> None:
    only = {"hosts": {"web": FLEET["web"]}, "environment": {**SUMMARY, "PWD": str(tmp_path)}}
    run = play(compliant, policy_audit=True, **only)
    assert (run.status, list(run.recap())) == (0, ["web"]), run.output
    assert run.told("Show all hosts")[-2:] == ["1 host: 1 compliant", "outcome=ok"]
    assert '"outcome": "ok"' in run.output
    assert list(tmp_path.iterdir()) == []
    # A relative folder is where the user is; in check mode nothing is written.
    assert audit(compliant, pathlib.Path("reports"), "--check", **only).status == 0
    assert list(tmp_path.iterdir()) == []
    assert audit(compliant, pathlib.Path("reports"), **only).status == 0
    assert {path.name for path in (tmp_path / "reports").iterdir()} == FILES


def test_where_the_policy_is_enforced_nothing_is_reported(compliant: ThrowawayHost, tmp_path: pathlib.Path) -> None:
    only = {"hosts": {"web": FLEET["web"], "localhost": FLEET["web"]}}
    run = audit(compliant, tmp_path, **only, policy_audit=False)
    assert (run.status, list(run.recap())) == (0, ["localhost", "web"]), run.output
    assert "outcome=" not in run.output
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told_by_localhost_alone(
    compliant: ThrowawayHost, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "file").touch()
    run = audit(compliant, tmp_path / "file" / "today", hosts={name: FLEET[name] for name in ("web", "db")})
    problem = (
        f"the report cannot be written to {tmp_path}/file/today: Not a directory; "
        "name a folder that has room and that this user may write to"
    )
    failures = run.failures()
    assert (run.status, failures.pop("localhost")) == (2, problem), run.output
    assert list(failures) == ["db"]
    assert failures["db"].startswith("drift: time is 120, interval 30, probes 4 now")
    assert run.told("Show all hosts")[-3:] == ["2 hosts: 1 compliant, 1 drift", problem, "outcome=report_failed"]


def test_a_mode_that_is_none_is_refused_before_a_host_is_audited(
    compliant: ThrowawayHost, tmp_path: pathlib.Path
) -> None:
    run = audit(compliant, tmp_path, hosts={"web": FLEET["web"]}, policy_report_mode=420)
    problem = "policy_report_mode is 420: allowed are the octal digits of a file's mode, in quotes, such as '0640'."
    assert run.failures() == {"web": f"failed: {problem}", "localhost": problem}, run.output
    assert list(tmp_path.iterdir()) == []


def test_two_audits_into_one_folder_are_one_report(compliant: ThrowawayHost, tmp_path: pathlib.Path) -> None:
    validate(compliant, tmp_path / "a", validate_report_mode="0600")
    assert audit(compliant, tmp_path / "a").told("Show all hosts")[-1] == "outcome=offenders"
    run = audit(compliant, tmp_path / "b")
    validate(compliant, tmp_path / "b")
    for folder in (tmp_path / "a", tmp_path / "b"):
        report = read(folder)
        assert report["kinds"] == ["listeners", "policy"], run.output
        web, gone = hosts(report)["web"], hosts(report)["gone"]
        assert (web["policy"]["status"], [one["verdict"] for one in web["listeners"]]) == (
            "compliant",
            ["keepalive_off"],
        )
        assert (gone["status"], gone["listeners"], gone["policy"]["status"]) == ("unreachable", None, "unreachable")
        page = (folder / "report.html").read_text(encoding="utf-8")
        assert 'id="drift"' in page
        assert 'id="findings"' in page
        assert "keepalive_host_drifts{" in (folder / "keepalive.prom").read_text(encoding="utf-8")
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "a").iterdir()} == {0o600}
    run = audit(compliant, tmp_path / "a", hosts={"web": FLEET["web"]})
    assert (
        f"the report that was in {tmp_path}/a was about the other kind of audit, and is not completed but replaced, "
        "because its hosts are not those of this one; it had hosts that the new one does not have: 'db', 'gone', 'typo'"
    ) in " ".join(run.output.split())
    assert read(tmp_path / "a")["kinds"] == ["policy"]
