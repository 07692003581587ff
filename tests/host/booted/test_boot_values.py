# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The last word on what the next boot sets: hosts are rebooted, and have what the modules said that they would have."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.fleet import Fleet, Host
from tests.support.fleet.boot_values import reboot, rebooted_as_predicted, values_in_force
from tests.support.fleet.fixture import new_fleet
from tests.support.fleet.tasks import task
from tests.support.fleet.tree import RELEASES

T, I, P = (f"net.ipv4.tcp_keepalive_{name}" for name in ("time", "intvl", "probes"))
OUR_FILE = "/etc/sysctl.d/99-tcp-keepalive.conf"

# Ways to set values, the most different in front: each host of a fleet takes another.
TREES: list[dict[str, str]] = [
    {"/etc/sysctl.d/10-a.conf": f"{T}=100\n", "/usr/lib/sysctl.d/99-z.conf": f"{T}=300\n{I}=30\n"},
    {"/etc/sysctl.conf": f"{T}=997\n", "/etc/sysctl.d/90-b.conf": f"{I}=0x1e\n{P}=010\n"},
    {
        "/etc/sysctl.d/10.conf": "net.ipv4.tcp_keepalive_*=5\n",
        "/usr/local/lib/sysctl.d/20.conf": f"{T}=66 # a minute\n",
    },
    {"/etc/sysctl.d/10.conf": f"net/ipv4/tcp_keepalive_time=61\n-{I}=abc\n{P}=6\r\n"},
    {"/etc/sysctl.d/50-x.conf": f"{T}=140\n", "/usr/lib/sysctl.d/50-x.conf": f"{T}=170\n{P}=7\n"},
    {"/etc/sysctl.conf": f"{T}=999\n", "/etc/sysctl.d/zz.conf": f"{I} = 11\n"},
    {"/etc/sysctl.conf": f"{T}=998\n{P}=5\n"},
    {"/etc/sysctl.conf": f"{I}=21\n", "/etc/sysctl.d/.hidden.conf": f"{T}=77\n"},
    {"/etc/sysctl.d/10.conf": f"{T}=60\n", "/etc/sysctl.d/20.conf": f"{T}=8589935\n{P}=256\n"},
    {"/etc/sysctl.d/10.conf": f"; {T}=1\n# {I}=2\n{P} 3\n"},
]


def assert_predicted(fleet: Fleet, hosts: list[Host]) -> None:
    """Each host gets one of the trees; what the module says of its next boot is what the boot then sets."""
    for host, tree in zip(hosts, TREES, strict=False):
        for path, text in tree.items():
            host.run(f"mkdir -p $(dirname {path}); cat > {path}", text=text)
    rebooted_as_predicted(fleet, hosts)
    settled = task(fleet, hosts, "netops.keepalive.tcp_keepalive_info")
    assert {name: info["runtime"] == info["boot"] for name, info in settled.items()} == {
        host.name: True for host in hosts
    }


def test_a_reboot_sets_what_was_predicted(fleet: Fleet, hosts: list[Host]) -> None:
    assert_predicted(fleet, hosts)


@pytest.mark.long
@pytest.mark.parametrize("release", RELEASES)
def test_a_reboot_sets_what_was_predicted_for_every_tree(tmp_path: Path, release: str) -> None:
    with new_fleet(tmp_path, len(TREES), (release,)) as fleet:
        assert_predicted(fleet, fleet.hosts)


def test_values_that_were_set_survive_a_reboot(fleet: Fleet, hosts: list[Host]) -> None:
    wanted = {"time": 120, "interval": "30", "probes": 4}
    first = task(fleet, hosts, "netops.keepalive.tcp_keepalive", wanted)
    assert {result["changed"] for result in first.values()} == {True}
    assert {host.name: values_in_force(host) for host in hosts} == {host.name: [120, 30, 4] for host in hosts}

    reboot(hosts)

    assert {host.name: values_in_force(host) for host in hosts} == {host.name: [120, 30, 4] for host in hosts}
    again = task(fleet, hosts, "netops.keepalive.tcp_keepalive", wanted)
    assert {result["changed"] for result in again.values()} == {False}


def test_staged_values_wait_for_the_reboot(fleet: Fleet, hosts: list[Host]) -> None:
    host = hosts[0]
    staged = task(fleet, [host], "netops.keepalive.tcp_keepalive", {"time": 600, "runtime": False})[host.name]
    assert staged["runtime"]["after"]["time"] == 7200
    assert values_in_force(host) == [7200, 75, 9]

    host.reboot()

    assert values_in_force(host) == [600, 75, 9]
