# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module as any other, on Windows hosts too, and checks what the host returns before anything else reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import host_values, results


class ActionModule(NormalAction):
    def run(self, tmp: object = None, task_vars: Mapping[str, Any] | None = None) -> dict[str, Any]:
        found = super().run(tmp, task_vars)
        checked = (
            results.begun(found) if self._task.async_val else results.checked(found, host_values.INFO, "the module")
        )
        return results.with_interpreter(checked, self._discovered_interpreter_key, self._discovered_interpreter)
