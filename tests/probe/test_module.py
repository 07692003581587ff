# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module as a user meets it: what it refuses, what it returns. The servers are those of the demo."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import needs, paths
from tests.support.hosts.throwaway import ThrowawayHost, arguments, end_of, module, result_of

SERVERS = paths.ROOT / "demo" / "servers.py"
POLICY = {"time": 120, "interval": 30, "probes": 4}
HOST_VALUES = "120 30 4"


def probe(on: ThrowawayHost, /, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
    return result_of(on.start(*module("tcp_keepalive_probe"), stdin=arguments(check_mode, options)))


def refusal(on: ThrowawayHost, /, **options: Any) -> str:
    result = probe(on, **options)
    assert result["failed"]
    message: str = result["msg"]
    return message


@contextlib.contextmanager
def server(host: ThrowawayHost, kind: str) -> Iterator[int]:
    process = host.open(sys.executable, str(SERVERS), kind)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.fixture(scope="module")
def good(shared_host: ThrowawayHost) -> Iterator[int]:
    """Keepalive is on, with the host's values; the port."""
    for name, value in zip(("time", "intvl", "probes"), HOST_VALUES.split(), strict=True):
        shared_host.sh(f"echo {value} > /proc/sys/net/ipv4/tcp_keepalive_{name}")
    with server(shared_host, "with-keepalive") as port:
        yield port


@pytest.fixture(scope="module")
def bad(shared_host: ThrowawayHost) -> Iterator[int]:
    with server(shared_host, "without-keepalive") as port:
        yield port


def test_every_listener_of_the_host(shared_host: ThrowawayHost, good: int, bad: int) -> None:
    result = probe(shared_host, policy=POLICY)
    assert result["changed"] is False
    found = {entry["port"]: entry for entry in result["listeners"]}
    assert set(found) == {good, bad}
    assert set(result["would_connect"]) == {f"127.0.0.1:{good}", f"127.0.0.1:{bad}"}
    assert found[good]["verdict"] == "compliant"
    assert found[good]["reason"] == "Keepalive is on: a dead peer is dropped after 240 s, the policy allows 240 s."
    assert found[good]["set_by"] == "host"
    assert found[good]["settings"] == {"time": 120, "interval": 30, "probes": 4, "user_timeout": 0, "drop_after": 240}
    assert found[good]["process"]["name"] == "python3" or found[good]["process"]["name"].startswith("python")
    assert found[bad]["verdict"] == "keepalive_off"
    assert [found[port]["named"] for port in (good, bad)] == [False, False]
    assert [found[port]["process"]["preload"] for port in (good, bad)] == [None, "possible"]


def test_without_a_policy_it_says_what_it_sees(shared_host: ThrowawayHost, good: int) -> None:
    (entry,) = probe(shared_host, ports=[good])["listeners"]
    assert entry["verdict"] is None
    assert entry["reason"] == "Keepalive is on: a dead peer is dropped after 240 s."


def test_entries_come_in_the_order_of_the_targets(shared_host: ThrowawayHost, good: int, bad: int) -> None:
    targets = [
        {"name": "bad one", "port": bad, "keepalive_expected": False, "reason": "it is a test"},
        {"name": "nobody", "port": 1},
        {"name": "good one", "port": f"127.0.0.1:{good}", "policy": {"time": 60}},
    ]
    listeners = probe(shared_host, targets=targets, policy=POLICY)["listeners"]
    assert [(entry["target"], entry["name"], entry["verdict"]) for entry in listeners] == [
        (0, "bad one", "exempt"),
        (1, "nobody", "refused"),
        (2, "good one", "time_too_long"),
    ]
    assert listeners[1]["reason"] == "Nothing listens on TCP port 1 of this host."


def test_many_ports_without_a_listener_are_a_range_on_each_side_of_the_one_with_a_listener(
    host: ThrowawayHost,
) -> None:
    """On a host without another listener, whose port might be one of these."""
    with server(host, "with-keepalive") as good:
        first, last = good - 1000, good + 1000
        policy = {"time": 7200, "interval": 75, "probes": 9}
        below, found, above = probe(host, ports=list(range(first, last + 1)), policy=policy)["listeners"]
    assert (found["target"], found["port"], found["last_port"], found["verdict"]) == (1000, good, None, "compliant")
    assert [(one["target"], one["port"], one["last_port"]) for one in (below, above)] == [
        (0, first, good - 1),
        (1001, good + 1, last),
    ]
    assert above["reason"] == f"Nothing listens on TCP ports {good + 1}-{last} of this host."


def test_check_mode_opens_no_connection_and_lists_them(shared_host: ThrowawayHost, good: int) -> None:
    before = shared_host.sh("cat /proc/net/netstat /proc/net/snmp | grep -A1 ^Tcp: | tail -1 | cut -d' ' -f6")
    result = probe(shared_host, check_mode=True, ports=[good], policy=POLICY)
    after = shared_host.sh("cat /proc/net/netstat /proc/net/snmp | grep -A1 ^Tcp: | tail -1 | cut -d' ' -f6")
    assert after == before, "ActiveOpens of the network namespace"
    assert result["would_connect"] == [f"127.0.0.1:{good}"]
    assert [entry["port"] for entry in result["listeners"]] == [good]


ODD_NAME = """
import pathlib, socket
pathlib.Path("/proc/self/comm").write_bytes(b"\\xff<b>{{ 7 * 7 }}")
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
input()
"""


def test_a_process_may_call_itself_anything(shared_host: ThrowawayHost) -> None:
    process = shared_host.open(sys.executable, "-c", ODD_NAME)
    assert process.stdout is not None
    port = int(process.stdout.readline())
    (entry,) = probe(shared_host, ports=[port], connect=False)["listeners"]
    process.communicate(input=b"\n", timeout=30)
    assert entry["process"]["name"] == "\N{REPLACEMENT CHARACTER}<b>{{ 7 * 7 }}"


AFTER_LOGIN = """
import socket
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
user = socket.create_connection(server.getsockname())
served, _ = server.accept()
user.sendall(b"login")
served.recv(5)
served.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
kept = [server.accept(), server.accept()]
input()
"""


def test_an_application_that_turns_it_on_after_a_login_is_not_accused(shared_host: ThrowawayHost) -> None:
    process = shared_host.open(sys.executable, "-c", AFTER_LOGIN)
    assert process.stdout is not None
    port = int(process.stdout.readline())
    entries = [
        probe(shared_host, ports=[port], policy=POLICY, method=method)["listeners"][0]
        for method in ("inspect", "dead_peer")
    ]
    process.communicate(input=b"\n", timeout=30)
    assert [(entry["verdict"], entry["keepalive"]) for entry in entries] == [("inconclusive", None)] * 2
    why = "the application turns it on later, for example after a login"
    assert [entry["reason"] for entry in entries if why not in entry["reason"]] == []


def test_a_udp_socket_on_the_port_is_said(shared_host: ThrowawayHost) -> None:
    program = "import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.bind(('127.0.0.1', 4433)); print(flush=True); input()"
    process = shared_host.open(sys.executable, "-c", program)
    assert process.stdout is not None
    process.stdout.readline()
    (entry,) = probe(shared_host, ports=[4433], policy=POLICY)["listeners"]
    process.communicate(input=b"\n", timeout=30)
    assert entry["verdict"] == "refused"
    assert entry["reason"].endswith("a UDP socket does, and UDP has no keepalive.")


def test_a_host_without_an_address_is_unreachable_and_delays_no_other(shared_host: ThrowawayHost) -> None:
    """Two in one call: one has no address, the other refuses."""
    targets = [
        {"host": "no-such-host.invalid", "port": 80},
        {"host": "no..name", "port": 80},
        {"host": "127.0.0.1", "port": 1},
    ]
    nowhere, no_name, refused = probe(shared_host, targets=targets, policy=POLICY)["listeners"]
    assert no_name["verdict"] == "unreachable"
    assert nowhere["verdict"] == "unreachable"
    assert nowhere["reason"].startswith("The host 'no-such-host.invalid' has no address: ")
    assert refused["verdict"] == "refused"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"ports": ["http"]}, "the port is 'http': allowed is a TCP port from 1 to 65535"),
        ({"ports": ["53/udp"]}, "the port is '53/udp': allowed is a TCP port from 1 to 65535"),
        ({"ports": [80], "method": "dead_peer", "max_wait": 0}, "max_wait is 0.0: allowed is a number of seconds"),
        ({"ports": [80], "policy": {"time": "soon"}}, "time is 'soon': allowed is a whole number of seconds"),
        ({"ports": [80], "progress_file": "/no/such/file"}, "progress_file is '/no/such/file': it cannot be written"),
        ({"method": "dead_peer"}, "no port is named: host and method dead_peer need ports or targets"),
    ],
)
def test_bad_input_gets_a_sentence(shared_host: ThrowawayHost, options: dict[str, Any], sentence: str) -> None:
    assert refusal(shared_host, **options).startswith(sentence)


