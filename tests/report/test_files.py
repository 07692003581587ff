# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The four files and the job's summary, as a play over several hosts writes them."""

from __future__ import annotations

import json
import pathlib
import re
import stat
import sys
from typing import Any, NamedTuple

import pytest
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import formats
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import model as report_model
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import summary as report_summary

from tests.support import earlier_samples, report_samples
from tests.support.commands import attempt
from tests.support.paths import SCRIPTS
from tests.support.report_samples import entry, host

FILES = ("junit.xml", "keepalive.prom", "report.html", "report.json")
PLAYBOOK = """
- hosts: all
  gather_facts: false
  become: true
  vars:
    ansible_become_exe: /nonexistent/sudo
  tasks:
    - ansible.builtin.include_role:
        name: netops.keepalive.validate
        tasks_from: report
      vars:
        __validate_results: "{{ lookup('ansible.builtin.file', results) | from_json }}"
"""
INVENTORY = "[all]\nweb1\ndb1\ncache1\n"


def write(tmp_path: pathlib.Path, hosts: list[dict[str, Any]], *options: str) -> tuple[int, str]:
    results = {one["name"]: one for one in hosts}
    (tmp_path / "results.json").write_text(json.dumps(results), encoding="utf-8")
    (tmp_path / "play.yml").write_text(PLAYBOOK, encoding="utf-8")
    (tmp_path / "hosts").write_text(INVENTORY, encoding="utf-8")
    return attempt(
        SCRIPTS / "ansible-playbook",
        *("-i", str(tmp_path / "hosts"), str(tmp_path / "play.yml"), "-e", f"results={tmp_path / 'results.json'}"),
        *("-e", f"validate_report_dir={tmp_path / 'reports' / 'today'}", *options),
        env={"ANSIBLE_SHOW_CUSTOM_STATS": "1", "ANSIBLE_PYTHON_INTERPRETER": sys.executable},
    )


def texts(tmp_path: pathlib.Path) -> dict[str, str]:
    folder = tmp_path / "reports" / "today"
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}


class Sample(NamedTuple):
    folder: pathlib.Path
    said: str


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """What the report of all samples left, and what the play said."""
    folder = tmp_path_factory.mktemp("sample")
    status, said = write(folder, report_samples.report()["hosts"])
    assert status == 0, said
    return Sample(folder, said)


def test_everybody_can_read_the_files(sample: Sample) -> None:
    assert tuple(texts(sample.folder)) == FILES
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (sample.folder / "reports" / "today").iterdir()}
    assert modes == {0o644}


def test_they_are_written_once_for_all_hosts(sample: Sample) -> None:
    _before, after = sample.said.split("Write the files]")
    assert re.findall(r"^ok: .*$", after.split("TASK")[0], re.MULTILINE) == ["ok: [web1 -> localhost]"]


def test_files_with_the_arguments_of_programs_are_for_their_owner(tmp_path: pathlib.Path) -> None:
    status, said = write(tmp_path, report_samples.report()["hosts"], "-e", "validate_full_command=true")
    assert status == 0, said
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "reports" / "today").iterdir()}
    assert modes == dict.fromkeys(FILES, 0o600)


def test_all_files_are_of_the_same_moment(sample: Sample) -> None:
    written = texts(sample.folder)
    created = json.loads(written["report.json"])["created"]
    assert f'<time datetime="{created}">' in written["report.html"]
    assert f'timestamp="{created.rstrip("Z")}"' in written["junit.xml"]
    assert (
        f"keepalive_report_timestamp_seconds {report_model.moment(created).timestamp():.0f}\n"
        in written["keepalive.prom"]
    )


def test_what_stands_in_the_file_is_the_report(sample: Sample) -> None:
    written = json.loads(texts(sample.folder)["report.json"])
    assert written == {**report_samples.report(), "created": written["created"]}


def test_a_name_is_never_a_template(tmp_path: pathlib.Path) -> None:
    proof = tmp_path / "proof"
    name = "{{ lookup('pipe', 'touch " + str(proof) + "') }}"
    status, said = write(tmp_path, [host("web1", entry(name, 1, "keepalive_off", name))])
    assert status == 0, said
    assert not proof.exists()
    assert json.loads(texts(tmp_path)["report.json"])["hosts"][0]["listeners"][0]["name"] == name
    assert name in texts(tmp_path)["keepalive.prom"]


def test_the_summary_stays_with_the_job(sample: Sample) -> None:
    stats = json.loads(sample.said.split("RUN: ")[1])["keepalive"]
    assert stats == {**report_summary.summary(report_samples.report()), "created": stats["created"]}


def test_without_a_folder_there_is_the_summary_alone(tmp_path: pathlib.Path) -> None:
    status, said = write(tmp_path, report_samples.report()["hosts"], "-e", "validate_report_dir=")
    assert status == 0, said
    assert not (tmp_path / "reports").exists()
    assert '"offender_count": 15' in said


def test_the_report_that_is_replaced_may_be_the_one_to_compare_with(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "reports" / "today" / "report.json"
    path.parent.mkdir(parents=True)
    path.write_text(formats.as_json(earlier_samples.before()), encoding="utf-8")
    status, said = write(tmp_path, earlier_samples.after()["hosts"], "-e", f"validate_report_before={path}")
    assert status == 0, said
    assert json.loads(texts(tmp_path)["report.json"])["since"] == earlier_samples.report()["since"]


def test_a_damaged_earlier_report_takes_nothing_from_the_verdicts(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "earlier.json"
    path.write_text(formats.as_json(earlier_samples.before())[:-4], encoding="utf-8")
    status, said = write(tmp_path, earlier_samples.after()["hosts"], "-e", f"validate_report_before={path}")
    assert status == 0, said
    sentence = f"validate_report_before is '{path}': its end is missing. Allowed is the path of a report.json"
    assert sentence in " ".join(said.split())
    assert '"outcome": "offenders"' in said
    assert json.loads(texts(tmp_path)["report.json"])["since"] is None


@pytest.mark.parametrize("options", [("-v", "--diff"), ("--check",)])
def test_a_large_report_is_not_printed(tmp_path: pathlib.Path, options: tuple[str, ...]) -> None:
    status, said = write(tmp_path, report_samples.large(20, 20)["hosts"], *options)
    assert status == 0, said
    assert len(said) < 60_000
