# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts on which a loop of ansible.posix.sysctl ran with its defaults: what it left there, and how they come over."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.environments.other_collections import ansible_posix
from tests.support.fleet import Fleet, Host
from tests.support.fleet.tasks import task

LOOP = {"time": "300", "intvl": "60", "probes": "5"}
OUR_FILE = "/etc/sysctl.d/99-tcp-keepalive.conf"
MARK = "# taken over by netops.keepalive.tcp_keepalive: "


@pytest.fixture
def hosts(fleet: Fleet) -> Iterator[list[Host]]:
    """One host of each release; afterwards they are again as they were when they were made."""
    found = fleet.one_of_each_release()
    yield found
    fleet.renew(*found)


def run_loop(fleet: Fleet, hosts: list[Host], values: dict[str, str] = LOOP, **keywords: Any) -> dict[str, Any]:
    options = {"name": "net.ipv4.tcp_keepalive_{{ item.key }}", "value": "{{ item.value }}"}
    loop = {"loop": [{"key": key, "value": value} for key, value in values.items()], **keywords}
    return task(fleet, hosts, "ansible.posix.sysctl", options, keywords=loop, more_collections=ansible_posix())


def reboot(hosts: list[Host]) -> None:
    with ThreadPoolExecutor(len(hosts)) as pool:
        list(pool.map(Host.reboot, hosts))


def in_force(host: Host, name: str = "time") -> str:
    return host.read(f"/proc/sys/net/ipv4/tcp_keepalive_{name}").strip()


def test_what_the_loop_leaves(fleet: Fleet, hosts: list[Host]) -> None:
    for host in hosts:
        host.run("echo net.ipv4.tcp_fin_timeout=31 >> /etc/sysctl.conf")
    results = run_loop(fleet, hosts)
    left = {host.read("/etc/sysctl.conf").count("net.ipv4.tcp_keepalive_time=300\n") for host in hosts}
    assert left == {1}
    diffs = [item for result in results.values() for item in result["results"] if "diff" in item]
    assert diffs == []  # although the run was one with --diff
    # The whole file was applied again.
    assert {host.read("/proc/sys/net/ipv4/tcp_fin_timeout") for host in hosts} == {"31\n"}
    reboot(hosts)
    # The same play, green on all, and gone after the reboot on the newest release.
    assert {host.release: in_force(host) for host in hosts} == {"bullseye": "300", "bookworm": "300", "trixie": "7200"}


def test_a_value_that_the_kernel_refuses_stays_in_its_file(fleet: Fleet, hosts: list[Host]) -> None:
    run_loop(fleet, hosts[:1], {"probes": "9999"}, ignore_errors=True)
    assert "net.ipv4.tcp_keepalive_probes=9999\n" in hosts[0].read("/etc/sysctl.conf")


def test_a_deadly_value_is_set(fleet: Fleet, hosts: list[Host]) -> None:
    run_loop(fleet, hosts[:1], {"probes": "0"})
    assert in_force(hosts[0], "probes") == "0"


def test_removal_leaves_the_running_value(fleet: Fleet, hosts: list[Host]) -> None:
    run_loop(fleet, hosts[:1], {"time": "300"})
    options = {"name": "net.ipv4.tcp_keepalive_time", "state": "absent"}
    task(fleet, hosts[:1], "ansible.posix.sysctl", options, more_collections=ansible_posix())
    assert in_force(hosts[0]) == "300"


def test_coming_over(fleet: Fleet, hosts: list[Host]) -> None:
    run_loop(fleet, hosts)
    wanted = {"time": 120, "interval": 30, "probes": 4, "overridden": "take_over"}
    promised = task(fleet, hosts, "netops.keepalive.tcp_keepalive", wanted, check=True)
    done = task(fleet, hosts, "netops.keepalive.tcp_keepalive", wanted)
    again = task(fleet, hosts, "netops.keepalive.tcp_keepalive", wanted)
    assert {name: result["diff"] for name, result in promised.items()} == {
        name: result["diff"] for name, result in done.items()
    }
    assert {result["changed"] for result in again.values()} == {False}
    taken_over = {host.read("/etc/sysctl.conf").count(f"{MARK}net.ipv4.tcp_keepalive_time=300\n") for host in hosts}
    assert taken_over == {1}
    reboot(hosts)
    assert {tuple(in_force(host, name) for name in LOOP) for host in hosts} == {("120", "30", "4")}


def test_lines_that_say_the_same_stay(fleet: Fleet, hosts: list[Host]) -> None:
    run_loop(fleet, hosts[:1])
    before = hosts[0].read("/etc/sysctl.conf")
    same = {"time": 300, "interval": 60, "probes": 5, "overridden": "take_over"}
    task(fleet, hosts[:1], "netops.keepalive.tcp_keepalive", same)
    assert hosts[0].read("/etc/sysctl.conf") == before
    assert "net.ipv4.tcp_keepalive_time = 300\n" in hosts[0].read(OUR_FILE)
