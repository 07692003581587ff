# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Workers on one port that are measured: each entry tells of the worker whose process it names, or says whose it tells of."""

from __future__ import annotations

import contextlib
from typing import Any

from tests.support.hosts.throwaway import ThrowawayHost, arguments, module, result_of
from tests.support.probe.inspecting import scene

OPTIONS = {"method": "dead_peer", "max_wait": 1, "settle": 0.1, "policy": {"time": 60, "interval": 10, "probes": 6}}


def measured(host: ThrowawayHost, port: int) -> dict[int, dict[str, Any]]:
    """Each entry by the process that it names."""
    result = result_of(host.start(*module("tcp_keepalive_probe"), stdin=arguments(False, {**OPTIONS, "ports": [port]})))
    return {entry["process"]["pid"]: entry for entry in result["listeners"]}


def test_each_worker_is_measured_for_itself(shared_host: ThrowawayHost) -> None:
    with contextlib.ExitStack() as stack:
        verdicts, port = {}, 0
        for accepted, verdict in (({"time": 11}, "drops_too_late"), ({}, "keepalive_off")) * 2:
            kind = {"reuseport": True, "port": port, "accepted": accepted}
            (worker,) = stack.enter_context(scene.servers(shared_host, kind))
            port = worker.port
            verdicts[worker.pid] = verdict
        found = measured(shared_host, port)
    assert {pid: entry["verdict"] for pid, entry in found.items()} == verdicts
    assert not any("Another worker" in limit for entry in found.values() for limit in entry["limits"])


def test_a_worker_that_gets_no_turn_has_the_values_of_another(shared_host: ThrowawayHost) -> None:
    steered = {"reuseport": True, "first_worker_only": True, "accepted": {"time": 11}}
    with (
        scene.servers(shared_host, steered) as (first,),
        scene.servers(shared_host, {"reuseport": True, "port": first.port}) as (second,),
    ):
        found = measured(shared_host, first.port)
    assert found[second.pid]["settings"]["time"] == 11
    limit = f"Another worker on this port took every test connection: these are the values of process {first.pid}."
    assert limit in found[second.pid]["limits"]
    assert limit not in found[first.pid]["limits"]
