# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the module attaches, changes, removes and reports, and how it gets on with programs of other tools."""

from __future__ import annotations

import pathlib
import re
from typing import Any

import pytest

from tests.support.always import foreign
from tests.support.always.scene import Group, Scene
from tests.support.hosts import throwaway
from tests.support.hosts.strace import strace

HOST = {"scope": "host", "loopback": True}
VALUES = {"time": 120, "interval": 30, "probes": 4}
ATTACHED = {
    "attached": True, "excluded": False, "direction": "both", "time": 120, "interval": 30, "probes": 4, "user_timeout": None,
}  # fmt: skip
ON, OFF = [1, 120, 30, 4, 0], [0, 7200, 75, 9, 0]
CHANGING = {
    "BPF_MAP_CREATE",
    "BPF_PROG_LOAD",
    "BPF_PROG_ATTACH",
    "BPF_PROG_DETACH",
    "BPF_MAP_UPDATE_ELEM",
    "BPF_BTF_LOAD",
}


def test_check_real_again_absent(scene: Scene) -> None:
    promised = scene.always(check_mode=True, **HOST, **VALUES)
    assert scene.attached() == []
    real = scene.always(**HOST, **VALUES)
    assert real == promised
    assert real["changed"]
    assert real["scopes"][0]["runtime"] == {"before": None, "after": ATTACHED}
    assert [(one["name"], one["attach_flags"]) for one in scene.attached()] == [("netops_always", "multi")]
    scene.connect({}, {"listener": {"keepalive": 1}, "client": {"keepalive": 1}})
    again = scene.always(**HOST, **VALUES)
    assert (again["changed"], again["diff"], again["affected"]) == (False, [], [])
    assert again["scopes"][0]["runtime"] == {"before": ATTACHED, "after": ATTACHED}
    assert again["scopes"][0]["counters"] == {"seen": 4, "set": 2, "kept": 2, "errors": 0}
    promised = scene.always(check_mode=True, state="absent")
    assert len(scene.attached()) == 1
    assert scene.always(state="absent") == promised
    assert promised["scopes"][0]["runtime"] == {"before": ATTACHED, "after": None}
    assert scene.attached() == []
    assert not scene.always(state="absent")["changed"]


def test_an_idle_run_only_asks(scene: Scene, tmp_path: pathlib.Path) -> None:
    trace = tmp_path / "trace"

    def commands() -> set[str]:
        words = strace("-f", "-e", "trace=bpf,?mkdir,?mkdirat", output=trace)
        scene.always(**HOST, **VALUES, under=words)
        return {next(filter(None, found)) for found in re.findall(r"bpf\((\w+)|\b(mkdir)\w*\(", trace.read_text())}

    assert commands() >= {"BPF_PROG_LOAD", "BPF_PROG_ATTACH", "mkdir"}
    idle = commands()
    assert idle
    assert not idle & CHANGING
    assert "mkdir" not in idle


def test_new_values_change_the_maps_of_the_same_program(scene: Scene) -> None:
    scene.always(**HOST, **VALUES)
    before = scene.attached()
    changed = scene.always(**HOST, time=200, interval=30, probes=4, exclude_ports=[7413])
    assert scene.attached() == before
    assert (changed["diff"][0]["before"], changed["diff"][0]["after"]) == (
        "attached: True\ndirection: both\ntime: 120\ninterval: 30\nprobes: 4\ncontainers: False\nloopback: True\n",
        "attached: True\ndirection: both\ntime: 200\ninterval: 30\nprobes: 4\ncontainers: False\nloopback: True\n"
        "exclude port 7413\n",
    )
    new = [1, 200, 30, 4, 0]
    assert scene.connect({}, {"port": 7413}) == [(new, new), (OFF, OFF)]
    scene.always(**HOST, **VALUES)
    assert scene.connect({"port": 7413}) == [(ON, ON)]


