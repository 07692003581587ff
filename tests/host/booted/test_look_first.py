# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task that looks first returns what it returns by way of the module, and needs no Python on a host where nothing changes."""

from __future__ import annotations

import json
import pathlib
import re
import tempfile
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.support import paths
from tests.support.commands import run
from tests.support.fleet import Fleet
from tests.support.fleet.fixture import new_fleet

Keywords = dict[str, Any]
SET = "netops.keepalive.tcp_keepalive"
INFO = "netops.keepalive.tcp_keepalive_info"
VALUES = {"time": 120, "interval": 30, "probes": 4}
NO_PYTHON = {"ansible_python_interpreter": "/nonexistent/python"}
COMBINED = "{{ found | default({}) | combine({'NAME': [found_auto, found_module]}) }}"
OF_A_JOB = {"ansible_job_id", "results_file", "started", "finished"}

PREPARED = """
useradd --create-home --shell /bin/sh user && useradd --create-home --shell /bin/sh terminal
printf '%s\\n' user:secret terminal:secret root:secret | chpasswd
for user in user terminal; do
    install -d -o $user -m 700 /home/$user/.ssh
    install -o $user -m 600 /root/.ssh/authorized_keys /home/$user/.ssh/
done
printf '%s\\n' 'user ALL=(ALL) ALL' 'terminal ALL=(ALL) ALL' 'Defaults:terminal requiretty' > /etc/sudoers.d/users
"""


def as_user(name: str = "user", method: str = "sudo", pipelining: bool = True) -> Keywords:
    return {
        "become": True,
        "vars": {
            "ansible_user": name,
            "ansible_become_method": method,
            "ansible_become_password": "secret",
            "ansible_pipelining": pipelining,
        },
    }


class Case(NamedTuple):
    module: str
    options: Keywords = {}
    keywords: Keywords = {}
    before: str = ":"
    looks: bool = True
    """Whether the script answers the task."""


CASES = {
    "idle": Case(SET, VALUES, before="rm -f /etc/sysctl.d/99-zz.conf"),
    "idle, with texts": Case(SET, {"time": "120", "runtime": "yes"}),
    "idle, check and diff": Case(SET, VALUES, {"check_mode": True, "diff": True}),
    "no_log": Case(SET, VALUES, {"no_log": True}),
    "loop": Case(SET, {"time": "{{ item }}"}, {"loop": [120, "120"]}),
    "loop with a change": Case(SET, {"time": "{{ item }}"}, {"loop": [120, 121], "check_mode": True}, looks=False),
    "delegate_to": Case(SET, VALUES, {"delegate_to": "{{ inventory_hostname }}"}),
    "module_defaults": Case(SET, {"time": 120}, {"module_defaults": {SET: {"interval": 30, "file": "/etc/sysctl.d/99-tcp-keepalive.conf"}}}),
    "pipelining off": Case(SET, VALUES, {"vars": {"ansible_pipelining": False}}),
    "environment": Case(SET, VALUES, {"environment": {"LC_ALL": "C.UTF-8", "A": "b c"}}),
    "info": Case(INFO),
    "info, as a user": Case(INFO, {}, {"vars": {"ansible_user": "user"}}),
    "sudo with a password": Case(SET, VALUES, as_user()),
    "sudo with a password, pipelining off": Case(SET, VALUES, as_user(pipelining=False)),
    "sudo to another user": Case(INFO, {}, {**as_user(), "become_user": "terminal"}),
    "sudo that wants a terminal": Case(SET, VALUES, as_user("terminal", pipelining=False), looks=False),
    "su with a password": Case(SET, VALUES, as_user(method="su", pipelining=False), looks=False),
    "async": Case(SET, VALUES, {"async": 60, "poll": 1}, looks=False),
    "a change, check and diff": Case(SET, {"time": 121}, {"check_mode": True, "diff": True}, looks=False),
    "take_over": Case(SET, {**VALUES, "overridden": "take_over"}),
    "absent, check": Case(SET, {"state": "absent"}, {"check_mode": True}, looks=False),
    "a value that is none": Case(SET, {"time": "1e3"}, looks=False),
    "an option that is none": Case(SET, {"tme": 1}, looks=False),
    "a home folder": Case(SET, {"time": 120, "file": "~/x.conf"}, looks=False),
    "a warning": Case(SET, {**VALUES, "overridden": "warn"}, before="echo net.ipv4.tcp_keepalive_time=300 > /etc/sysctl.d/99-zz.conf"),
    "a failure": Case(SET, VALUES, looks=False),
    "a conflict": Case(INFO),
    "bytes": Case(INFO, before="printf 'a\\0b\\377\\r\\n' > /etc/sysctl.d/99-zz.conf"),
    "a name with a newline": Case(INFO, before="rm /etc/sysctl.d/99-zz.conf; touch '/etc/sysctl.d/9\n9.conf'", looks=False),
    "no mounts of PID 1": Case(INFO, before="rm /etc/sysctl.d/9*9.conf; mount -o remount,hidepid=2 /proc", keywords={"vars": {"ansible_user": "user"}}),
}  # fmt: skip


