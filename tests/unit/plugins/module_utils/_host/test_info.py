# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules return."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.netops.keepalive.plugins.module_utils._host.info import info_report
from ansible_collections.netops.keepalive.plugins.module_utils._host.snapshot import Snapshot
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files.types import BootFacts, SysctlFile
from ansible_collections.netops.keepalive.plugins.module_utils._settings import KERNEL_DEFAULTS, Settings


def info(text: str, path: str = "/etc/sysctl.d/50-x.conf", runtime: Settings = KERNEL_DEFAULTS) -> dict[str, Any]:
    return info_report(Snapshot(runtime, {path: SysctlFile(text, path)}, BootFacts("systemd"), {}))


def test_a_file_name_that_is_not_utf_8_can_be_shown() -> None:
    report = info("net.ipv4.tcp_keepalive_time=60\n", path="/etc/sysctl.d/50-\udcff.conf")
    json.dumps(report, ensure_ascii=False).encode("utf-8")
    assert report["boot_source"]["time"] == {"file": "/etc/sysctl.d/50-\ufffd.conf", "line": 1}


def test_explicit_is_what_anyone_has_set() -> None:
    assert info("net.ipv4.tcp_keepalive_time=7200\n", runtime=Settings(7200, 30, 9))["explicit"] == {
        "time": True,
        "interval": True,
        "probes": False,
    }


def test_a_kernel_that_shows_no_values() -> None:
    report = info("", runtime=Settings())
    assert report["runtime"] == {"time": None, "interval": None, "probes": None, "drop_after": None}
    assert report["explicit"] == {"time": False, "interval": False, "probes": False}


def test_a_line_that_sets_nothing_contradicts_nothing() -> None:
    assert info("-net.ipv4.tcp_keepalive_time\n")["conflicts"] == []
