# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several workers on one port (SO_REUSEPORT): each is an entry, and shows its own options."""

from __future__ import annotations

import contextlib

from tests.support.inspecting import scene
from tests.support.throwaway import ThrowawayHost


def test_each_worker_shows_its_own_options(shared_host: ThrowawayHost) -> None:
    """The kernel draws a worker for each connection: a first one may well go to another than it was meant for."""
    with contextlib.ExitStack() as stack:
        pids = {}
        port = 0
        for time in (11, 22, 33, 44):
            kind = {"reuseport": True, "port": port, "accepted": {"time": time}}
            (worker,) = stack.enter_context(scene.servers(shared_host, kind))
            port = worker.port
            pids[worker.pid] = time
        observations = scene.inspected(shared_host, [port], options={"settle": 0.1}).observations(port)
    read = {one["process"]["pid"]: one["values"]["time"] for one in observations}
    assert read == pids


def test_open_connections_of_workers_are_counted_together_and_this_is_said(shared_host: ThrowawayHost) -> None:
    with (
        scene.servers(shared_host, {"reuseport": True}) as (first,),
        scene.servers(shared_host, {"reuseport": True, "port": first.port}),
    ):
        observations = scene.inspected(shared_host, [first.port], options={"settle": 0.1}).observations(first.port)
    assert [one["limits"] for one in observations] == [
        ["2 listeners share this address and port: the open connections of all of them are counted at each."]
    ] * 2


def test_a_worker_that_gets_no_turn_is_told_by_anothers_options(shared_host: ThrowawayHost) -> None:
    """Here the application steers every connection to its first worker."""
    steered = {"reuseport": True, "first_worker_only": True, "accepted": {"time": 11}}
    with (
        scene.servers(shared_host, steered) as (first,),
        scene.servers(shared_host, {"reuseport": True, "port": first.port, "accepted": {"time": 22}}) as (second,),
    ):
        observations = scene.inspected(shared_host, [first.port], options={"settle": 0.1}).observations(first.port)
    seen = {one["process"]["pid"]: one for one in observations}
    assert {pid: one["values"]["time"] for pid, one in seen.items()} == {first.pid: 11, second.pid: 11}
    assert seen[second.pid]["limits"][0] == (
        f"Another worker on this port took every test connection: what is told here is what process {first.pid} has."
    )
    assert not any("took every" in limit for limit in seen[first.pid]["limits"])
