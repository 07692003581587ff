# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every listener of the host is found, with who holds it: held against `ss` and against the servers' own word."""

from __future__ import annotations

import json
import os
import re
import sys

import pytest

from tests.support import needs
from tests.support.hosts.throwaway import NOBODY, ThrowawayHost
from tests.support.probe.inspecting import scene

LINK_LOCAL = "fe80::6b65:6570"
FEW_FILES = 12


@pytest.fixture(scope="module", autouse=True)
def interfaces(shared_host: ThrowawayHost) -> None:
    """A pair of interfaces with addresses of their own, both ends here."""
    shared_host.sh(
        "ip link add wire0 type veth peer name wire1; ip addr add 192.0.2.1/24 dev wire0; "
        f"ip addr add {LINK_LOCAL}/64 dev wire0 nodad; ip link set wire0 up; ip link set wire1 up"
    )


def ss(host: ThrowawayHost, *options: str) -> set[tuple[str, int, int]]:
    """Address, port and cookie of each listener. `ss` tells a wildcard of both families by an asterisk."""
    output = host.sh(f"{needs.program('ss', package='iproute2')} -tlnHe {' '.join(options)}")
    found = set()
    for line in output.splitlines():
        place = re.match(r"(?:mptcp +|tcp +)?LISTEN +\d+ +\d+ +(\S+):(\d+) ", line)
        cookie = re.search(r" sk:([0-9a-f]+) ", line)
        assert place and cookie, line
        address = place[1].strip("[]").partition("%")[0].strip("[]")
        found.add(("::" if address == "*" else address, int(place[2]), int(cookie[1], 16)))
    return found


def ours(found: scene.Found) -> set[tuple[str, int, int]]:
    return {(one["address"], one["port"], one["cookie"]) for one in found.answer["listeners"]}


ADDRESSES = ["127.0.0.1", "0.0.0.0", "::1", "::", "192.0.2.1", f"{LINK_LOCAL}%wire0", "127.0.0.53"]


def test_every_kind_of_address_is_found_as_ss_finds_it(shared_host: ThrowawayHost) -> None:
    kinds = [{"address": address, "v6only": 0} if address == "::" else {"address": address} for address in ADDRESSES]
    with scene.servers(shared_host, *kinds, {"address": "::", "v6only": 1}) as servers:
        found = scene.discovered(shared_host)
        assert ours(found) == ss(shared_host)
        assert len(servers) == len(ADDRESSES) + 1
    by_port = [found.listener(server.port) for server in servers]
    assert [one["address"] for one in by_port] == [*(a.partition("%")[0] for a in ADDRESSES), "::"]
    assert [one["v6only"] for one in by_port[3:4] + by_port[-1:]] == [False, True]
    assert by_port[5]["interface"] == int(shared_host.sh("ip -o link show wire0 | cut -d: -f1"))
    assert [one["holders"] for one in by_port] == [[{"pid": s.pid, "fd": s.descriptor}] for s in servers]


def test_workers_with_a_socket_each_and_workers_that_share_one(shared_host: ThrowawayHost) -> None:
    with (
        scene.servers(shared_host, {"reuseport": True}) as (first,),
        scene.servers(shared_host, {"reuseport": True, "port": first.port}) as (second,),
        scene.servers(shared_host, {"workers": 3}) as (shared,),
    ):
        found = scene.discovered(shared_host)
        children = {int(pid) for pid in shared_host.sh(f"pgrep -g {shared.pid}").split()}
    apart = found.listeners(first.port)
    assert {one["process"]["pid"] for one in apart} == {first.pid, second.pid}
    assert len({one["cookie"] for one in apart}) == 2
    process = found.listener(shared.port)["process"]
    assert process["pid"] == shared.pid
    assert set(process["pids"]) == children
    assert len(children) == 3


def test_a_listener_above_many_descriptors_and_under_a_high_number(shared_host: ThrowawayHost) -> None:
    with scene.servers(shared_host, {"descriptors": 400}) as (server,):
        assert server.descriptor > 400
        assert scene.discovered(shared_host).listener(server.port)["process"]["pid"] == server.pid


