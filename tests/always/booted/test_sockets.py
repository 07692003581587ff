# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`method: sockets` on a booted host that forbids bpf: the listening sockets of units, what they accept, and what is open."""

from __future__ import annotations

import contextlib
import re
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.always.applications import KEEP
from tests.support.fleet import Fleet, Host
from tests.support.fleet.fixture import new_fleet
from tests.support.fleet.tasks import Result, task

ALWAYS = "netops.keepalive.tcp_keepalive_always"
OFF, OWN, ACTIVATED, LOCAL = 7601, 7602, 7603, 7604
TASK: Result = {
    "method": "sockets", "scope": "units", "units": ["shop.service", "activated.service"], "time": 120, "interval": 30, "probes": 4,
}  # fmt: skip
SHOP = f"""
import socket, threading
def serve(address, port, **options):
    own = socket.create_server((address, port), backlog=300)
    for name, value in options.items():
        own.setsockopt(socket.SOL_SOCKET if name == "SO_KEEPALIVE" else socket.IPPROTO_TCP, getattr(socket, name), value)
    {KEEP}
for address, port, options in (("0.0.0.0", {OFF}, {{}}), ("0.0.0.0", {OWN}, dict(SO_KEEPALIVE=1, TCP_KEEPIDLE=77)), ("127.0.0.1", {LOCAL}, {{}})):
    threading.Thread(target=serve, args=(address, port), kwargs=options).start()
"""
UNITS = {
    "shop.service": "[Service]\nExecStart=/usr/bin/python3 /srv/shop.py\n",
    "activated.socket": f"[Socket]\nListenStream={ACTIVATED}\n",
    "activated.service": f"[Service]\nExecStart=/usr/bin/python3 -c 'import socket; own = socket.socket(fileno=3); {KEEP}'\n",
}


@pytest.fixture(scope="module")
def fleet_of_one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with new_fleet(tmp_path_factory.mktemp("sockets"), 1, ["bookworm"]) as fleet:
        yield fleet


@pytest.fixture(scope="module")
def host(fleet_of_one: Fleet) -> Host:
    host = fleet_of_one.hosts[0]
    host.run("cat > /srv/shop.py", text=SHOP)
    for name, text in UNITS.items():
        host.run(f"cat > /etc/systemd/system/{name}", text=text)
    host.run("systemctl daemon-reload; systemctl start shop.service activated.socket activated.service")
    wait_until_it_listens(host)
    return host


def wait_until_it_listens(host: Host) -> None:
    """No connection is made for it: the applications keep what they accept."""
    host.run(f"until ss -tlnH sport = :{LOCAL} | grep -q .; do sleep 0.1; done; sleep 0.1")


def always(fleet: Fleet, host: Host, check: bool = False, **options: Any) -> Result:
    return task(fleet, [host], ALWAYS, {**TASK, **options}, check=check, keywords={"failed_when": False})[host.name]


@contextlib.contextmanager
def connected(host: Host, *ports: int) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for port in ports:
            stack.enter_context(socket.create_connection((host.address, port), timeout=5))
        time.sleep(0.2)  # until they are accepted
        yield


def timers(host: Host) -> dict[int, int]:
    """By port of this host: the connections with a keepalive timer, as `ss` shows them."""
    shown = host.run(f"ss -tnoH state established dst {host.machine.our_address}").stdout
    found: dict[int, int] = {}
    for line in shown.splitlines():
        if "timer:(keepalive" in line:
            port = int(re.findall(r":(\d+)(?=\s)", line)[0])
            found[port] = found.get(port, 0) + 1
    return {port: count for port, count in found.items() if port in (OFF, OWN, ACTIVATED)}


def test_listening_sockets_and_what_is_open(fleet_of_one: Fleet, host: Host) -> None:
    assert "The program cannot be" in always(fleet_of_one, host, method="program", boot=False)["msg"]
    with connected(host, *[OFF] * 120, OWN):
        promised = always(fleet_of_one, host, check=True, connections=True, spread=2)
        assert timers(host) == {OWN: 1}
        real = always(fleet_of_one, host, connections=True, spread=2)
        assert real == promised
        assert {one["unit"]: one["switched_on"] for one in real["listeners"]} == {
            "shop.service": 1,
            "activated.service": 1,
            "activated.socket": 0,
        }
        assert [(one["switched_on"], one["pending"]) for one in real["connections"]] == [(100, 20), (0, 0), (0, 0)]
        assert [(one["unit"], one["connections"]) for one in real["affected"]] == [
            ("shop.service", 120),
            ("activated.service", 0),
        ]
        assert "What is switched on holds until its unit stops or restarts: run the task again then." in real["limits"]
        assert [one["after_header"] for one in real["diff"]] == [
            "listening sockets of the cgroup /system.slice/shop.service",
            "listening sockets of the cgroup /system.slice/activated.service",
            "open connections of the cgroup /system.slice/shop.service",
        ]
        deadline = time.monotonic() + 20
        while timers(host) != {OFF: 120, OWN: 1}:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        again = always(fleet_of_one, host, connections=True, spread=2)
        assert (again["changed"], again["diff"], again["affected"]) == (False, [], [])
    with connected(host, OFF, OWN, ACTIVATED):
        assert timers(host) == {OFF: 1, OWN: 1, ACTIVATED: 1}
    host.run("systemctl restart shop.service")
    wait_until_it_listens(host)
    with connected(host, OFF, OWN, ACTIVATED):
        assert timers(host) == {OWN: 1, ACTIVATED: 1}
