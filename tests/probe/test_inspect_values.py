# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What inspect reads of applications that set their options in every way there is; all of them in one call."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.support import needs
from tests.support.hosts.throwaway import ThrowawayHost
from tests.support.probe.inspecting import scene

HOST = {"time": 7200, "interval": 75, "probes": 9, "user_timeout": 0}
OWN = {"time": 60, "interval": 20, "probes": 3}
LINK_LOCAL = "fe80::6b65:6570%wire0"
SETTLE = 0.5


class Case(NamedTuple):
    """A server (see servers.py) and what of the observation depends on it."""

    server: dict[str, Any]
    expected: dict[str, Any]


def on(set_by: str | None = "application", **values: Any) -> dict[str, Any]:
    return {"contact": "accepted", "read": "exact", "keepalive": True, "values": {**HOST, **values}, "set_by": set_by}


OFF = {"contact": "accepted", "read": "exact", "keepalive": False, "values": HOST, "set_by": None}
CASES = {
    "off": Case({}, OFF),
    "on, the host's values": Case({"accepted": {"keepalive": True}}, on("host")),
    "on, the same values set": Case({"accepted": {"time": 7200, "interval": 75, "probes": 9}}, on("host")),
    "own values": Case({"accepted": OWN}, on(**OWN)),
    "one own value": Case({"accepted": {"probes": 4}}, on(probes=4)),
    "values without keepalive": Case(
        {"accepted": {"time": 60, "keepalive": False}}, {**OFF, "values": {**HOST, "time": 60}}
    ),
    "user timeout": Case({"accepted": {"keepalive": True, "user_timeout": 30500}}, on(user_timeout=30.5)),
    "set on the listener": Case({"listener": OWN}, on(**OWN)),
    "set late": Case({"accepted": OWN, "late": 0.3}, on(**OWN)),
    "set by a child": Case({"accepted": OWN, "fork": True}, on(**OWN)),
    "prefork": Case({"accepted": OWN, "workers": 3}, on(**OWN)),
    "many descriptors": Case({"accepted": OWN, "descriptors": 600}, on(**OWN)),
    "greets": Case({"accepted": OWN, "greeting": "220 hello\r\n"}, on(**OWN)),
    "wildcard": Case({"accepted": OWN, "address": "0.0.0.0"}, on(**OWN)),
    "own address": Case({"accepted": OWN, "address": "192.0.2.1"}, on(**OWN)),
    "IPv6 loopback": Case({"accepted": OWN, "address": "::1"}, on(**OWN)),
    "IPv6 only": Case({"accepted": OWN, "address": "::", "v6only": 1}, on(**OWN)),
    "both families": Case({"accepted": OWN, "address": "::", "v6only": 0}, on(**OWN)),
    "rejects IPv6": Case({"accepted": OWN, "address": "::", "v6only": 0, "rejects": "::1"}, on(**OWN)),
    "link-local": Case({"accepted": OWN, "address": LINK_LOCAL}, on(**OWN)),
    "bound to an interface": Case({"accepted": OWN, "address": "0.0.0.0", "interface": "wire0"}, on(**OWN)),
    "bound to an interface, IPv6": Case({"accepted": OWN, "address": "::", "interface": "wire0"}, on(**OWN)),
}


@pytest.fixture(scope="module")
def everything(shared_host: ThrowawayHost) -> Iterator[dict[str, Any]]:
    """The observations by the names of the cases, with the time that all took together."""
    shared_host.sh(
        "ip link add wire0 type veth peer name wire1; ip addr add 192.0.2.1/24 dev wire0; "
        f"ip addr add {LINK_LOCAL.partition('%')[0]}/64 dev wire0 nodad; ip link set wire0 up; ip link set wire1 up"
    )
    with scene.servers(shared_host, *(case.server for case in CASES.values())) as servers:
        found = scene.inspected(shared_host, [server.port for server in servers], options={"settle": SETTLE})
        yield {
            **{name: found.observation(server.port) for name, server in zip(CASES, servers, strict=True)},
            "answer": found.answer,
        }


@pytest.mark.parametrize("name", CASES)
def test_the_options_are_the_applications(everything: dict[str, Any], name: str) -> None:
    observation = everything[name]
    expected = CASES[name].expected
    assert {key: observation[key] for key in expected} == expected, observation
    assert observation["problem"] is None
    assert observation["limits"] == []


@pytest.mark.parametrize(("tls", "verdict"), [(True, (True, 33)), (False, (False, None))])
def test_options_that_are_set_after_a_tls_handshake_take_one(
    shared_host: ThrowawayHost, certificate: pathlib.Path, tls: bool, verdict: tuple[bool, int | None]
) -> None:
    kind = {"certificate": str(certificate), "accepted": {"time": 33}}
    with scene.servers(shared_host, kind) as (server,):
        found = scene.inspected(shared_host, [server.port], target={"tls": tls}, options={"settle": 0.3})
    observation = found.observation(server.port)
    assert (observation["keepalive"], observation["values"]["time"] if tls else None) == verdict
    assert observation["limits"] == []


def test_a_tls_handshake_that_fails_is_said(shared_host: ThrowawayHost) -> None:
    with scene.servers(shared_host, {"greeting": "220 no TLS here\r\n", "accepted": {"time": 33}}) as (server,):
        found = scene.inspected(shared_host, [server.port], target={"tls": True}, options={"settle": 0.1})
    observation = found.observation(server.port)
    assert observation["values"]["time"] == 33
    (limit,) = observation["limits"]
    assert limit.startswith("TLS or send failed (the TLS handshake failed")


