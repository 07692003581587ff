# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several workers on one port (SO_REUSEPORT): each is an entry, and shows its own options."""

from __future__ import annotations

import contextlib

import pytest

from tests.support.hosts.throwaway import ThrowawayHost
from tests.support.probe.inspecting import scene


def test_each_worker_shows_its_own_options(shared_host: ThrowawayHost) -> None:
    """The kernel draws a worker for each connection: a first one may well go to another than it was meant for."""
    times = (11, 22, 33, 44)
    with contextlib.ExitStack() as stack:
        started = workers(stack, shared_host, 0, times)
        port = started[0].port
        observations = scene.inspected(shared_host, [port], options={"settle": 0.1}).observations(port)
    read = {one["process"]["pid"]: one["values"]["time"] for one in observations}
    assert read == dict(zip([worker.pid for worker in started], times, strict=True))


def test_open_connections_of_workers_are_counted_together_and_this_is_said(shared_host: ThrowawayHost) -> None:
    with (
        scene.servers(shared_host, {"reuseport": True}) as (first,),
        scene.servers(shared_host, {"reuseport": True, "port": first.port}),
    ):
        observations = scene.inspected(shared_host, [first.port], options={"settle": 0.1}).observations(first.port)
    assert [one["limits"] for one in observations] == [
        ["2 listeners share this address and port: the open connections of all of them are counted at each."]
    ] * 2


def test_a_worker_that_gets_no_turn_has_the_values_of_another(shared_host: ThrowawayHost) -> None:
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
        f"Another worker on this port took every test connection: these are the values of process {first.pid}."
    )
    assert not any("took every" in limit for limit in seen[first.pid]["limits"])


@pytest.mark.parametrize(
    ("wildcard", "exact"),
    [("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("0.0.0.0", "::ffff:127.0.0.1")],
)
def test_a_wildcard_with_another_listener_on_its_port_has_its_own_options(
    shared_host: ThrowawayHost, wildcard: str, exact: str
) -> None:
    """At the address of loopback the other one answers, so the wildcard is probed at another."""
    everywhere = {"address": wildcard, "reuseport": True, "accepted": {"time": 11}}
    if wildcard == "::":
        everywhere["v6only"] = 0
    with (
        scene.servers(shared_host, everywhere) as (first,),
        scene.servers(
            shared_host, {"address": exact, "reuseport": True, "port": first.port, "accepted": {"time": 22}}
        ) as (second,),
    ):
        observations = scene.inspected(shared_host, [first.port], options={"settle": 0.1}).observations(first.port)
    seen = {one["process"]["pid"]: one for one in observations}
    assert {pid: (one["contact"], one["values"]["time"]) for pid, one in seen.items()} == {
        first.pid: ("accepted", 11),
        second.pid: ("accepted", 22),
    }


def test_a_wildcard_that_nothing_reaches_is_told_by_what_it_has_itself(shared_host: ThrowawayHost) -> None:
    everywhere = {"address": "::", "v6only": 1, "reuseport": True, "listener": {"time": 11}}
    with (
        scene.servers(shared_host, everywhere) as (first,),
        scene.servers(shared_host, {"address": "::1", "reuseport": True, "port": first.port}) as (second,),
    ):
        observations = scene.inspected(shared_host, [first.port], options={"settle": 0.1}).observations(first.port)
    seen = {one["process"]["pid"]: one for one in observations}
    assert seen[second.pid]["keepalive"] is False
    assert (seen[first.pid]["contact"], seen[first.pid]["values"]["time"]) == ("not_tried", 11)
    assert seen[first.pid]["problem"] == (
        f"another listener has port {first.port} of the loopback address, so a connection to this one would reach that one"
    )


def test_workers_that_were_started_again_are_each_read_anew(shared_host: ThrowawayHost) -> None:
    with contextlib.ExitStack() as stack:
        port = workers(stack, shared_host, 0, (11, 22, 33))[0].port
        process = scene.prober(shared_host, ports=[port], wait=True, options={"settle": 0.1})
        assert process.stdout is not None
        assert process.stdout.readline() == b"discovered\n"
    with contextlib.ExitStack() as stack:
        started = workers(stack, shared_host, port, (44, 55, 66))
        observations = scene.resumed(process).observations(port)
    read = {one["process"]["pid"]: one["values"]["time"] for one in observations}
    assert read == dict(zip([worker.pid for worker in started], (44, 55, 66), strict=True))


def workers(stack: contextlib.ExitStack, host: ThrowawayHost, port: int, times: tuple[int, ...]) -> list[scene.Server]:
    found: list[scene.Server] = []
    for time in times:
        kind = {"reuseport": True, "port": port, "accepted": {"time": time}}
        found += stack.enter_context(scene.servers(host, kind))
        port = found[0].port
    return found