@pytest.mark.parametrize("order", ["before", "after"])
def test_a_program_of_another_tool_goes_on_working(scene: Scene, order: str) -> None:
    """It sets the first retransmission timeout of new connections by what it replies."""
    usual = foreign.first_timeout(scene)
    if order == "after":
        scene.always(**HOST, **VALUES)
    with foreign.attached(scene.cgroup, foreign.TIMEOUT, foreign.MULTI):
        scene.always(**HOST, **VALUES)
        assert sorted(one["name"] for one in scene.attached()) == ["netops_always", "other"]
        assert scene.connect({}) == [(ON, ON)]
        its_own = foreign.first_timeout(scene)
        scene.always(state="absent")
        assert foreign.first_timeout(scene) == its_own != usual
        assert [one["name"] for one in scene.attached()] == ["other"]


@pytest.mark.parametrize("flags", [foreign.ALONE, foreign.OVERRIDE], ids=["alone", "override"])
def test_a_program_that_tolerates_no_other_is_respected(scene: Scene, flags: int) -> None:
    with foreign.attached(scene.cgroup, foreign.TIMEOUT, flags):
        refused = scene.always(**HOST, **VALUES)
        assert refused["msg"].startswith("The cgroup / has the program 'other' of another tool, which ")
        assert [one["name"] for one in scene.attached()] == ["other"]


def test_a_full_cgroup_is_refused(scene: Scene) -> None:
    with foreign.attached(scene.cgroup, foreign.TIMEOUT, foreign.MULTI, count=64):
        refused = scene.always(**HOST, **VALUES)
        assert refused["msg"] == "The cgroup / has 64 programs already, which is all that it can have."


def test_copies_become_one(scene: Scene) -> None:
    scene.always(**HOST, **VALUES)
    foreign.copy(scene.cgroup)
    assert len(scene.attached()) == 2
    assert scene.always(**HOST, **VALUES)["changed"]
    assert len(scene.attached()) == 1
    assert not scene.always(**HOST, **VALUES)["changed"]


def test_a_program_of_an_older_release_is_replaced_and_leaves_its_marks(scene: Scene) -> None:
    scene.always(**HOST, **VALUES)
    maps = foreign.map_ids(scene.attached()[0]["id"])
    foreign.age(scene.cgroup)
    old = scene.attached()
    changed = scene.always(**HOST, **VALUES)
    assert changed["diff"][0]["before"].endswith("program: of another release\n")
    assert scene.attached() != old
    assert len(scene.attached()) == 1
    assert len(set(maps) & set(foreign.map_ids(scene.attached()[0]["id"]))) == 2, "its marks and its counters"
    assert scene.connect({}) == [(ON, ON)]
    assert not scene.always(**HOST, **VALUES)["changed"]


def test_a_program_of_another_tool_with_our_name_stays(scene: Scene) -> None:
    with foreign.attached(scene.cgroup, foreign.TIMEOUT, foreign.MULTI, name=b"netops_always"):
        scene.always(**HOST, **VALUES)
        scene.always(state="absent")
        assert len(scene.attached()) == 1


def test_a_host_without_systemd_attaches_nothing_at_boot(scene: Scene) -> None:
    refused = scene.always(**HOST, **VALUES, boot=True)
    assert refused["msg"] == (
        "boot is true, but systemd does not run this host: say boot: false, and run the task again after each boot."
    )
    assert scene.attached() == []
    assert not scene.always(state="absent", boot=True)["changed"]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"scope": "units", "units": ["a.service"]}, "units"),
        ({"scope": "units", "units": ["a.service"], "method": "sockets"}, "units"),
        ({"scope": "host", "exclude_units": ["a.service"]}, "exclude_units"),
    ],
    ids=["units", "with sockets", "exclusions"],
)
def test_a_host_without_systemd_has_no_units(scene: Scene, options: dict[str, Any], named: str) -> None:
    assert scene.always(**options, **VALUES)["msg"] == (
        f"{named} is given, but systemd does not run this host, so it has no units: allowed is scope: host with method: program."
    )


def test_a_task_that_may_change_nothing_is_refused(scene: Scene) -> None:
    refused = scene.always(**HOST, **VALUES, runtime=False)
    assert refused["msg"] == "runtime: false together with boot: false leaves nothing to do; allow one of them."


def test_two_runs_at_once_attach_once(scene: Scene) -> None:
    groups: list[Group] = [({**HOST, **VALUES}, [])]
    runs = [scene.begin_connecting(groups) for _run in range(4)]
    assert [throwaway.output_of(run).decode() for run in runs] == ["[[]]\n"] * 4
    assert len(scene.attached()) == 1