def test_settle_is_waited_once_for_all_of_them(everything: dict[str, Any]) -> None:
    """Two of them change their options late, so they are read three times: twice the time, not once for each server."""
    assert everything["answer"]["took"] < 3 * SETTLE + 1


def test_nothing_is_left_open(everything: dict[str, Any], shared_host: ThrowawayHost) -> None:
    assert not [name for name in everything["answer"]["open"] if name.startswith(("socket:", "anon_inode:"))]
    states = shared_host.sh(f"{needs.program('ss', package='iproute2')} -tnH state connected")
    assert not re.findall(r"^(?:ESTAB|SYN-SENT|FIN-WAIT-1)", states, re.MULTILINE), states


def test_a_polite_client_leaves_no_reset(shared_host: ThrowawayHost) -> None:
    """Not even if the application has sent a greeting that was not read."""
    with scene.servers(shared_host, {"greeting": "x" * 100_000}, {}) as servers:
        before = resets(shared_host)
        found = scene.inspected(shared_host, [server.port for server in servers], options={"settle": 0.1})
        assert resets(shared_host) == before
    assert {one["contact"] for one in found.answer["observations"]} == {"accepted"}


def resets(host: ThrowawayHost) -> int:
    """Resets that this network namespace has sent."""
    names, values = host.sh("grep ^Tcp: /proc/net/snmp").split("Tcp:")[1:]
    return int(dict(zip(names.split(), values.split(), strict=True))["OutRsts"])


def test_who_sets_is_told_by_the_values_in_force(host: ThrowawayHost) -> None:
    host.sh("echo 60 > /proc/sys/net/ipv4/tcp_keepalive_time")
    kinds = ({"accepted": {"keepalive": True}}, {"accepted": {"time": 60}}, {"accepted": {"time": 7200}})
    with scene.servers(host, *kinds) as servers:
        found = scene.inspected(host, [server.port for server in servers])
    assert [found.observation(server.port)["set_by"] for server in servers] == ["host", "host", "application"]


def test_open_connections_are_counted_by_listener(shared_host: ThrowawayHost) -> None:
    """IPv4-mapped ones count; what is connected to another address of the same port does not."""
    kinds = (
        {"accepted": OWN, "address": "::", "v6only": 0},
        {"address": "127.0.0.1", "port": 7401},
        {"accepted": OWN, "address": "127.0.0.2", "port": 7401},
        {"address": "0.0.0.0", "port": 7401},
    )
    program = (
        "import socket, sys; kept = [socket.create_connection((sys.argv[n], int(sys.argv[n + 1])))"
        " for n in range(1, len(sys.argv), 2)]; print(flush=True); input()"
    )
    with scene.servers(shared_host, *kinds[:3]) as (both, first, second):
        places = ["127.0.0.1", both.port, "::1", both.port] + ["127.0.0.1", 7401] * 3 + ["127.0.0.2", 7401]
        clients = shared_host.open("python3", "-c", program, *map(str, places))
        assert clients.stdout is not None
        clients.stdout.readline()
        found = scene.inspected(shared_host, [both.port, 7401])
        without = scene.inspected(shared_host, [both.port], options={"connections": False})
        clients.communicate(b"\n", timeout=30)
    assert first.port == second.port == 7401
    counted = {(one["address"], one["port"]): one["connections"] for one in found.answer["observations"]}
    assert counted == {
        ("::", both.port): {"open": 2, "with_keepalive": 2},
        ("127.0.0.1", 7401): {"open": 3, "with_keepalive": 0},
        ("127.0.0.2", 7401): {"open": 1, "with_keepalive": 1},
    }
    assert without.observation(both.port)["connections"] is None


def test_data_in_flight_hides_the_timer_and_this_is_said(shared_host: ThrowawayHost) -> None:
    """The client takes nothing, so the server's data stays on its side of a full window."""
    program = (
        "import socket, sys; c = socket.socket(); c.setsockopt(1, 8, 4096); c.connect(('127.0.0.1', int(sys.argv[1])));"
        "print(flush=True); input()"
    )
    with scene.servers(shared_host, {"accepted": OWN, "greeting": "x" * 100_000}) as (server,):
        client = shared_host.open("python3", "-c", program, str(server.port))
        assert client.stdout is not None
        client.stdout.readline()
        shared_host.sh(
            f"until ss -tnHo state established sport = :{server.port} | grep -q timer:.persist; do sleep 0.1; done"
        )
        observation = scene.inspected(shared_host, [server.port]).observation(server.port)
        client.communicate(b"\n", timeout=30)
    assert observation["connections"] == {"open": 1, "with_keepalive": 0}
    assert observation["limits"] == [
        "1 of the 1 open connections have data in flight, which hides their keepalive timer: they count as without."
    ]


def test_an_mptcp_listener_is_read(shared_host: ThrowawayHost) -> None:
    needs.mptcp()
    with scene.servers(shared_host, {"mptcp": True, "accepted": OWN}) as (server,):
        found = scene.inspected(shared_host, [server.port])
        listener_only = scene.inspected(shared_host, [server.port], target={"connect": False})
    assert found.observation(server.port)["values"] == {**HOST, **OWN}
    assert listener_only.observation(server.port)["contact"] == "not_tried"


def test_a_child_that_is_handed_the_connection_gets_time_of_its_own(shared_host: ThrowawayHost) -> None:
    """On a busy machine it may come to its options only after the first `settle`, which its parent has used up."""
    slow_child = {"fork": True, "keeps": 0.2, "late": 0.4, "accepted": {"time": 60}}
    with scene.servers(shared_host, slow_child) as (server,):
        observation = scene.inspected(shared_host, [server.port], options={"settle": 0.35}).observation(server.port)
    assert (observation["keepalive"], observation["values"]["time"]) == (True, 60)
