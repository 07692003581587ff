# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the files of a report, on the controller, in one task."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import model, written

ARGUMENTS = {
    "report": {"type": "dict", "required": True},
    "folder": {"type": "str", "required": True},
    "mode": {"type": "raw", "default": "0644"},
}
MODE = re.compile(r"0?[0-7]{3}\Z")


class ActionModule(ActionBase):
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: object = None, task_vars: Mapping[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validated, arguments = self.validate_argument_spec(ARGUMENTS)
        try:
            mode = file_mode(arguments["mode"])
            whole = model.report(arguments["report"])
            if not self._task.check_mode:
                lost = written.write(whole, folder_of(arguments["folder"]), mode)
                result["warnings"] = [lost] if lost else []
        except _errors.KeepaliveError as error:
            raise AnsibleActionFail(str(error)) from error
        # These are files of the controller. The recap counts what changed on the hosts.
        result["changed"] = False
        return result


def folder_of(given: str) -> pathlib.Path:
    try:
        if "\0" not in given:
            return pathlib.Path(given).expanduser()
    except RuntimeError:  # the home of a user that does not exist
        pass
    raise _errors.InvalidValue(f"folder is {_errors.shown(given)}: allowed is the path of a folder.")


def file_mode(given: object) -> int:
    if not isinstance(given, str) or not MODE.match(given):
        raise _errors.InvalidValue(
            f"mode is {_errors.shown(given)}: allowed are the octal digits of a file's mode, in quotes, such as '0640'."
        )
    return int(given, 8)
