# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which addresses a measurement goes to: those of a name, and the other way into a listener for both families."""

from __future__ import annotations

import sys
from typing import Any

from tests.support.hosts.throwaway import ThrowawayHost, arguments, module, result_of
from tests.support.probe.dead_peer import scene

QUICK = {"time": 1, "interval": 1, "probes": 1}
POLICY = {"time": 60, "interval": 20, "probes": 3}
# A name server that knows no name. It says how often it was asked when its input ends.
NAME_SERVER = """
import select, socket, sys
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.53", 53))
print("ready", flush=True)
asked = 0
while sys.stdin not in select.select([server, sys.stdin], [], [])[0]:
    question, client = server.recvfrom(1000)
    server.sendto(question[:2] + b"\\x81\\x83" + question[4:6] + bytes(6) + question[12:], client)
    asked += 1
print(asked)
"""


def probe(on: ThrowawayHost, /, **options: Any) -> list[dict[str, Any]]:
    process = on.start(*module("tcp_keepalive_probe"), stdin=arguments(False, {"policy": POLICY, **options}))
    listeners: list[dict[str, Any]] = result_of(process)["listeners"]
    return listeners


def use_file(host: ThrowawayHost, path: str, content: str) -> None:
    """Have that host see another file there."""
    own = f"{host.disk}/{path.replace('/', '-')}"
    host.write(own, content)
    host.sh(f"mount --bind {own} {path}")


def test_a_listener_for_both_families_without_ipv6(host: ThrowawayHost) -> None:
    """It is reached over IPv4, and still known by its own address."""
    with scene.servers(host, {**QUICK, "address": "::"}, {"address": "::", "v6only": 1}) as ports:
        host.sh("echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6")
        targets = [{"address": "::", "port": port, "max_wait": 6} for port in ports]
        both, ipv6_only = scene.measured(host, targets, local=True)["observations"]
    assert (both["contact"], both["address"], both["family"]) == ("accepted", "::", "inet6")
    assert both["values"] == {**QUICK, "user_timeout": 0}
    assert both["measured"]["ended_by"] == "dropped"
    assert ipv6_only["contact"] == "not_tried"
    assert ipv6_only["problem"].endswith("no port is free, or no address of its own leads there")


def test_an_application_that_rejects_one_family_is_measured_over_the_other(host: ThrowawayHost) -> None:
    """As zabbix_agent2 does as shipped: it closes connections from ::1 and takes those from 127.0.0.1."""
    both = {**QUICK, "address": "::"}
    with scene.servers(host, {**both, "rejects": "::1"}, both, {**both, "closes_after": 0.001}) as ports:
        targets = [{"address": "::", "port": port, "max_wait": 6} for port in ports]
        found = scene.measured(host, targets, local=True)["observations"]
    rejecting, taking, closing = found
    for seen in (rejecting, taking):
        assert (seen["values"], seen["measured"]["ended_by"]) == ({**QUICK, "user_timeout": 0}, "dropped")
    assert closing["measured"]["ended_by"] in ("closed", "reset")


def test_a_name_is_tried_at_each_of_its_addresses(host: ThrowawayHost) -> None:
    """Each connection of the target goes on to the next address, and what is told names the one that was reached."""
    use_file(host, "/etc/hosts", "::1 both.example\n127.0.0.1 both.example\n")
    progress = f"{host.disk}/progress"
    with scene.servers(host, {**QUICK, "greeting": "220 ready\r\n", "user_timeout": 2}) as (port,):
        options = {"host": "both.example", "max_wait": 8, "in_flight": True, "hold": 1, "progress_file": progress}
        good, refused = probe(host, ports=[port, 1], **options)
    assert (good["verdict"], good["address"], good["family"]) == ("compliant", "127.0.0.1", "inet")
    assert good["in_flight"]["ended_by"] == "dropped"
    assert good["path"]["answered"] is True
    assert refused["verdict"] == "refused"
    assert refused["reason"] == (
        "[::1]:1 refused the connection: nothing listens there, or a firewall rejects it; 127.0.0.1:1 refused the connection: "
        "nothing listens there, or a firewall rejects it."
    )
    told = host.read(progress).decode().splitlines()
    assert told[0] == "looking up 1 host name"
    assert told[1].startswith("2 listeners at once: ")
    assert any(line.startswith(f"127.0.0.1:{port}: dropped") for line in told)


def test_a_name_without_ipv6_on_the_way(host: ThrowawayHost) -> None:
    """What cannot be tried says nothing about the host: the address that was tried decides."""
    use_file(host, "/etc/hosts", "::1 both.example\n127.0.0.1 both.example\n")
    host.sh("echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6")
    with scene.servers(host, QUICK) as (port,):
        good, refused = probe(host, host="both.example", ports=[port, 1], max_wait=6)
    assert good["verdict"] == "compliant"
    assert refused["verdict"] == "refused"


def test_a_name_is_looked_up_once(host: ThrowawayHost) -> None:
    use_file(host, "/etc/resolv.conf", "nameserver 127.0.0.53\n")
    server = host.open(sys.executable, "-c", NAME_SERVER)
    assert server.stdout is not None
    server.stdout.readline()
    listeners = probe(host, host="db.example.", ports=[1, 2, 3])
    asked, _errors = server.communicate(timeout=30)
    assert [entry["verdict"] for entry in listeners] == ["unreachable"] * 3
    assert int(asked) == 2, "for an IPv4 and for an IPv6 address"


def test_no_route_to_a_listener_of_this_host(host: ThrowawayHost) -> None:
    """That says nothing about the application."""
    host.sh("ip netns add dark")
    with scene.servers(host, {**QUICK, "address": "0.0.0.0"}, within=["ip", "netns", "exec", "dark"]) as (port,):
        (seen,) = scene.measured(host, [{"address": "0.0.0.0", "port": port}], local=True)["observations"]
    assert seen["contact"] == "not_tried"
    assert seen["problem"].endswith(f"0.0.0.0:{port}: no route leads there; check that the interface lo is up")
