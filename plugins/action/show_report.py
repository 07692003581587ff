# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shows the lines of a report as lines: the default callback would print them as a list in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible import constants
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

ARGUMENTS = {"lines": {"type": "list", "elements": "str", "required": True}}


class ActionModule(ActionBase):
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: object = None, task_vars: Mapping[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validated, arguments = self.validate_argument_spec(ARGUMENTS)
        if is_for_people(constants.DEFAULT_STDOUT_CALLBACK):
            display = Display()
            for line in arguments["lines"]:
                display.display(line)
        result.update(changed=False, lines=arguments["lines"])
        return result


def is_for_people(callback: str) -> bool:
    """Lines would spoil what a callback such as ansible.posix.json prints. It has them in the task's result."""
    return "json" not in callback.rpartition(".")[2]
