# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files report.json of several runs become the report of a single run, and what is wrong with one of them is said."""

from __future__ import annotations

import json
import os
import pathlib
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._errors import InvalidValue
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import formats, model, written
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.merge import told

from tests.support import large_fleet, policy_samples
from tests.support.merging import merged, part, slices_of, write
from tests.support.report_samples import CREATED, ENTRIES, HOSTILE_NAMES, host, reported

LATER = "2026-11-25T10:30:00Z"
FLEET = model.report(large_fleet.fleet(25, 6))
EXEMPT = [entry for entry in ENTRIES if entry["verdict"] == "exempt"]
REPORTS = {
    "listeners": FLEET,
    "policy": policy_samples.report(),
    "both": policy_samples.both(),
    "exempt": reported(*(host(name, *EXEMPT) for name in ("quiet", "silent")), host("web", *ENTRIES)),
    "hostile": reported(*(host(name, ENTRIES[1]) for name in HOSTILE_NAMES)),
}
WEB, DB = reported(host("web", *ENTRIES[:2])), reported(host("db", ENTRIES[0]))


@pytest.mark.parametrize("name", REPORTS)
def test_the_merged_report_is_that_of_a_single_run(tmp_path: pathlib.Path, name: str) -> None:
    report = REPORTS[name]
    paths = write(tmp_path, slices_of(report, 3))
    found = merged(tmp_path / "all", *paths, expected=[one["name"] for one in report["hosts"]])
    assert found.problems == []
    files = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "all").iterdir()}
    assert json.loads(files["report.json"]) == report
    for file, chosen in written.FILES.items():
        assert files[file] == formats.FORMATS[chosen](report), file


def test_a_file_that_another_program_wrote_anew_is_merged(tmp_path: pathlib.Path) -> None:
    """jq puts each value on a line of its own."""
    first, second = write(tmp_path, slices_of(FLEET, 2))
    report = json.loads(pathlib.Path(first).read_text(encoding="utf-8"))
    pathlib.Path(first).write_text(json.dumps(report, indent=2, sort_keys=True), encoding="utf-8")
    merged(tmp_path / "all", first, second)
    assert json.loads((tmp_path / "all" / "report.json").read_text(encoding="utf-8")) == FLEET


def test_globs_and_paths_with_commas_name_each_file_once(tmp_path: pathlib.Path) -> None:
    first, *_others = write(tmp_path, slices_of(FLEET, 3))
    found = merged(tmp_path / "all", f"{first}, slice*/report.json,{first}")
    assert (len(found.merged.whole["hosts"]), found.merged.twice) == (25, [])
    assert "Merged from 3 reports" in told.lines(found, "findings")


def test_the_merged_report_is_as_old_as_the_oldest_one(tmp_path: pathlib.Path) -> None:
    paths = write(tmp_path, [part(WEB, WEB["hosts"], created=LATER), DB])
    assert merged(tmp_path / "all", *paths).merged.whole["created"] == CREATED


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_results_the_newer_one_counts(tmp_path: pathlib.Path, order: int) -> None:
    newer = part(DB, [{**DB["hosts"][0], "name": "web"}], created=LATER)
    found = merged(tmp_path / "all", *write(tmp_path, [WEB, DB, newer])[::order])
    assert {one["name"]: one["fails"] for one in found.merged.whole["hosts"]} == {"db": False, "web": False}
    assert "In more than one of them, so that the newest result counts: web" in told.lines(found, "findings")


def test_a_host_in_no_report_is_missing_and_fails(tmp_path: pathlib.Path) -> None:
    found = merged(tmp_path / "all", *write(tmp_path, [DB]), expected=["db", "gone"])
    assert (told.missing(found.merged.whole), told.failure(found, True)) == (["gone"], "")
    assert told.lines(found, "findings")[-1] == "outcome=invalid"
    files = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "all").iterdir()}
    assert "<div><dt>Missing</dt><dd>1</dd></div>" in files["report.html"]
    assert '<error message="no report has this host" type="missing"' in files["junit.xml"]
    assert 'keepalive_host_reachable{host="gone"} 0\n' in files["keepalive.prom"]


UNREACHED = reported(host("web", *ENTRIES[:2]), host("gone", status="unreachable", message="no route"))


@pytest.mark.parametrize(
    ("report", "enforce", "failure"),
    [
        (UNREACHED, True, "2 of 2 hosts fail: gone, web"),
        (UNREACHED, False, "1 of 2 hosts fails: gone"),
        (WEB, False, ""),
        (REPORTS["both"], False, "6 of 7 hosts fail: away, db1.example.org, hostile, idle, sick, web1"),
    ],
)
def test_which_hosts_fail_the_run(tmp_path: pathlib.Path, report: dict[str, Any], enforce: bool, failure: str) -> None:
    """Without enforcement the listeners fail nothing, as in a single run; drift does, and so does a host that was not audited."""
    assert told.failure(merged(tmp_path / "all", *write(tmp_path, [report])), enforce) == failure


def test_a_host_that_was_missing_is_not_when_its_report_comes(tmp_path: pathlib.Path) -> None:
    first, second = write(tmp_path, [DB, WEB])
    merged(tmp_path / "all", first, expected=["db", "web"])
    found = merged(tmp_path / "all", str(tmp_path / "all" / "report.json"), second, expected=["db", "web"])
    assert (found.merged.twice, [one["status"] for one in found.merged.whole["hosts"]]) == ([], ["ok", "ok"])


