# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host that fetches its policy with ansible-pull, and audits itself, as the guide on large fleets says."""

from __future__ import annotations

import json
import pathlib
import platform
import subprocess

from tests.support.hosts.plays import Run, end_of
from tests.support.hosts.throwaway import ThrowawayHost
from tests.support.paths import SCRIPTS
from tests.support.probe.validating import GOOD, listening

FILES = {
    "keepalive.yml": "- import_playbook: netops.keepalive.enforce\n  vars: {policy_preset: aws-nat}\n",
    "audit.yml": "- import_playbook: netops.keepalive.audit\n  vars: {validate_preset: aws-nat}\n",
}


def repository(folder: pathlib.Path) -> str:
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    own = ("-c", "user.name=baseline", "-c", "user.email=baseline@example.com")
    for step in (["init", "--quiet"], ["add", "."], [*own, "commit", "--quiet", "--message=Baseline"]):
        subprocess.run(["git", "-C", folder, *step], check=True)
    return folder.as_uri()


def pull(host: ThrowawayHost, url: str, inventory: str, playbook: str, *more: str) -> Run:
    settings = {
        "ANSIBLE_HOME": str(host.disk / "ansible"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3",  # or that of another user of this machine may be found
        "LOGNAME": "root",
    }
    options = ["--url", url, "--inventory", inventory, "--connection", "local", playbook, *more]
    options += ["--directory", str(host.disk / "checkout")]
    words = [f"{name}={value}" for name, value in settings.items()]
    return end_of(host.start("env", *words, str(SCRIPTS / "ansible-pull"), *options))


def test_a_host_fetches_its_policy_and_audits_itself(host: ThrowawayHost, tmp_path: pathlib.Path) -> None:
    url, name, reports = repository(tmp_path / "baseline"), platform.node(), tmp_path / "reports"
    run = pull(host, url, "localhost,", "keepalive.yml")
    assert run.status == 0, run.output
    assert (host.runtime(), host.after_boot()) == ((120, 30, 4), (120, 30, 4))
    with listening(host, GOOD):
        more = ("-e", "validate_enforce=false", "-e", f"validate_report_dir={reports}")
        run = pull(host, url, f"{name},", "audit.yml", *more)
    assert run.status == 0, run.output
    (found,) = json.loads((reports / "report.json").read_text(encoding="utf-8"))["hosts"]
    assert (found["name"], found["status"]) == (name, "ok")
    assert GOOD in {entry["port"] for entry in found["listeners"]}
