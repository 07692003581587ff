# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Killed at every system call that writes: each file is the old one or the new one, and the next run sets things right."""

from __future__ import annotations

import signal

import pytest

from tests.support.hosts.strace import recording, writes
from tests.support.hosts.throwaway import ThrowawayHost, new_host
from tests.support.hosts.writing_runs import IDS, POINTS, SCENARIOS, Recorded, record


@pytest.fixture(scope="module")
def recorded() -> dict[str, Recorded]:
    return {name: record(host, scenario) for name, scenario in SCENARIOS.items() for host in new_host()}


@pytest.mark.parametrize(("name", "index"), POINTS, ids=IDS)
def test_killed(host: ThrowawayHost, recorded: dict[str, Recorded], name: str, index: int) -> None:
    scenario, call = SCENARIOS[name], recorded[name].calls[index]
    scenario.prepare(host)
    old = lines(host.state())
    trace = host.disk / "trace"
    run = host.begin(
        under=[*recording(trace), "-e", f"inject={call.name}:signal=KILL:when={call.number}"], **scenario.options
    )
    output, _errors = run.communicate(timeout=60)

    assert (run.returncode, output) == (-signal.SIGKILL, b"")
    assert [done.what for done in writes(trace.read_text(encoding="utf-8"))] == scenario.calls[: index + 1]
    # Apart from a temporary file that no program reads, all that stands there is old or new, and nothing is in between.
    present = {line for line in lines(host.state()) if ".netops-keepalive" not in line}
    assert present <= old | lines(recorded[name].final)
    # A file that takes the place of another is there before that one is removed.
    final = files(lines(recorded[name].final))
    assert files(present) in (files(old), files(old) | final, final)

    assert "failed" not in host.set(**scenario.options)
    assert host.state() == recorded[name].final


def lines(state: str) -> set[str]:
    return set(state.splitlines())


def files(state: set[str]) -> set[str]:
    return {line.split()[0] for line in state if line.startswith("/")}
