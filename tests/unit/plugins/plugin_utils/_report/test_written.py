# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os
import pathlib
import re
import resource
from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._errors import KeepaliveError
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import formats, model, written

from tests.support import policy_samples
from tests.support.report_samples import CREATED, host, reported


def texts(folder: pathlib.Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def test_four_files_with_the_mode_that_is_given(tmp_path: pathlib.Path) -> None:
    report = reported(host("web"))
    folder = tmp_path / "of" / "today"
    assert written.write(report, folder, 0o640) is None
    assert texts(folder) == {name: formats.FORMATS[chosen](report) for name, chosen in written.FILES.items()}
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o640}


def test_a_file_that_cannot_be_written_leaves_the_earlier_report_as_it_was(tmp_path: pathlib.Path) -> None:
    written.write(reported(host("old")), tmp_path, 0o644)
    before = texts(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # There is room for report.json, and not for the page.
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, hard))
    try:
        with pytest.raises(
            KeepaliveError, match=re.escape(f"the report cannot be written to {tmp_path}: File too large")
        ):
            written.write(reported(host("new")), tmp_path, 0o644)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert texts(tmp_path) == before


def test_a_folder_that_cannot_be_made_is_named(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").touch()
    message = f"the report cannot be written to {tmp_path}/file/today: Not a directory; name a folder that has room and that this user may write to"
    with pytest.raises(KeepaliveError, match=re.escape(message)):
        written.write(reported(host("web")), tmp_path / "file" / "today", 0o644)


def test_hosts_that_the_new_report_does_not_have_are_named(tmp_path: pathlib.Path) -> None:
    written.write(reported(host("web"), *(host(f"db{number:02}") for number in range(12))), tmp_path, 0o644)
    names = ", ".join(f"'db{number:02}'" for number in range(10))
    assert written.write(reported(host("web"), host("new")), tmp_path, 0o644) == (
        f"the report that was in {tmp_path} had hosts that the new one does not have: {names} and 2 more"
    )


def kinds(folder: pathlib.Path) -> list[str]:
    found: list[str] = json.loads((folder / "report.json").read_text(encoding="utf-8"))["kinds"]
    return found


def audited(*names: str, created: str = CREATED) -> dict[str, Any]:
    audit = policy_samples.audits()["web-01"]
    return model.report({"created": created, "kinds": ["policy"], "hosts": dict.fromkeys(names, audit)})


def test_a_report_of_the_other_kind_is_completed(tmp_path: pathlib.Path) -> None:
    assert written.write(reported(host("web")), tmp_path, 0o644) is None
    assert written.write(audited("web"), tmp_path, 0o644) is None
    assert kinds(tmp_path) == ["listeners", "policy"]
    assert '<testcase name="the host has the values of its policy"' in texts(tmp_path)["junit.xml"]


@pytest.mark.parametrize(("first", "then"), [(0o600, 0o644), (0o644, 0o600), (0o640, 0o604)])
def test_what_only_its_owner_may_read_stays_so_when_it_is_completed(
    tmp_path: pathlib.Path, first: int, then: int
) -> None:
    written.write(reported(host("web")), tmp_path, first)
    written.write(audited("web"), tmp_path, then)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


WAS = "was about the other kind of audit, and is not completed but replaced, because"
REPLACED = [
    (audited("web", created="2026-11-24T11:30:01Z"), f"{WAS} it is not of the hour before this one"),
    (audited("web", "new"), f"{WAS} its hosts are not those of this one"),
    (
        audited("new"),
        f"{WAS} its hosts are not those of this one; it had hosts that the new one does not have: 'web'",
    ),
]


@pytest.mark.parametrize(("report", "said"), REPLACED)
def test_what_cannot_be_completed_is_replaced_and_said(
    tmp_path: pathlib.Path, report: dict[str, Any], said: str
) -> None:
    written.write(reported(host("web")), tmp_path, 0o600)
    assert written.write(report, tmp_path, 0o644) == f"the report that was in {tmp_path} {said}"
    assert kinds(tmp_path) == ["policy"]
    assert (tmp_path / "report.json").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"kinds": ["policy"]}',
        '{"kinds": [[]]}',
        '{"kinds": ["policy"], "created": "2026-11-24T10:30:00Z", "hosts": [{"name": "web"}]}',
        "[" * 200_000,
        '{"hosts": 1}',
        '{"hosts": [{}]}',
        '{"hosts": ["web"]}',
    ],
)
def test_what_is_no_report_is_replaced_without_a_word(tmp_path: pathlib.Path, text: str) -> None:
    (tmp_path / "report.json").write_text(text, encoding="utf-8")
    assert written.write(reported(host("web")), tmp_path, 0o644) is None


def test_a_pipe_of_that_name_is_not_waited_for(tmp_path: pathlib.Path) -> None:
    os.mkfifo(tmp_path / "report.json")
    assert written.write(reported(host("web")), tmp_path, 0o644) is None
    assert (tmp_path / "report.json").is_file()
