# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Killed or refused at each call that changes something: the connections are as before or as asked, and the next run sets things right."""

from __future__ import annotations

import json
import pathlib
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from tests.support.always import foreign
from tests.support.always.scene import MODULE, Result, Scene
from tests.support.hosts.strace import strace

HOST = {"scope": "host", "loopback": True}
OLD = {**HOST, "time": 120, "interval": 30, "probes": 4, "exclude_ports": [7413]}
NEW = {**HOST, "time": 200, "interval": 30, "probes": 4}
ABSENT = {"state": "absent"}
CHANGING = ("MAP_CREATE", "MAP_UPDATE_ELEM", "MAP_DELETE_ELEM", "BTF_LOAD", "PROG_LOAD", "PROG_ATTACH", "PROG_DETACH")
# Of one program: its maps, its types, what they hold, and itself.
LOADED = ["MAP_CREATE"] * 4 + ["BTF_LOAD", "MAP_CREATE", "MAP_UPDATE_ELEM", "PROG_LOAD"]


class Scenario(NamedTuple):
    """`calls` are the last that change something; those before them are of a trial, which touches nothing else."""

    prepare: Callable[[Scene], object]
    options: dict[str, Any]
    calls: list[str]
    before: int | None
    """The time of a new connection, `None` for keepalive off."""
    after: int | None


def two_copies(scene: Scene) -> None:
    scene.always(**OLD)
    foreign.copy(scene.cgroup)


SCENARIOS = {
    "attach": Scenario(lambda _: None, NEW, ["PROG_ATTACH", *LOADED, "PROG_ATTACH"], None, 200),
    "change": Scenario(lambda scene: scene.always(**OLD), NEW, ["MAP_UPDATE_ELEM", "MAP_DELETE_ELEM"], 120, 200),
    "absent": Scenario(two_copies, ABSENT, ["PROG_DETACH", "PROG_DETACH"], 120, None),
}
# By their places among the calls of a scenario: of calls that are alike, one.
REFUSED = [
    *(("attach", index) for index in (0, 1, 5, 7, 8, 9)),
    *(("change", index) for index in (0, 1)),
    *(("absent", index) for index in (0, 1)),
]
# Until it is attached, a program that is loaded ends with the run that loaded it.
KILLED = [point for point in REFUSED if point not in (("attach", 1), ("attach", 5), ("attach", 7), ("attach", 8))]


def ids(points: list[tuple[str, int]]) -> list[str]:
    return [f"{name}-{index}-{SCENARIOS[name].calls[index]}" for name, index in points]


def time_of(scene: Scene) -> int | None:
    ((accepted, client),) = scene.connect({})
    assert accepted == client
    return accepted[1] if accepted[0] else None


def programs(scene: Scene) -> set[int]:
    return {one["id"] for one in scene.attached()}


@pytest.fixture(scope="module")
def numbers(shared_scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[int]]:
    """Which of the calls of bpf() of each scenario those are that change something."""
    found = {}
    for name, scenario in SCENARIOS.items():
        trace = tmp_path_factory.mktemp("trace") / name
        scenario.prepare(shared_scene)
        shared_scene.always(under=strace("-e", "trace=bpf", output=trace), **scenario.options)
        shared_scene.always(**ABSENT)
        calls = re.findall(r"^bpf\(BPF_(\w+)", trace.read_text(), re.MULTILINE)
        changing = [(number, call) for number, call in enumerate(calls, start=1) if call in CHANGING]
        changing = changing[-len(scenario.calls) :]
        assert [call for _number, call in changing] == scenario.calls
        found[name] = [number for number, _call in changing]
    return found


@pytest.mark.parametrize(("name", "index"), KILLED, ids=ids(KILLED))
def test_killed(scene: Scene, numbers: dict[str, list[int]], name: str, index: int) -> None:
    scenario = SCENARIOS[name]
    scenario.prepare(scene)
    assert run(scene, scenario, f"signal=KILL:when={numbers[name][index]}") is None
    assert time_of(scene) in (scenario.before, scenario.after)
    again = scene.always(**scenario.options)
    assert "msg" not in again
    assert not scene.always(**scenario.options)["changed"]
    assert time_of(scene) == scenario.after
    assert len(scene.attached()) == (scenario.after is not None)


@pytest.mark.parametrize(("name", "index"), REFUSED, ids=ids(REFUSED))
def test_refused(scene: Scene, numbers: dict[str, list[int]], name: str, index: int) -> None:
    scenario = SCENARIOS[name]
    scenario.prepare(scene)
    before = programs(scene)
    number = numbers[name][index]
    # A program that is refused is loaded once more, to hear why.
    last = number + (scenario.calls[index] == "PROG_LOAD")
    refused = run(scene, scenario, f"error=ENOMEM:when={number}..{last}")
    assert refused is not None
    assert re.fullmatch(r"[^\n]*Cannot allocate memory[^\n]*\.", refused["msg"]), refused
    assert programs(scene) == before
    assert time_of(scene) == scenario.before


def run(scene: Scene, scenario: Scenario, effect: str) -> Result | None:
    """What the module returned; `None` if it was killed."""
    words = strace("-e", "trace=bpf", "-e", f"inject=bpf:{effect}")
    process = scene.begin(MODULE, under=words, boot=False, **scenario.options)
    output, errors = process.communicate(timeout=60)
    assert errors == b""
    return json.loads(output) if output else None


def test_what_a_killed_trial_leaves_is_removed(scene: Scene, numbers: dict[str, list[int]]) -> None:
    def left() -> list[pathlib.Path]:
        return list(scene.cgroup.glob("netops-keepalive-trial-*"))

    scenario = SCENARIOS["attach"]
    run(scene, scenario, f"signal=KILL:when={numbers['attach'][0]}")
    assert len(left()) == 1
    scene.always(**NEW)
    assert left() == []