def task(case: Case, way: str, name: str) -> Keywords:
    more: Keywords = {"keepalive_look": way, **(NO_PYTHON if way == "auto" and case.looks else {})}
    keywords = {"ignore_errors": True, **case.keywords, "vars": {**case.keywords.get("vars", {}), **more}}
    return {"name": f"{name}, {way}", case.module: case.options, "register": f"found_{way}", **keywords}


def written(folder: pathlib.Path) -> pathlib.Path:
    """The playbook: each case both ways, and the results in a file."""
    tasks: list[Keywords] = [{SET: VALUES}]
    for name, case in CASES.items():
        tasks += [
            {"ansible.builtin.raw": case.before},
            *(task(case, way, name) for way in ("auto", "module")),
            {"ansible.builtin.set_fact": {"found": COMBINED.replace("NAME", name)}},
        ]  # fmt: skip
    content = {"ansible.builtin.copy": {"dest": str(folder / "found.json"), "content": "{{ found | to_json }}"}}
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    tasks.append({**content, "delegate_to": "localhost", "vars": local})
    playbook = folder / "play.json"
    playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]))
    return playbook


class Played(NamedTuple):
    results: dict[str, list[Keywords]]
    logged_by_sudo: str


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("look")
    # Not below /tmp: that is in memory on the host, where the path of its own root's upper layer leads to something else.
    with (
        tempfile.TemporaryDirectory(dir=paths.BUILD) as of_the_fleet,
        new_fleet(pathlib.Path(of_the_fleet), 1, ("bookworm+sudo",)) as fleet,
    ):
        yield played_on(fleet, folder)


def played_on(fleet: Fleet, folder: pathlib.Path) -> Played:
    (host,) = fleet.hosts
    host.run(PREPARED)
    run(
        *(paths.SCRIPTS / "ansible-playbook", "-i", fleet.inventory, written(folder)),
        env={"ANSIBLE_COLLECTIONS_PATH": str(paths.COLLECTIONS)},
    )
    return Played(
        json.loads((folder / "found.json").read_text()),
        host.run("journalctl --quiet --output=cat SYSLOG_IDENTIFIER=sudo | grep COMMAND=").stdout,
    )


def plain(result: Keywords) -> Keywords:
    return {key: value for key, value in result.items() if key not in OF_A_JOB}


@pytest.mark.parametrize("name", CASES)
def test_the_result_is_that_of_the_module(played: Played, name: str) -> None:
    first, by_module = played.results[name]
    assert plain(first) == plain(by_module)
    assert "nonexistent" not in str(first)


def test_what_sudo_logs_is_short_and_has_no_script(played: Played) -> None:
    commands = re.findall("COMMAND=(.*)", played.logged_by_sudo)
    looks = [command for command in commands if command.endswith("/bin/sh -s'")]
    assert looks, commands
    assert max(map(len, looks)) < 150
    assert not any("keepalive" in command for command in looks)
