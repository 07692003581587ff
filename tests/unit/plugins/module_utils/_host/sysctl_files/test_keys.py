# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which keys name which files below /proc/sys."""

from __future__ import annotations

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files.keys import (
    opened,
    simplified,
    slashed,
)


@pytest.mark.parametrize(
    "key, path",
    [
        ("net.ipv4.tcp_keepalive_time", "net/ipv4/tcp_keepalive_time"),
        ("net.ipv4.conf.eth0/100.forwarding", "net/ipv4/conf/eth0.100/forwarding"),
        ("net/ipv4/conf/eth0.100/forwarding", "net/ipv4/conf/eth0.100/forwarding"),
        (".net/x", "/net.x"),
        ("one", "one"),
        ("", ""),
    ],
)
def test_separators(key: str, path: str) -> None:
    assert slashed(key) == path


@pytest.mark.parametrize(
    "path, by_systemd, by_kernel",
    [
        ("net/ipv4/x", "net/ipv4/x", "net/ipv4/x"),
        ("//net//./ipv4/x", "net/ipv4/x", "net/ipv4/x"),
        ("net/ipv4/x/", "net/ipv4/x", "net/ipv4/x/"),
        ("net/ipv4/x/.", "net/ipv4/x", "net/ipv4/x/."),
        ("net/core/../ipv4/x", "net/core/../ipv4/x", "net/ipv4/x"),
        ("", "", ""),
    ],
)
def test_spellings_of_a_path(path: str, by_systemd: str, by_kernel: str) -> None:
    assert simplified(path) == by_systemd
    assert opened(path) == by_kernel
