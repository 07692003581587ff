# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Windows hosts of an inventory: tasks run on them, and their registry as `reg query` shows it, a program that is not ours."""

from __future__ import annotations

import json
import pathlib
import re
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tests.support.commands import run
from tests.support.paths import COLLECTIONS, SCRIPTS

KEY = r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters"
NOTE = r"HKLM\SOFTWARE\netops.keepalive"
TIME, INTERVAL = "KeepAliveTime", "KeepAliveInterval"
QUERY = f"reg query '{KEY}'; exit 0"
# A task starts a PowerShell, which takes a second or two: what belongs together goes in one.
RESET = f"reg delete '{KEY}' /v {TIME} /f; reg delete '{KEY}' /v {INTERVAL} /f; reg delete '{NOTE}' /f"

# Lines that stand at the end of the run, for a person to read.
OUTCOMES: list[str] = []

Result = dict[str, Any]
Task = dict[str, Any]


class Value(NamedTuple):
    """A value as reg.exe shows it, such as ("REG_DWORD", "0x1d4c0")."""

    kind: str
    data: str


Registry = dict[str, Value]


def dword(number: int) -> Value:
    return Value("REG_DWORD", hex(number))


def registry(said: Result) -> Registry:
    """The two values in what a task with `reg query` said."""
    rows = re.findall(
        r"^ +(KeepAlive\w+) +(REG_\w+|\(null\)) +(.*?)\s*$", said["stdout"].replace("\r", ""), re.MULTILINE
    )
    return {name: Value(kind, data) for name, kind, data in rows}


def add(name: str, kind: str, data: str, key: str = KEY) -> str:
    return f"reg add '{key}' /v {name} /t {kind} /d '{data}' /f"


def imported(name: str, data: str) -> str:
    """Brings what `reg add` cannot: any type and length, as a .reg file has it, such as hex(4):01,02."""
    lines = ["REGEDIT4", "", f"[{KEY.replace('HKLM', 'HKEY_LOCAL_MACHINE')}]", f'"{name}"={data}']
    listed = ", ".join(f"'{line}'" for line in lines)
    return (
        "$file = [System.IO.Path]::GetTempFileName(); "
        f"[System.IO.File]::WriteAllLines($file, [string[]]@({listed})); "
        "reg import $file; [System.IO.File]::Delete($file)"
    )


def raw(*commands: str) -> Task:
    return {"ansible.builtin.raw": "; ".join([*commands, "exit 0"])}


def query(*before: str) -> Task:
    """Commands, and then what the registry holds."""
    return raw(*before, QUERY)


def keepalive(*, check: bool = False, **options: Any) -> Task:
    return {"netops.keepalive.tcp_keepalive": options, "check_mode": check, "diff": True}


def info() -> Task:
    return {"netops.keepalive.tcp_keepalive_info": {}}


class WindowsHosts:
    """`names` are the hosts; all that an inventory holds are taken for Windows."""

    def __init__(self, inventory: pathlib.Path) -> None:
        self.inventory = inventory
        listed = json.loads(run(SCRIPTS / "ansible-inventory", "-i", inventory, "--list"))
        self.variables: dict[str, dict[str, Any]] = listed["_meta"]["hostvars"]
        self.names = sorted(self.variables)

    def run(self, *tasks: Task, host: str = "", play: Mapping[str, Any] | None = None) -> list[Result]:
        """The results of tasks run one after the other on a host, the first one unless named, failures included."""
        with tempfile.TemporaryDirectory() as folder:
            results = pathlib.Path(folder) / "results"
            playbook = pathlib.Path(folder) / "play.json"
            steps = [{**task, "register": f"step{number}", "ignore_errors": True} for number, task in enumerate(tasks)]
            steps.append(_keep(results, len(tasks)))
            plays = [{"hosts": host or self.names[0], "gather_facts": False, "tasks": steps, **(play or {})}]
            playbook.write_text(json.dumps(plays), encoding="utf-8")
            run(SCRIPTS / "ansible-playbook", "-i", self.inventory, playbook, env=_environment())
            return [_own(result) for result in json.loads(results.read_text(encoding="utf-8"))]

    def saved(self, host: str) -> Sequence[str]:
        """The commands that bring the keepalive values of a host back."""
        found = registry(self.run(query(), host=host)[0])
        return [RESET, *(add(name, value.kind, value.data) for name, value in found.items())]


def _keep(path: pathlib.Path, count: int) -> Task:
    return {
        "ansible.builtin.copy": {
            "content": "{{ [" + ", ".join(f"step{number}" for number in range(count)) + "] | to_json }}",
            "dest": str(path),
        },
        "delegate_to": "localhost",
        "vars": {
            "ansible_connection": "local",
            "ansible_shell_type": "sh",
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        },
    }


def _own(result: Result) -> Result:
    """What the module returned, without what Ansible adds."""
    return {key: value for key, value in result.items() if key not in ("invocation", "failed") or value is True}


def _environment() -> dict[str, str]:
    return {"ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS), "ANSIBLE_HOST_KEY_CHECKING": "false"}
