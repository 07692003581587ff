# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a task looks at a host with the script, and that it leaves to the module what the script does not answer."""

from __future__ import annotations

import types
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail
from ansible_collections.netops.keepalive.plugins.action import tcp_keepalive, tcp_keepalive_info
from ansible_collections.netops.keepalive.plugins.module_utils._always.info import signs
from ansible_collections.netops.keepalive.plugins.plugin_utils._look import look_first

from tests.support.look.answers import MARK, OURS, SET, answer


def become(name: str, prompts: bool = False) -> Any:
    return types.SimpleNamespace(name=name, expect_prompt=lambda: prompts)


CONNECTIONS: list[tuple[str, Any, bool, bool]] = [
    ("ssh", None, False, True),
    ("ssh", become("sudo", prompts=True), False, True),
    ("ssh", become("su"), False, False),
    ("ssh", become("community.general.doas"), False, False),
    ("ssh", become("community.general.doas"), True, True),
    ("local", None, False, True),
    ("local", become("sudo"), False, True),
    ("local", become("sudo", prompts=True), False, False),
    ("local", become("sudo", prompts=True), True, True),
    ("community.docker.docker", None, False, False),
    ("community.docker.docker", None, True, True),
]


@pytest.mark.parametrize(("transport", "plugin", "pipelining", "expected"), CONNECTIONS)
def test_whether_a_command_gets_input(transport: str, plugin: Any, pipelining: bool, expected: bool) -> None:
    connection = types.SimpleNamespace(_shell=None, transport=transport, become=plugin)
    action: Any = types.SimpleNamespace(_connection=connection, _is_pipelining_enabled=lambda _style: pipelining)
    assert look_first.takes_input(action) is expected


def test_windows_goes_its_own_way() -> None:
    connection = types.SimpleNamespace(_shell=types.SimpleNamespace(_IS_WINDOWS=True), transport="ssh", become=None)
    assert not look_first.takes_input(types.SimpleNamespace(_connection=connection))


Task = Callable[[str], Any]


@pytest.fixture
def task(monkeypatch: pytest.MonkeyPatch) -> Task:
    """The task, on a host that gives this answer."""

    def made(said: str) -> Any:
        args = {"time": 120, "interval": 30, "probes": 4}
        connection = types.SimpleNamespace(_shell=None, transport="ssh", become=None)
        templar = types.SimpleNamespace(template=lambda value: value)
        found = tcp_keepalive.ActionModule(
            types.SimpleNamespace(args=args, async_val=0, no_log=False),
            connection,
            types.SimpleNamespace(remote_addr="192.0.2.1"),
            None,
            templar,
            None,
        )
        monkeypatch.setattr(found, "_is_pipelining_enabled", lambda _style: True)
        monkeypatch.setattr(found, "_low_level_execute_command", lambda _command, in_data: {"stdout": said})
        monkeypatch.setattr(uuid, "uuid4", lambda: types.SimpleNamespace(hex=MARK))
        return found

    return made


def test_a_host_that_is_as_wanted(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look_first, "shows_invocation", lambda _variables: True)
    found = task(answer()).found_without_module({})
    assert found["changed"] is False
    assert found["boot_source"]["time"] == {"file": OURS, "line": 1}
    assert found["invocation"]["module_args"]["overridden"] == "fail"


LEFT_TO_THE_MODULE = {
    "another value": answer(values=(7200, 75, 9)),
    "another file": answer({}),
    "no answer": "",
    "cut off": answer()[:-20],
    "bytes": "\udcff\0" * 1000,
    "a value that is none": answer(kernel="Linux\nweb\n6\n#1\n" + "9" * 5000 + "\n\n\n"),
    "another system": answer(kernel="FreeBSD\nweb\n6\n#1\n120\n30\n4\n"),
    "a version of thousands of digits": answer(sysctl=f"text /usr/sbin/sysctl\nprocps-ng {'9' * 5000}.0.0\n"),
    "mounts that are none": answer(first="text /proc/1/mountinfo\nx\n"),
    "a place that is another's": answer({OURS: SET, "/etc/passwd": ""}),
    "a conflict": answer({OURS: SET, "/etc/sysctl.d/99-zz.conf": "net.ipv4.tcp_keepalive_time=5\n"}),
}


@pytest.mark.parametrize("said", LEFT_TO_THE_MODULE.values(), ids=LEFT_TO_THE_MODULE)
def test_what_is_left_to_the_module(task: Task, said: str) -> None:
    assert task(said).found_without_module({}) is None


def test_a_sign_of_the_switch_leaves_the_host_to_the_module(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    found = task(answer({OURS: SET, signs.ATTACHED: ""}))
    assert found.found_without_module({}) is not None
    monkeypatch.setattr(found, "signs", tcp_keepalive_info.ActionModule.signs)
    assert found.found_without_module({}) is None
    assert task(answer()).found_without_module({}) is not None


def test_the_variable_turns_it_off_or_is_refused(task: Task) -> None:
    assert task(answer()).found_without_module({"keepalive_look": "module"}) is None
    with pytest.raises(AnsibleActionFail, match="keepalive_look is 'never': allowed are auto and module"):
        task(answer()).found_without_module({"keepalive_look": "never"})
