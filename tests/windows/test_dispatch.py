# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One name for all systems: what a play sets for it holds on Windows too. tests/matrix has this for every ansible-core."""

from __future__ import annotations

from tests.support.windows.hosts import RESET, WindowsHosts, keepalive, raw

INTERVAL_12 = {"interval": 12}


def test_module_defaults(windows: WindowsHosts) -> None:
    """For the name, and for the group of all modules of the collection."""
    _reset, by_name = windows.run(
        raw(RESET),
        keepalive(check=True, time=120),
        play={"module_defaults": {"netops.keepalive.tcp_keepalive": INTERVAL_12}},
    )
    (by_group,) = windows.run(
        keepalive(check=True, time=120), play={"module_defaults": {"group/netops.keepalive.keepalive": INTERVAL_12}}
    )
    assert by_name["boot"]["after"] == by_group["boot"]["after"]
    assert by_name["boot"]["after"]["interval"] == 12


def test_its_own_name(windows: WindowsHosts) -> None:
    own = {"netops.keepalive.win_tcp_keepalive": {"time": 120}, "check_mode": True}
    _reset, result, info = windows.run(raw(RESET), own, {"netops.keepalive.win_tcp_keepalive_info": {}})
    assert result["boot"]["after"]["time"] == 120
    assert info["boot"] == info["defaults"]
