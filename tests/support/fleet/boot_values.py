# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The values in force on hosts, read by `sysctl`, and reboots of many hosts at once."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.support.fleet import Host

KEYS = tuple(f"net.ipv4.tcp_keepalive_{name}" for name in ("time", "intvl", "probes"))


def values_in_force(host: Host) -> list[int]:
    return [int(value) for value in host.run(f"sysctl -n {' '.join(KEYS)}").stdout.split()]


def reboot(hosts: Sequence[Host]) -> None:
    with ThreadPoolExecutor(len(hosts)) as pool:
        list(pool.map(Host.reboot, hosts))
