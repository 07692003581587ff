# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes wrong with one target, or with the prober, and stays with it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import run as dead_peer_run
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import pidfd
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.types import Holder

from tests.support import needs
from tests.support.hosts.throwaway import NOBODY, ThrowawayHost, end_of
from tests.support.probe.dead_peer import scene
from tests.support.probe.dead_peer.table import TICK, on_time

# Seconds that other programs may keep both processors from a test.
BUSY = 4

SHORT = {"time": 1, "interval": 1, "probes": 3}
QUICK = {"time": 1, "interval": 1, "probes": 1}
SOCKETS = "ss -Htno state all '( sport = :{port} or dport = :{port} )' | grep -v LISTEN || true"


def sockets(host: ThrowawayHost, port: int) -> str:
    """Of both ends, as ss shows them."""
    return host.sh(SOCKETS.format(port=port))


def wait_for(process: subprocess.Popen[bytes], what: str) -> None:
    assert process.stderr is not None
    assert any(what in line.decode() for line in process.stderr), "the prober never said it"


def test_no_contact(shared_host: ThrowawayHost) -> None:
    """Each has its own reason, and the one that can be measured is measured meanwhile."""
    shared_host.sh("ip route add 192.0.2.0/24 dev lo; ip route add unreachable 198.51.100.0/24")
    with scene.servers(shared_host, QUICK, {"accepts": False, "full": True, "backlog": 0}) as (good, full):
        targets: list[scene.Seen] = [
            {"port": good},
            {"port": full},
            {"port": 1},
            {"port": 1, "address": "::1"},
            {"port": 80, "address": "192.0.2.1"},
            {"port": 80, "address": "198.51.100.1"},
        ]
        found = scene.measured(shared_host, [{**target, "max_wait": 6} for target in targets], options={"timeout": 1.5})
    seen = found["observations"]
    contacts = [observation["contact"] for observation in seen]
    assert contacts == ["accepted", "unreachable", "refused", "refused", "unreachable", "unreachable"]
    assert seen[0]["measured"]["ended_by"] == "dropped"
    assert "nothing listens" in seen[2]["problem"]
    assert seen[3]["problem"].startswith("[::1]:1 ")
    assert "no answer in 1.5 s" in seen[1]["problem"]
    assert "no answer in 1.5 s" in seen[4]["problem"]
    assert "No route to host" in seen[5]["problem"]
    assert found["took"] < 8


def test_a_port_that_is_drawn_as_our_own(host: ThrowawayHost) -> None:
    """Nothing listens there; TCP connects a socket with itself where its own port is the one that it calls."""
    host.sh("echo 40000 40000 > /proc/sys/net/ipv4/ip_local_port_range")
    (seen,) = scene.measured(host, [{"port": 40000, "max_wait": 1}])["observations"]
    assert seen["contact"] == "refused"


def test_a_flood_delays_no_other(shared_host: ThrowawayHost) -> None:
    with scene.servers(shared_host, QUICK, *[{"floods": True}] * 3) as ports:
        found = scene.measured(shared_host, [{"port": port, "max_wait": 3} for port in ports], options={"timeout": 1})
    good, *floods = found["observations"]
    assert on_time(good["measured"]["dropped_after"], 2)
    assert all(seen["talks"] and seen["measured"]["probes"] == 0 for seen in floods)
    assert found["processor"] < found["took"] / 2


def test_killed(shared_host: ThrowawayHost) -> None:
    """Its connections end with a reset at once: no socket is left on either side, least of all a silent one."""
    with scene.servers(shared_host, {**SHORT, "probes": 9}) as (port,):
        process = scene.prober(shared_host, [{"port": port, "max_wait": 30}])
        wait_for(process, "keepalive probe 1")
        assert sockets(shared_host, port).count("keepalive") == 1
        process.send_signal(signal.SIGKILL)
        assert end_of(process)[0] == b""
        assert process.returncode == -signal.SIGKILL
        time.sleep(0.2)
        assert sockets(shared_host, port) == ""


def test_the_application_dies(shared_host: ThrowawayHost) -> None:
    with scene.servers(shared_host, {**SHORT, "probes": 9}) as (port,):
        process = scene.prober(shared_host, [{"port": port, "max_wait": 30}])
        wait_for(process, "keepalive probe 1")
    (seen,) = json.loads(end_of(process)[0])["observations"]
    assert seen["measured"]["ended_by"] == "closed"


def test_without_privilege(shared_host: ThrowawayHost) -> None:
    """The filter is refused, so probes are answered; that something came in is still counted, and is not called a probe for sure."""
    needs.root()
    with scene.servers(shared_host, SHORT, {}, {**SHORT, "greeting": "220 ready\r\n"}) as ports:
        targets: list[scene.Seen] = [{"port": port, "max_wait": 3} for port in ports]
        targets[2].update(in_flight=True, hold=1.5)
        found = scene.measured(shared_host, targets, machine_root=True, user=NOBODY, options={"settle": 0.3})
    on, off, greets = found["observations"]
    assert [on_time(seen["measured"]["first_probe"], 1) for seen in (on, greets)] == [True, True]
    unknown = [seen["measured"][name] for seen in (on, greets) for name in ("interval", "probes", "dropped_after")]
    assert [*unknown, on["keepalive"], greets["keepalive"]] == [None] * 8
    assert ["CAP_NET_ADMIN" in seen["limits"][0] for seen in (on, greets)] == [True, True]
    assert off["measured"]["first_probe"] is None
    assert off["keepalive"] is None
    assert off["measured"]["ended_by"] == "open"
    assert greets["in_flight"] is None
    assert any("Data in flight was not measured" in limit for limit in greets["limits"])
    assert greets["path"]["answered"] is True


