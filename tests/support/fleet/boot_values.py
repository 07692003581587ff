# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The values in force on hosts, read by `sysctl`, reboots of many hosts at once, and whether they set what was predicted."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.support.fleet import Fleet, Host
from tests.support.fleet.tasks import Result, task

NAMES = ("time", "interval", "probes")
KEYS = tuple(f"net.ipv4.tcp_keepalive_{name}" for name in ("time", "intvl", "probes"))


def values_in_force(host: Host) -> list[int]:
    return [int(value) for value in host.run(f"sysctl -n {' '.join(KEYS)}").stdout.split()]


def reboot(hosts: Sequence[Host]) -> None:
    with ThreadPoolExecutor(len(hosts)) as pool:
        list(pool.map(Host.reboot, hosts))


def rebooted_as_predicted(fleet: Fleet, hosts: Sequence[Host]) -> dict[str, Result]:
    """What the info module says of each host's next boot, and what the hosts then have in force."""
    predicted = task(fleet, hosts, "netops.keepalive.tcp_keepalive_info")
    reboot(hosts)
    assert {host.name: values_in_force(host) for host in hosts} == {
        name: [info["boot"][parameter] for parameter in NAMES] for name, info in predicted.items()
    }
    return predicted
