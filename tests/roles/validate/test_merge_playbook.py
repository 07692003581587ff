# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook netops.keepalive.merge after two audits, each of a slice of a fleet."""

from __future__ import annotations

import json
import pathlib
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import jsonschema
import pytest

from tests.support.hosts.plays import LOCAL, UNREACHABLE, Run, Variables, play
from tests.support.hosts.throwaway import ThrowawayHost, new_host
from tests.support.merging import write
from tests.support.paths import INSTALLED
from tests.support.probe.validating import AUDIT, GOOD, OFF, listening, named
from tests.support.report_samples import ENTRIES, TEMPLATE, host, reported

MERGE = "netops.keepalive.merge"
SCHEMA = INSTALLED / "roles" / "validate" / "files" / "report.schema.json"
# Several names for one host; it would be seen if one of them were connected to.
FLEET: dict[str, Variables] = {
    "web1": {**LOCAL, "validate_applications": named(GOOD)},
    "web2": {**LOCAL, "validate_applications": named(OFF)},
    "gone": UNREACHABLE,
}
NO_CONNECTION: dict[str, Variables] = {name: {"ansible_connection": "no_such_plugin"} for name in (*FLEET, "ghost")}
STATS = {"ANSIBLE_SHOW_CUSTOM_STATS": "1"}


class Slices(NamedTuple):
    """Two audits: their folders, and the artifacts of their jobs as AWX joins them."""

    host: ThrowawayHost
    folders: list[pathlib.Path]
    joined: dict[str, Any]


@pytest.fixture(scope="module")
def slices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slices]:
    for machine in new_host():
        with listening(machine, GOOD, OFF):
            folders, joined = [], {}
            for job, limit in enumerate(("web1", "web2,gone"), 41):
                folders.append(tmp_path_factory.mktemp("slice"))
                more = {"validate_report_dir": str(folders[-1]), "awx_job_id": job}
                run = play(machine, "--limit", limit, playbook=AUDIT, hosts=FLEET, environment=STATS, **more)
                joined.update(stats(run))
            yield Slices(machine, folders, joined)


def stats(run: Run) -> dict[str, Any]:
    (text,) = re.findall(r"^\tRUN: (\{.*\})$", run.output, re.MULTILINE)
    found: dict[str, Any] = json.loads(text)
    return found


def merge(slices: Slices, **more: Any) -> Run:
    return play(slices.host, playbook=MERGE, **{"hosts": NO_CONNECTION, "environment": STATS, **more})


def statuses(folder: pathlib.Path) -> dict[str, str]:
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    jsonschema.validate(report, json.loads(SCHEMA.read_text(encoding="utf-8")), jsonschema.Draft202012Validator)
    return {one["name"]: one["status"] for one in report["hosts"]}


STATUSES = {"web1": "ok", "web2": "ok", "gone": "unreachable", "ghost": "missing"}


def test_reports_of_two_slices(slices: Slices, tmp_path: pathlib.Path) -> None:
    reports = ",".join(f"{folder}/*.json" for folder in slices.folders)
    run = merge(slices, merge_reports=reports, merge_report_dir=str(tmp_path / "all"), merge_report_mode="0640")
    assert run.status == 2, run.output
    assert statuses(tmp_path / "all") == STATUSES
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "all").iterdir()} == {0o640}
    assert run.failures() == {"localhost": "2 of 4 hosts fail: gone, web2", "ghost": "missing: no report has this host"}
    lines = run.told("Show the findings")
    assert lines[0] == "1 finding: 1 offending listener"
    assert lines[-2:] == ["Merged from 2 reports", "outcome=offenders"]
    assert stats(run)["keepalive"]["hosts"] == {"ok": 2, "unproven": 0, "failed": 0, "unreachable": 1, "missing": 1}


def test_artifacts_of_two_slices_as_awx_joins_them(slices: Slices, tmp_path: pathlib.Path) -> None:
    assert slices.joined.keys() == {"keepalive", "keepalive_41", "keepalive_42"}
    run = merge(slices, merge_report_dir=str(tmp_path), merge_hosts="web*:ghost", **slices.joined)
    assert run.status == 2, run.output
    assert statuses(tmp_path) == STATUSES
    assert run.failures().keys() == {"localhost", "ghost"}
    lines = run.told("Show the findings")
    assert "Merged from the artifacts of 2 jobs, which have findings and counts, no listeners" in lines
    assert lines[-1] == "outcome=offenders"


def test_hosts_that_comply_and_are_all_there_end_well(slices: Slices) -> None:
    run = merge(slices, merge_reports=[str(slices.folders[0] / "report.json")], merge_hosts="web1")
    assert (run.status, run.told("Show the findings")[-1]) == (0, "outcome=ok"), run.output


def test_a_damaged_file_fails_the_run(slices: Slices, tmp_path: pathlib.Path) -> None:
    (tmp_path / "report.json").write_text("{", encoding="utf-8")
    reports = [str(folder / "report.json") for folder in (slices.folders[0], tmp_path)]
    run = merge(slices, merge_reports=reports, merge_hosts="web1")
    problem = f"{tmp_path}/report.json is not merged: it is no JSON, or not complete"
    assert (run.status, run.failures()) == (2, {"localhost": problem}), run.output
    assert run.told("Show the findings")[-2:] == [problem, "outcome=invalid"]


def test_hosts_that_the_inventory_does_not_have_fail_the_run_whatever_they_are_called(
    slices: Slices, tmp_path: pathlib.Path
) -> None:
    names = sorted(["all", "!web1", "a,b", "web[1:9]", "<b>bold", TEMPLATE])
    paths = write(tmp_path, [reported(*(host(name, ENTRIES[1]) for name in names))])
    run = merge(slices, merge_reports=paths, merge_hosts="ghost")
    assert run.status == 2, run.output
    assert run.failures().keys() == {"localhost", "ghost"}
    assert run.failures()["localhost"] == "6 of 7 hosts fail: " + ", ".join(names)


def test_reports_of_runs_that_only_report_end_well(slices: Slices) -> None:
    reports = [str(folder / "report.json") for folder in slices.folders]
    run = merge(slices, merge_reports=reports, merge_hosts="web*:gone", merge_enforce="false")
    assert (run.status, run.failures()) == (2, {"localhost": "1 of 3 hosts fails: gone"}), run.output
    assert run.told("Show the findings")[-1] == "outcome=offenders"


@pytest.mark.parametrize(
    ("variables", "why"),
    [
        ({}, "there is nothing to merge: merge_reports names no report.json, and no variable that begins with keepalive_"),
        ({"merge_hosts": "absent*"}, "no host of the inventory matches absent*"),
        ({"merge_reports": "/no", "merge_report_mode": "rw"}, "merge_report_mode is 'rw': allowed are the octal digits"),
        ({"merge_reports": "~no-such-user/x"}, "merge_reports is '~no-such-user/x': allowed is the path of a"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_sentence(slices: Slices, variables: dict[str, Any], why: str) -> None:
    run = merge(slices, **variables)
    assert run.status == 2, run.output
    (message,) = run.failures().values()
    assert message.startswith(why)
