# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cgroup of a unit that goes during the run: one sentence, and the other units are as before.

No systemd runs a throw-away host, so a script answers for it which cgroups the units have. The cgroups are real.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import time
from collections.abc import Callable

import pytest

from tests.support.always.scene import MODULE, Scene
from tests.support.hosts.strace import strace

TASK = {"scope": "units", "units": ["first.service", "second.service"], "loopback": True, "time": 120, "boot": False}
FIRST, SECOND = "first.service", "second.service"
SYSTEMCTL = """#!/bin/sh
for unit; do case $unit in *.service)
printf 'Id=%s\\nLoadState=loaded\\nControlGroup=/%s\\nTriggeredBy=\\nRootDirectory=\\nRootImage=\\n\\n' $unit $unit
esac; done
"""
GONE = "The cgroup /second.service went away during the run: its unit has stopped or restarted; run the task again."


@pytest.fixture
def units(scene: Scene, tmp_path: pathlib.Path) -> list[str]:
    """Words that run a command where these units run."""
    script = tmp_path / "systemctl"
    script.write_text(SYSTEMCTL)
    script.chmod(0o755)
    scene.sh("mkdir -p /run/systemd/system")
    for unit in (FIRST, SECOND):
        scene.make_cgroup(unit)
    return ["env", f"PATH={tmp_path}:{os.environ['PATH']}"]


def last_attached(calls: list[str]) -> int:
    return max(number for number, call in enumerate(calls) if call == "PROG_ATTACH")


def read_back(calls: list[str]) -> int:
    return calls.index("PROG_QUERY", last_attached(calls))


def compared(calls: list[str]) -> int:
    """The look at the second cgroup for programs of other tools; the last is at the root."""
    return tried(calls) - 2


def tried(calls: list[str]) -> int:
    """The first attempt to make a map, after the plan was made."""
    return calls.index("MAP_CREATE")


@pytest.mark.parametrize("when", [compared, tried, last_attached, read_back])
def test_a_cgroup_that_goes_during_the_run(
    scene: Scene, units: list[str], tmp_path: pathlib.Path, when: Callable[[list[str]], int]
) -> None:
    trace = tmp_path / "trace"
    scene.always(under=[*units, *strace("-e", "trace=bpf", output=trace)], **TASK)
    scene.always(state="absent")
    calls = re.findall(r"^bpf\(BPF_(\w+)", trace.read_text(), re.MULTILINE)
    effect = f"inject=bpf:delay_enter=2000000:when={when(calls) + 1}"
    delayed = tmp_path / "delayed"
    slow = strace("-e", "trace=bpf", "-e", effect, output=delayed)
    process = scene.begin(MODULE, under=[*units, *slow], **TASK)
    wait_for_calls(delayed, when(calls))
    (scene.cgroup / SECOND).rmdir()
    output, errors = process.communicate(timeout=60)
    assert errors == b""
    assert json.loads(output)["msg"] == GONE
    assert scene.attached(FIRST) == []


def wait_for_calls(trace: pathlib.Path, number: int) -> None:
    """Wait until strace has written this many calls, and one more that has begun."""
    deadline = time.monotonic() + 20
    while not trace.exists() or trace.read_text().count("bpf(BPF_") <= number:
        assert time.monotonic() < deadline
        time.sleep(0.02)
