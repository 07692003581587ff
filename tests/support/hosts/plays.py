# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-playbook, run on a throw-away host with the installed collection."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any, NamedTuple

from tests.support import paths
from tests.support.hosts.throwaway import ThrowawayHost

ENFORCE = "netops.keepalive.enforce"
# Several names for the one throw-away host; what differs between them is their policy.
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
UNREACHABLE = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}
# To look at a host takes no Python, a module does.
BAD_PYTHON = {**LOCAL, "ansible_python_interpreter": "/nonexistent/python", "keepalive_look": "module"}
WEB = {"web": LOCAL}

Variables = dict[str, Any]


class Run(NamedTuple):
    """What ansible-playbook printed, standard error last, and its exit status."""

    status: int
    output: str

    def told(self, task: str) -> list[str]:
        """The lines at the end of a run, which this task shows."""
        _before, after = self.output.split(f"{task}] ")
        return re.split(r"^ok: \[", after, maxsplit=1, flags=re.MULTILINE)[0].splitlines()[1:]

    def table(self) -> list[str]:
        """The lines of the audit's table."""
        return [line for line in self.told("Show all hosts") if not line.startswith(("Report: ", "outcome="))]

    def failures(self) -> dict[str, str]:
        """The messages with which hosts failed, by host."""
        found = re.findall(r"^fatal: \[(.*?)\]: FAILED! => (\{.*\})$", self.output, re.MULTILINE)
        return {name: json.loads(result)["msg"] for name, result in found}

    def recap(self) -> dict[str, dict[str, int]]:
        """The counts under PLAY RECAP, by host."""
        rows = [line.split(" : ") for line in self.output.split("PLAY RECAP")[1].splitlines() if " : ok=" in line]
        return {
            name.strip(): {word: int(count) for word, count in (field.split("=") for field in counts.split())}
            for name, counts in rows
        }


def play(
    host: ThrowawayHost,
    *options: str,
    hosts: dict[str, Variables] = WEB,
    playbook: str = ENFORCE,
    environment: dict[str, str] | None = None,
    **variables: Any,
) -> Run:
    """Run the playbook there, with the variables given on its command line."""
    return end_of(begin(host, *options, hosts=hosts, playbook=playbook, environment=environment, **variables))


def begin(
    host: ThrowawayHost,
    *options: str,
    hosts: dict[str, Variables] = WEB,
    playbook: str = ENFORCE,
    environment: dict[str, str] | None = None,
    **variables: Any,
) -> subprocess.Popen[bytes]:
    """The same, for what a test does meanwhile."""
    inventory = host.disk / "inventory.json"
    inventory.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    nothing = host.disk / "ansible.cfg"
    nothing.touch()
    settings = {
        "ANSIBLE_CONFIG": str(nothing),
        "ANSIBLE_HOME": str(host.disk / "ansible"),
        "ANSIBLE_REMOTE_TEMP": str(host.disk / "remote"),
        "ANSIBLE_NOCOLOR": "1",
        "LOGNAME": "root",  # or Ansible takes whoever runs the tests for the user of this host, and asks sudo
        **(environment or {}),
    }
    command = [str(paths.SCRIPTS / "ansible-playbook"), "-i", str(inventory), playbook, *options]
    given = ["--extra-vars", json.dumps(variables)] if variables else []
    return host.start("env", *(f"{name}={value}" for name, value in settings.items()), *command, *given)


def end_of(process: subprocess.Popen[bytes]) -> Run:
    output, errors = process.communicate(timeout=120)
    return Run(process.returncode, output.decode() + errors.decode())


def written(host: ThrowawayHost, playbook: str) -> str:
    """The path of a playbook with this text."""
    file = host.disk / "playbook.yml"
    file.write_text(playbook, encoding="utf-8")
    return str(file)
