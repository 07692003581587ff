# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A path between prober and application that loses, forgets, or is an unusual one: two hosts, a cable between them."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.hosts.throwaway import ThrowawayHost, end_of
from tests.support.probe.dead_peer import scene
from tests.support.probe.dead_peer.table import on_time

SHORT = {"time": 1, "interval": 1, "probes": 3}
QUICK = {"time": 1, "interval": 1, "probes": 1}
INSIDE = ["ip", "netns", "exec", "far"]
NEAR, FAR = "10.99.0.1", "10.99.0.2"
CABLE = f"""
ip netns add far
ip link add name near0 type veth peer name far0 netns far
ip addr add {NEAR}/24 dev near0
ip -n far addr add {FAR}/24 dev far0
ip link set near0 up
ip -n far link set far0 up
ip -n far link set lo up
ip -6 addr add fe80::1/64 dev near0 nodad
ip -n far -6 addr add fe80::2/64 dev far0 nodad
"""
CUT, MENDED = f"ip -n far route add blackhole {NEAR}", f"ip -n far route del blackhole {NEAR}"
Seen = dict[str, Any]


@pytest.fixture
def far(host: ThrowawayHost) -> ThrowawayHost:
    host.sh(CABLE)
    return host


@contextlib.contextmanager
def measuring(
    host: ThrowawayHost, *kinds: Seen, asks: int = 0, **target: Any
) -> Iterator[tuple[subprocess.Popen[bytes], list[Seen]]]:
    """The prober while it measures a server on the far host; its observations are there at the end. ``asks`` is how often
    its kernel asks in vain before it gives up."""
    seen: list[Seen] = []
    with scene.servers(host, *({**kind, "address": FAR} for kind in kinds), within=INSIDE) as ports:
        targets = [{"port": port, "address": FAR, **target} for port in ports]
        process = scene.prober(host, targets, options={"settle": 0.3, "timeout": 2}, asks=asks)
        yield process, seen
        output, errors = end_of(process)
        assert process.returncode == 0, errors
        seen.extend(json.loads(output)["observations"])


def wait_for(process: subprocess.Popen[bytes], what: str) -> None:
    assert process.stderr is not None
    assert any(what in line.decode() for line in process.stderr), "the prober never said it"


def test_the_reset_is_lost(far: ThrowawayHost) -> None:
    """It is asked for: the application's side no longer knows the connection."""
    with measuring(far, SHORT, max_wait=20) as (process, seen):
        wait_for(process, "keepalive probe 3")
        far.sh(f"{CUT}; sleep 1.6; {MENDED}")
    measured = seen[0]["measured"]
    assert measured["ended_by"] == "dropped"
    assert measured["probes"] == 3
    assert on_time(measured["dropped_after"], 4)
    assert "The reset that drops the connection did not arrive" in " ".join(seen[0]["limits"])
    assert seen[0]["silent_for"] < 10, "it is not waited for until max_wait"


def test_the_path_forgets(far: ThrowawayHost) -> None:
    """Neither probes nor the reset come through, nor an answer: whether it was dropped is not known. And so it is with a
    connection that was only held."""
    with measuring(far, SHORT, {}, max_wait=6, hold=3.5) as (process, seen):
        wait_for(process, "keepalive probe 2")
        far.sh(CUT)
    probed, held = seen
    assert probed["measured"]["ended_by"] == "open"
    assert probed["measured"]["dropped_after"] is None
    assert "the other side gave no answer at all" in " ".join(probed["limits"])
    assert held["path"]["answered"] is False
    assert on_time(held["path"]["held"], 3.5)
    assert "something on the way forgot it" in " ".join(held["limits"])


def test_a_greeting_whose_acknowledgement_is_lost_is_no_probe(far: ThrowawayHost) -> None:
    """It comes again and again, and TCP drops it each time, as the filter drops probes."""
    with measuring(far, {"slow": 1.5, "greeting": "220 ready\r\n"}, max_wait=5) as (process, seen):
        wait_for(process, "silent from now on")
        far.sh(f"ip route add blackhole {FAR}; sleep 2.5; ip route del blackhole {FAR}")
    assert (seen[0]["keepalive"], seen[0]["measured"]["probe_times"]) == (None, [])
    assert seen[0]["measured"]["ended_by"] == "open"


def test_our_own_kernel_gives_up_asking(far: ThrowawayHost) -> None:
    """The reset does not come from the other side, which sends nothing any more."""
    kinds = [{**SHORT, "greeting": "220 ready\r\n"}, {"greeting": "220 ready\r\n"}]
    with measuring(far, *kinds, asks=2, max_wait=8, hold=3.5, in_flight=True) as (process, seen):
        wait_for(process, "keepalive probe 2")
        far.sh(CUT)
    probed, silent = seen
    assert probed["measured"]["ended_by"] == "open"
    assert "the other side gave no answer at all" in " ".join(probed["limits"])
    in_flight = [(one["in_flight"]["ended_by"], one["in_flight"]["dropped_after"]) for one in seen]
    assert in_flight == [("open", None), ("open", None)]
    limits = [" ".join(one["limits"]) for one in seen]
    assert ["With data in flight nothing answered any more" in text for text in limits] == [True, True], limits
    assert silent["path"]["answered"] is False
    assert "something on the way forgot it" in " ".join(silent["limits"])


def test_one_probe_is_lost(far: ThrowawayHost) -> None:
    """The measurement goes on."""
    with measuring(far, {"time": 1, "interval": 1, "probes": 5}, max_wait=20) as (process, seen):
        wait_for(process, "keepalive probe 2")
        far.sh(f"{CUT}; sleep 1.2; {MENDED}")
    assert seen[0]["measured"]["ended_by"] == "dropped"
    assert seen[0]["measured"]["probes"] == 4
    assert on_time(seen[0]["measured"]["dropped_after"], 6)


def test_link_local(far: ThrowawayHost) -> None:
    with scene.servers(far, {**QUICK, "address": "fe80::2%far0"}, within=INSIDE) as (port,):
        found = scene.measured(far, [{"port": port, "address": "fe80::2%near0", "max_wait": 8}])
    assert found["observations"][0]["problem"] is None
    assert found["observations"][0]["measured"]["probes"] == 1


def test_a_listener_in_another_namespace_of_this_host(far: ThrowawayHost) -> None:
    """It is reached, read and measured inside."""
    with scene.servers(far, {**QUICK, "address": "127.0.0.1"}, within=INSIDE) as (port,):
        (seen,) = scene.measured(far, [{"port": port, "max_wait": 8}], local=True)["observations"]
    assert seen["values"] == {**QUICK, "user_timeout": 0}
    assert seen["measured"]["probes"] == 1
