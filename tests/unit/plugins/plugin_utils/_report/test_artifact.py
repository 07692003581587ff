# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run leaves among the artifacts of its job, and what is made of those of several jobs."""

from __future__ import annotations

import copy
import json
import pathlib
import re
from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.action import merge_reports
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import artifact, model, summary, tally
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.merge import told

from tests.support import large_fleet, policy_samples
from tests.support.merging import merged, slices_of

LISTENERS = model.report(large_fleet.fleet(40, 8))
POLICY = policy_samples.report()


def artifact_of(report: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(artifact.artifact(report, map(tally.of_host, report["hosts"]))))
    return found


def joined(report: dict[str, Any], jobs: int = 3) -> dict[str, Any]:
    """AWX's rule for the artifacts of job slices and of the nodes of a workflow: of equal keys the last one survives."""
    variables: dict[str, Any] = {}
    for job, part in enumerate(slices_of(report, jobs), 41):
        variables.update({"keepalive": summary.summary(part), artifact.name({"awx_job_id": job}): artifact_of(part)})
    return {**variables, "keepalive_look": "auto"}


@pytest.mark.parametrize(
    ("variables", "name"), [({"awx_job_id": 12}, "keepalive_12"), ({"tower_job_id": "7"}, "keepalive_7")]
)
def test_the_name_has_the_id_of_the_job(variables: dict[str, Any], name: str) -> None:
    assert artifact.name(variables) == name


@pytest.mark.parametrize("variables", [{}, {"awx_job_id": "no id!"}])
def test_elsewhere_the_name_has_a_random_word(variables: dict[str, Any]) -> None:
    one, other = artifact.name(variables), artifact.name(variables)
    assert re.fullmatch(r"keepalive_[0-9a-f]{8}", one)
    assert one != other


def test_at_most_150_bytes_a_host() -> None:
    report = model.report(large_fleet.fleet(1000, 30))
    assert len(json.dumps(artifact_of(report))) / 1000 <= 150


@pytest.mark.parametrize("report", [LISTENERS, POLICY], ids=["listeners", "policy"])
def test_jobs_have_the_counts_and_findings_of_a_single_run(report: dict[str, Any], tmp_path: pathlib.Path) -> None:
    found = merged(tmp_path, variables=joined(report))
    assert (found.problems, told.summary(found)) == ([], summary.summary(report))
    whole = found.merged.whole
    assert whole["policy"] == report["policy"]
    assert whole["always_keepalive"] == report["always_keepalive"]
    for one, of_single_run in zip(whole["findings"], report["findings"], strict=True):
        assert {**one, "hosts": [host["name"] for host in one["hosts"]]} == {
            **of_single_run,
            "hosts": [host["name"] for host in of_single_run["hosts"]],
            # The wordings of two jobs may be the same ones, or others.
            "wordings": one["wordings"],
            **{key: one[key] for key in ("reason", "remedy")},
        }
    assert {host["name"]: (host["status"], host["fails"]) for host in whole["hosts"]} == {
        host["name"]: (host["status"], host["fails"]) for host in report["hosts"]
    }


def test_the_report_says_that_it_has_no_listeners(tmp_path: pathlib.Path) -> None:
    found = merged(tmp_path, variables=joined(LISTENERS))
    assert "Merged from the artifacts of 3 jobs, which have findings and counts, no listeners" in told.lines(
        found, "findings"
    )
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "This report was merged from the artifacts of jobs" in page
    assert f"of {sum(len(host['listeners'] or ()) for host in LISTENERS['hosts'])} listeners offend the policy" in page
    read = model.report(json.loads((tmp_path / "report.json").read_text(encoding="utf-8")))
    assert len(read["hosts"]) == 40


def test_the_values_of_the_hosts_are_those_of_a_single_run(tmp_path: pathlib.Path) -> None:
    found = merged(tmp_path, variables=joined(POLICY))
    assert {host["name"]: host["policy"] for host in found.merged.whole["hosts"]} == {
        host["name"]: host["policy"] for host in POLICY["hosts"]
    }
    assert told.lines(found, "findings")[:-3] == merged_lines(POLICY)


def merged_lines(report: dict[str, Any]) -> list[str]:
    return merge_reports.write_report.console.lines(report, "findings", None)


def changed(key: str, value: Any) -> dict[str, Any]:
    found = copy.deepcopy(artifact_of(LISTENERS))
    found[key] = value
    return found


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("artifact", 2, "its version is 2: allowed is 1"),
        ("created", "today", "created is 'today': allowed is a moment in UTC"),
        ("kinds", ["pods"], "the kinds of the report are"),
        ("states", 7, "its states has a form that no artifact has"),
        ("verdicts", ["fine"], "its verdicts"),
        ("hosts", {"web": "0 zwei"}, "the row of 'web' is '0 zwei'"),
        ("hosts", {"web": "0 9999"}, "a host names what it does not have"),
    ],
)
def test_a_damaged_artifact_is_named_and_the_others_are_merged(
    tmp_path: pathlib.Path, key: str, value: Any, why: str
) -> None:
    variables = {**joined(POLICY, 2), "keepalive_13": changed(key, value)}
    found = merged(tmp_path, variables=variables)
    assert len(found.merged.whole["hosts"]) == len(POLICY["hosts"])
    (problem,) = found.problems
    assert problem.startswith("keepalive_13 is not merged: ")
    assert why in problem