def test_without_privilege_on_the_same_host(shared_host: ThrowawayHost) -> None:
    """The kernel's table shows everybody that a keepalive timer runs, and that none does says nothing."""
    needs.root()
    with scene.servers(shared_host, {"time": 7200}, {}) as ports:
        found = scene.measured(
            shared_host,
            [{"port": port, "max_wait": 1, "accelerate": True} for port in ports],
            machine_root=True,
            user=NOBODY,
            local=True,
        )
    on, off = found["observations"]
    assert (on["read"], on["keepalive"], on["values"]) == ("timer", True, None)
    assert (off["read"], off["keepalive"]) == ("unread", None)
    assert [seen["accelerated"] for seen in (on, off)] == [False, False]
    limits = [" ".join(seen["limits"]) for seen in (on, off)]
    assert ["options of the accepted connection could not be read" in text for text in limits] == [True, True], limits
    assert ["timers were not lowered" in text for text in limits] == [True, True], limits


@pytest.mark.parametrize("open_files", [20, 60])
def test_fewer_descriptors_than_targets(shared_host: ThrowawayHost, open_files: int) -> None:
    """The others wait for their turn."""
    kinds = [QUICK] * (60 if open_files == 60 else 2)
    with scene.servers(shared_host, *kinds) as ports:
        found = scene.measured(shared_host, [{"port": port, "max_wait": 5} for port in ports], open_files=open_files)
    assert {seen["measured"]["ended_by"] for seen in found["observations"]} == {"dropped"}
    assert found["took"] > 4, "two turns, of two seconds each"


def test_what_is_told_meanwhile(shared_host: ThrowawayHost) -> None:
    with scene.servers(shared_host, {**QUICK, "probes": 2}) as (port,):
        told = scene.measured(shared_host, [{"port": port, "max_wait": 6, "policy": [1, 1, 2]}])["told"]
    assert told[0] == "1 listener: this takes 16 s at most"
    assert told[1].startswith(f"127.0.0.1:{port}: silent from now on; ")
    assert [line.partition(" after ")[0] for line in told[2:]] == [
        f"127.0.0.1:{port}: keepalive probe 1",
        f"127.0.0.1:{port}: keepalive probe 2",
        f"127.0.0.1:{port}: dropped",
    ]


def test_a_sign_of_life(shared_host: ThrowawayHost) -> None:
    with scene.servers(shared_host, {}, {}) as ports:
        told = scene.measured(shared_host, [{"port": port, "max_wait": 2.5} for port in ports], beat=1)["told"]
    assert [line for line in told if "go on" in line][:2] == [
        "1 s: 2 of 2 connections go on",
        "2 s: 2 of 2 connections go on",
    ]


def test_a_network_that_is_a_program(host: ThrowawayHost) -> None:
    """As in a rootless container: a tap device that leads everywhere, in a user namespace."""
    host.sh(
        "ip tuntap add tap0 mode tap; ip addr add 10.0.2.100/24 dev tap0; ip link set tap0 up; ip route add default via 10.0.2.2"
    )
    with scene.servers(host, SHORT) as (port,):
        targets: list[scene.Seen] = [{"port": port}, {"port": 80, "address": "10.0.2.9"}]
        found = scene.measured(host, [{**one, "max_wait": 1} for one in targets], options={"timeout": 0.3})
    loopback, elsewhere = found["observations"]
    assert not any("tap0" in limit for limit in loopback["limits"])
    assert "(slirp4netns, pasta, on the device tap0)" in elsewhere["limits"][0]


def test_two_hundred_at_once(shared_host: ThrowawayHost) -> None:
    """In the time of the slowest, in little memory. How exact that is on a quiet machine, the benchmark tells."""
    with scene.servers(shared_host, *[SHORT] * 200) as ports:
        found = scene.measured(shared_host, [{"port": port, "max_wait": 8} for port in ports])
    measured = [seen["measured"] for seen in found["observations"]]
    assert [one["probes"] for one in measured] == [3] * 200
    assert min(one["dropped_after"] for one in measured) >= 4 - TICK
    assert max(one["dropped_after"] for one in measured) < 4 * 1.125 + BUSY
    assert found["took"] < 4 * 1.125 + 2 * BUSY
    assert 0 < found["memory"] < 64 << 20
    assert found["told"][0].startswith("200 listeners at once: ")
    assert all("dropped" in line for line in found["told"][1:]), "of many only the ends are told"


def test_a_listener_that_waits_for_data_in_a_namespace_that_is_gone_has_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        own.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 30)
        port = own.getsockname()[1]
        listener = types.Listener(
            *(socket.AF_INET, "127.0.0.1", port, pidfd.cookie_of(own), os.fstat(own.fileno()).st_ino),
            holders=(Holder(os.getpid(), own.fileno()),),
            namespace="/proc/0/ns/net",
        )
        target = types.Target("127.0.0.1", port, socket.AF_INET, listener)
        (seen,) = dead_peer_run.measure([target], types.Options())
    assert seen.deferred
    assert seen.problem == "the network namespace /proc/0/ns/net cannot be entered: No such file or directory"