def cut(text: str) -> str:
    return text[: len(text) * 2 // 3]


def cut_at_the_end_of_a_line(text: str) -> str:
    return text[: text.rindex("\n]\n")] + "\n"


def older(text: str) -> str:
    return text.replace('"version": 2', '"version": 1')


def with_an_odd_host(text: str) -> str:
    return text.replace('"status": "ok"', '"status": "fine"', 1)


def twice_the_same_host(text: str) -> str:
    before, hosts = text.split('"hosts": [\n', 1)
    return before + '"hosts": [\n' + hosts.replace(hosts.splitlines()[0], ",\n".join([hosts.splitlines()[0]] * 2), 1)


DAMAGES: dict[Callable[[str], str], str] = {
    cut: "a line of its hosts is not complete, or is no JSON",
    cut_at_the_end_of_a_line: "its end is missing",
    older: "its version is 1: allowed is 2",
    with_an_odd_host: "has a status that no report has",
    lambda _text: "": "it is no JSON, or not complete",
    lambda _text: "[1]": "it is JSON, and no report",
    lambda _text: "[" * 100_000: "it is no JSON, or not complete",
    lambda _text: "\udcff": "it is no text in UTF-8",
}


@pytest.mark.parametrize(("damage", "why"), DAMAGES.items(), ids=range(len(DAMAGES)))
def test_a_damaged_file_is_named_and_the_others_are_merged(
    tmp_path: pathlib.Path, damage: Callable[[str], str], why: str
) -> None:
    first, second = map(pathlib.Path, write(tmp_path, [WEB, DB]))
    first.write_text(damage(first.read_text(encoding="utf-8")), encoding="utf-8", errors="surrogateescape")
    found = merged(tmp_path / "all", str(first), str(second))
    (problem,) = found.problems
    assert problem.startswith(f"{first} is not merged: ")
    assert why in problem
    assert json.loads((tmp_path / "all" / "report.json").read_text(encoding="utf-8")) == DB
    assert told.lines(found, "findings")[-2:] == [problem, "outcome=invalid"]


@pytest.mark.parametrize("name", ["no/report.json", "no*/report.json", "folder", "fifo"])
def test_what_is_no_file_is_named(tmp_path: pathlib.Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    found = merged(tmp_path / "all", str(tmp_path / name), *write(tmp_path, [DB]))
    (problem,) = found.problems
    assert str(tmp_path / name) in problem
    assert [one["name"] for one in found.merged.whole["hosts"]] == ["db"]


def test_policies_that_differ_are_refused(tmp_path: pathlib.Path) -> None:
    held = [{**WEB["policy"][0], "source": "validate_preset: aws-nat"}]
    other = [{**entry, "policy": {**entry["policy"], "time": 30}} for entry in DB["hosts"][0]["listeners"]]
    theirs = [{**held[0], "time": 30, "source": "validate_preset: sap"}]
    first = part(WEB, WEB["hosts"], policy=held)
    second = part(DB, [{**DB["hosts"][0], "listeners": other}], policy=theirs)
    with pytest.raises(
        InvalidValue,
        match=r"the policies differ, \S+ has time 60, .*aws-nat.* and \S+ has time 30, .*sap.*: merge reports of one",
    ):
        merged(tmp_path / "all", *write(tmp_path, [first, second]))
    assert not list((tmp_path / "all").iterdir())


def test_the_policy_of_one_application_is_no_difference(tmp_path: pathlib.Path) -> None:
    held = [{**WEB["policy"][0], "source": "validate_preset: aws-nat"}]
    theirs = [{**held[0], "time": 30, "source": "validate_applications"}]
    other = [{**entry, "policy": {**entry["policy"], "time": 30}} for entry in DB["hosts"][0]["listeners"]]
    first = part(WEB, WEB["hosts"], policy=held)
    second = part(DB, [{**DB["hosts"][0], "listeners": other}], policy=theirs)
    assert [
        one["time"] for one in merged(tmp_path / "all", *write(tmp_path, [first, second])).merged.whole["policy"]
    ] == [60, 30]


def test_audits_of_different_kinds_are_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(InvalidValue, match=r"is about listeners and \S+ about policy: merge reports of one kind"):
        merged(tmp_path / "all", *write(tmp_path, [WEB, policy_samples.report()]))


def test_nothing_to_merge_is_said(tmp_path: pathlib.Path) -> None:
    with pytest.raises(InvalidValue, match="there is nothing to merge: merge_reports names no"):
        merged(tmp_path, variables={"keepalive_look": "auto", "keepalive_1": {"findings": []}})


def test_what_only_its_owner_may_read_stays_so(tmp_path: pathlib.Path) -> None:
    first, second = map(pathlib.Path, write(tmp_path, [WEB, DB]))
    first.chmod(0o600)
    merged(tmp_path / "all", str(first), str(second))
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "all").iterdir()} == {0o600}


def test_a_folder_that_cannot_be_written_leaves_the_verdicts(tmp_path: pathlib.Path) -> None:
    (tmp_path / "all").write_text("a file", encoding="utf-8")
    found = merged(tmp_path / "all", *write(tmp_path, [WEB]))
    assert found.unwritten.startswith(f"the report cannot be written to {tmp_path}/all: ")
    assert told.lines(found, "findings")[-2:] == [found.unwritten, "outcome=report_failed"]
    assert told.failure(found, True) == f"{found.unwritten}; 1 of 1 host fails: web"


def test_a_report_of_more_hosts_is_not_replaced_in_silence(tmp_path: pathlib.Path) -> None:
    paths = write(tmp_path, [WEB, DB])
    merged(tmp_path / "all", *paths)
    lost: Any = merged(tmp_path / "all", paths[0]).lost
    assert lost == f"the report that was in {tmp_path}/all had hosts that the new one does not have: 'db'"
