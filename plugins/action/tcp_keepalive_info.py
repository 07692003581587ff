# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looks at the host with a script, and runs the module where that is not enough; on Windows hosts as any other module."""

from __future__ import annotations

from typing import Any

from ansible_collections.netops.keepalive.plugins.module_utils._always.info import signs
from ansible_collections.netops.keepalive.plugins.module_utils._host import info, snapshot
from ansible_collections.netops.keepalive.plugins.modules import tcp_keepalive_info
from ansible_collections.netops.keepalive.plugins.plugin_utils._look import look_first
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import host_values


class ActionModule(look_first.LookFirst):
    spec = tcp_keepalive_info.ARGUMENT_SPEC
    returned = host_values.INFO
    signs = signs.SIGNS

    def result_of(self, host: snapshot.Snapshot, params: dict[str, Any]) -> look_first.Result | None:
        return {"changed": False, "always": [], **info.info_report(host)}
