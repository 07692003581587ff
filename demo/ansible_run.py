# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run ansible-playbook and show the parts of its output that a reader wants to see."""

from __future__ import annotations

import itertools
import json
import os
import pathlib
import shlex
import subprocess
import sys
import sysconfig
import tempfile
from typing import NamedTuple

from words import quote

ROOT = pathlib.Path(__file__).resolve().parents[1]
ENFORCE, AUDIT = "netops.keepalive.enforce", "netops.keepalive.audit"
POLICY = "policy_preset=aws-nat"
# Quiet, without colours and cows, and without this user's own configuration.
SETTINGS = {
    "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collections"),
    "ANSIBLE_DEPRECATION_WARNINGS": "false",
    "ANSIBLE_DISPLAY_FAILED_STDERR": "false",
    "ANSIBLE_DISPLAY_OK_HOSTS": "false",
    "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "false",
    "ANSIBLE_NOCOLOR": "true",
    "ANSIBLE_NOCOWS": "true",
    "ANSIBLE_RETRY_FILES_ENABLED": "false",
}


class Run(NamedTuple):
    status: int
    output: str

    def changes(self) -> str:
        """The diffs."""
        lines = [line for line in self.output.splitlines() if line.startswith(("+", "-", "@", " "))]
        return "\n".join(lines).replace("\n--- before", "\n\n--- before")

    def table(self) -> str:
        """The table at the end of an audit."""
        table = itertools.dropwhile(lambda line: not line.startswith("HOST "), self.output.splitlines())
        return "\n".join(itertools.takewhile(lambda line: not line.startswith("outcome="), table))


class Unexpected(Exception):
    """Ansible did something else than the story tells."""


def play(
    *variables: str,
    playbook: str = ENFORCE,
    diff: bool = False,
    expected: tuple[int, ...] = (0,),
    on: str = "demo",
) -> Run:
    """Show the command, run it on this host, and check its exit status."""
    given = [word for variable in variables for word in ("-e", variable)]
    command = ["ansible-playbook", playbook, *given, *(["--diff"] if diff else [])]
    quote(f"$ {shlex.join(command)}")
    with tempfile.TemporaryDirectory() as folder:
        inventory = pathlib.Path(folder) / "inventory.json"
        variables_of_host = {
            "ansible_connection": "local",
            "ansible_python_interpreter": sys.executable,
            "ansible_become": False,  # on the throw-away host we are root already, and reading needs no root
        }
        inventory.write_text(json.dumps({"all": {"hosts": {on: variables_of_host}}}))
        program = pathlib.Path(sysconfig.get_path("scripts")) / command[0]
        result = subprocess.run(
            [program, "-i", inventory, *command[1:]],
            env={**clean_environment(), **settings(folder, audit="policy_audit=true" in variables)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    if result.returncode not in expected:
        raise Unexpected(
            f"{result.stdout}\nThe exit status is {result.returncode}: this is not how the demo should go."
        )
    return Run(result.returncode, result.stdout)


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}


def settings(folder: str, audit: bool) -> dict[str, str]:
    empty = pathlib.Path(folder) / "ansible.cfg"
    empty.touch()
    own = {"ANSIBLE_CONFIG": str(empty), "ANSIBLE_HOME": f"{folder}/home", "ANSIBLE_REMOTE_TEMP": f"{folder}/remote"}
    return {**SETTINGS, **own, **({"ANSIBLE_DISPLAY_OK_HOSTS": "true"} if audit else {})}