def test_an_mptcp_listener_is_one_and_not_two(shared_host: ThrowawayHost) -> None:
    needs.mptcp()
    with scene.servers(shared_host, {"mptcp": True}, {}) as (multipath, plain):
        found = scene.discovered(shared_host)
        listed = ss(shared_host, "--mptcp")
    assert found.listener(multipath.port)["mptcp"] is True
    assert found.listener(plain.port)["mptcp"] is False
    assert ("127.0.0.1", multipath.port, found.listener(multipath.port)["cookie"]) in listed


def test_another_namespace_is_looked_into_when_asked_for_and_left_again(shared_host: ThrowawayHost) -> None:
    inside = ("unshare", "--net", "sh", "-c", 'ip link set lo up; exec "$@"', "sh")
    with scene.servers(shared_host, {"listener": {"time": 61}}, under=inside) as (server,):
        assert not scene.discovered(shared_host).listeners(server.port)
        found = scene.inspected(shared_host, [server.port], namespaces=True)
        own = shared_host.sh("readlink /proc/self/ns/net").strip()
        its = shared_host.sh(f"readlink /proc/{server.pid}/ns/net").strip()
        named = shared_host.sh(f"readlink {found.listener(server.port)['namespace']}").strip()
    assert named == its != own
    assert found.answer["namespace"] == own
    observation = found.observation(server.port)
    assert (observation["contact"], observation["read"], observation["values"]["time"]) == ("accepted", "exact", 61)


def test_a_namespace_that_cannot_be_left_again_is_not_entered(shared_host: ThrowawayHost) -> None:
    """Root of a user namespace alone, as with `podman unshare`: the way in is open, the way back is not."""
    with scene.servers(shared_host, {"listener": {"time": 61}}) as (server,):
        order = {"ports": [server.port], "namespaces": True, "target": {"connect": False}}
        script = (
            "unshare --net sleep 60 & until [ $(readlink /proc/$!/ns/net) != $(readlink /proc/self/ns/net) ]; do "
            f"sleep 0.05; done; {sys.executable} {scene.HERE}/prober.py; kill $!"
        )
        inside = ("unshare", "--user", "--map-root-user", "sh", "-c", script)
        found = scene.seen(shared_host.start(*inside, stdin=json.dumps(order).encode() + b"\n"))
        own = shared_host.sh("readlink /proc/self/ns/net").strip()
    assert found.answer["namespace"] == own
    assert found.observation(server.port)["contact"] == "not_tried"
    (limit,) = found.answer["limits"]
    assert re.fullmatch(
        r"Not all network namespaces were looked into: [1-9]\d* could not be entered, and those of \d+ processes are not "
        r"shown; run the task as root of the machine, not of a container\.",
        limit,
    )


def test_arguments_are_shown_only_when_asked_for(shared_host: ThrowawayHost) -> None:
    with scene.servers(shared_host, {"name": "<script>\xe9\n"}) as (server,):
        process = scene.discovered(shared_host).listener(server.port)["process"]
        in_full = scene.discovered(shared_host, full_command=True).listener(server.port)["process"]
    assert process["command"] == sys.executable
    assert "servers.py" in in_full["command"]
    assert process["name"] == "<script>\xe9\n"


def test_what_another_user_may_not_see_is_null_and_yet_found(shared_host: ThrowawayHost) -> None:
    needs.root()
    with scene.servers(shared_host, {}) as (server,):
        listener = scene.discovered(shared_host, user=NOBODY).listener(server.port)
    assert (listener["address"], listener["process"], listener["holders"]) == ("127.0.0.1", None, [])


def test_without_a_free_descriptor_there_is_a_sentence(shared_host: ThrowawayHost) -> None:
    program = (
        "import resource, sys; sys.argv = ['']; from tests.support.probe.inspecting import prober; import os;"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3)); prober.main()"
    )
    process = shared_host.start("env", "-C", os.getcwd(), sys.executable, "-c", program, stdin=b"{}\n")
    output, errors = process.communicate(timeout=60)
    assert b"No descriptor is free to list the sockets with: raise the limit of open files (ulimit -n)." in output, (
        errors
    )


def test_processes_may_come_and_go_meanwhile(shared_host: ThrowawayHost) -> None:
    """A process that ends while it is looked at is no error, and hides no other."""
    churn = shared_host.open("sh", "-c", "while :; do sleep 0.001; done")
    try:
        with scene.servers(shared_host, {}) as (server,):
            found = [scene.discovered(shared_host).listener(server.port)["process"]["pid"] for _ in range(5)]
            assert found == [server.pid] * 5
    finally:
        churn.kill()
        churn.communicate()