def test_what_is_sent_is_never_shown(shared_host: ThrowawayHost, good: int) -> None:
    process = shared_host.start(
        *module("tcp_keepalive_probe"), stdin=arguments(False, {"ports": [good], "send": "hunter2-secret"})
    )
    output, errors = process.communicate(timeout=60)
    assert b"hunter2-secret" not in output + errors
    assert b"listeners" in output


def test_the_filter_can_be_demanded(shared_host: ThrowawayHost) -> None:
    """An ordinary user may not attach it; then nothing is connected to."""
    options = {"host": "127.0.0.1", "ports": [1], "require_filter": True, "policy": POLICY}
    assert not probe(shared_host, **options).get("failed")
    needs.root()
    result = shared_host.as_nobody("tcp_keepalive_probe", **options)
    assert result["msg"].startswith("this machine cannot measure a dead peer: ")


def test_a_run_without_privilege_says_what_it_lacks(shared_host: ThrowawayHost, good: int) -> None:
    needs.root()
    assert probe(shared_host, ports=[good])["lacks"] is None
    assert shared_host.as_nobody("tcp_keepalive_probe", ports=[good])["lacks"] == "no_privilege"


def test_a_part_of_a_name_that_is_sent_as_well_is_not_masked(shared_host: ThrowawayHost, good: int) -> None:
    options = {"targets": [{"port": good, "send": "y"}], "send": "t"}
    output, _errors = end_of(shared_host.start(*module("tcp_keepalive_probe"), stdin=arguments(False, options)))
    result = json.loads(output)
    (entry,) = result["listeners"]
    assert entry["process"]["name"].startswith("python")
    sent = result["invocation"]["module_args"]
    assert {sent["send"], sent["targets"][0]["send"]} == {"VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"}


def test_namespaces_that_are_not_shown_are_a_warning(shared_host: ThrowawayHost, good: int) -> None:
    needs.root()
    result = shared_host.as_nobody("tcp_keepalive_probe", network_namespaces=True)
    assert good in [entry["port"] for entry in result["listeners"]]
    (limit,) = result["limits"]
    assert limit.startswith("Not all network namespaces were looked into: ")
    assert limit.endswith(" processes are not shown; run the task with become: true.")
    assert result["warnings"] == result["limits"]
    assert probe(shared_host, ports=[good])["limits"] == []


def test_nothing_is_left_behind(shared_host: ThrowawayHost, good: int) -> None:
    probe(shared_host, ports=[good], policy=POLICY)
    connections = shared_host.sh(
        f"ss -tnH state established state close-wait state fin-wait-1 sport = :{good} or dport = :{good}"
    )
    assert connections == ""
