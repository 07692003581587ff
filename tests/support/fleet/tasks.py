# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One task on hosts of a fleet, with its result: what an operator's playbook would see."""

from __future__ import annotations

import json
import pathlib
import tempfile
from collections.abc import Sequence
from typing import Any

from tests.support.commands import run
from tests.support.fleet import Fleet, Host
from tests.support.paths import COLLECTIONS, SCRIPTS

Result = dict[str, Any]

PLAY = """
- hosts: all
  gather_facts: false
  tasks:
    - {task}
    - ansible.builtin.copy:
        content: "{{{{ task_result | to_json }}}}"
        dest: "{folder}/{{{{ inventory_hostname }}}}"
      delegate_to: localhost
      vars: {{ansible_connection: local, ansible_python_interpreter: "{{{{ ansible_playbook_python }}}}"}}
      check_mode: false
      diff: false
"""


def task(
    fleet: Fleet, hosts: Sequence[Host], module: str, options: Result | None = None, *,
    check: bool = False, keywords: Result | None = None, more_collections: pathlib.Path | None = None,
) -> dict[str, Result]:  # fmt: skip
    """The result of the task on each host, by host name; the test fails where the task does. `keywords` are those of the task."""
    wanted = {module: options or {}, "register": "task_result", **(keywords or {})}
    with tempfile.TemporaryDirectory() as folder:
        playbook = pathlib.Path(folder) / "play.yml"
        playbook.write_text(PLAY.format(task=json.dumps(wanted), folder=folder))
        run(
            SCRIPTS / "ansible-playbook", "-i", fleet.inventory, playbook, "--diff", *["--check"] * check,
            "--limit", ",".join(host.name for host in hosts),
            env={"ANSIBLE_COLLECTIONS_PATH": ":".join(str(path) for path in (COLLECTIONS, more_collections) if path)},
        )  # fmt: skip
        return {host.name: json.loads((pathlib.Path(folder) / host.name).read_text()) for host in hosts}
