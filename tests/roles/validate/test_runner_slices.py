# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two slices of a fleet that ansible-runner sends to a worker over ssh: the worker of one is killed, and the merge names its hosts."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess

from tests.support.fleet.fixture import new_fleet
from tests.support.hosts.plays import Run
from tests.support.paths import COLLECTIONS, SCRIPTS
from tests.support.remote_worker import Job, prepare

IN_THE_MIDDLE = "/run/in_the_middle"
# The report is among what the worker sends back.
PLAYBOOK = f"""
- name: Be killed on the last host
  hosts: web3
  gather_facts: false
  tasks:
    - name: Wait
      ansible.builtin.shell: touch {IN_THE_MIDDLE}; exec sleep 600

- name: Audit
  ansible.builtin.import_playbook: netops.keepalive.audit
"""
SLICES = (["web1"], ["web2", "web3"])
VARIABLES = {
    "validate_preset": "aws-nat",
    "validate_report_dir": "{{ lookup('ansible.builtin.env', 'AWX_ISOLATED_DATA_DIR') }}/keepalive",
}


def test_the_hosts_of_a_killed_worker_are_missing(tmp_path: pathlib.Path) -> None:
    first, second = (
        Job(tmp_path / names[0], names, PLAYBOOK, VARIABLES, brings=names == SLICES[0]) for names in SLICES
    )
    with new_fleet(tmp_path, 1, ["trixie"]) as fleet:
        (worker,) = fleet.hosts
        prepare(worker)
        assert first.run(worker) == "failed"  # sshd has the values of the host, which are no policy's
        assert second.run(worker, killed_when=IN_THE_MIDDLE) == ""
    merged = merge(tmp_path, [name for names in SLICES for name in names])
    assert merged.status == 2, merged.output
    missing = "missing: no report has this host"
    assert merged.failures() == {"localhost": "1 of 3 hosts fails: web1", "web2": missing, "web3": missing}
    report = json.loads((tmp_path / "all" / "report.json").read_text(encoding="utf-8"))
    assert [host["status"] for host in report["hosts"]] == ["ok", "missing", "missing"]


def merge(folder: pathlib.Path, names: list[str]) -> Run:
    inventory = folder / "inventory.json"
    inventory.write_text(json.dumps({"all": {"hosts": {name: {} for name in names}}}), encoding="utf-8")
    variables = {
        "merge_reports": f"{folder}/web*/artifacts/keepalive/report.json",
        "merge_report_dir": f"{folder}/all",
    }
    done = subprocess.run(
        [SCRIPTS / "ansible-playbook", "-i", inventory, "netops.keepalive.merge", "-e", json.dumps(variables)],
        env=dict(os.environ, ANSIBLE_COLLECTIONS_PATH=str(COLLECTIONS)), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return Run(done.returncode, done.stdout + done.stderr)
