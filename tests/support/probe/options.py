# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the probe's module, as it gets them where a task names none."""

from __future__ import annotations

from typing import Any

NOTHING: dict[str, Any] = {
    "ports": None,
    "targets": None,
    "host": None,
    "method": None,
    "policy": None,
    "connect": True,
    "connections": True,
    "settle": 0.5,
    "timeout": 5.0,
    "max_wait": None,
    "accelerate": False,
    "in_flight": False,
    "hold": None,
    "tls": False,
    "send": None,
    "source_address": None,
    "rate": 0.0,
    "full_command": False,
    "network_namespaces": False,
    "require_filter": False,
}
