# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An action that looks at the host with a script first, and runs its module only where that does not answer the task."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.plugins.connection import ConnectionBase
from ansible.utils.display import Display
from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._host import snapshot, take_snapshot
from ansible_collections.netops.keepalive.plugins.plugin_utils._look import answer, image, script
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import results, shapes

COMMAND = "/bin/sh -s"
VARIABLE = "keepalive_look"
WAYS = ("auto", "module")
# Where a host answers anything, its files may be anything: what the readers and the planner then stumble over.
OUT_OF_THE_ORDINARY = (
    *(answer.Refused, image.NotInImage, _errors.KeepaliveError),
    *(ValueError, LookupError, TypeError, ArithmeticError, RecursionError),
)

Result = dict[str, Any]
Variables = Mapping[str, Any] | None


class LookFirst(NormalAction):
    """``spec`` is the module's argument spec, ``returned`` the form of its result.

    ``signs`` are paths that the script looks at; where one of them is there, the module runs.
    """

    spec: Mapping[str, Any]
    returned: shapes.Keys
    signs: Sequence[str] = ()

    def result_of(self, host: snapshot.Snapshot, params: dict[str, Any]) -> Result | None:
        """The result of the module, apart from what Ansible adds; ``None`` where the module has something to do."""
        raise NotImplementedError

    def run(self, tmp: object = None, task_vars: Variables = None) -> Result:
        found = self.found_without_module(task_vars)
        if found is None:
            found = super().run(tmp, task_vars)
        checked = results.begun(found) if self._task.async_val else results.checked(found, self.returned, "the module")
        return results.with_interpreter(checked, self._discovered_interpreter_key, self._discovered_interpreter)

    def found_without_module(self, task_vars: Variables) -> Result | None:
        if self.way(task_vars) == "module" or self._task.async_val or not takes_input(self):
            return None
        mark = uuid.uuid4().hex
        try:
            params = self.params()
            text = script.SCRIPT.replace("MARK", mark).encode()
            told = self._low_level_execute_command(COMMAND, in_data=text)["stdout"]
            host = image.Image(answer.parsed(told, mark))
            has_sign = any(map(host.lexists, self.signs))
            found = None if has_sign else self.result_of(take_snapshot.take_snapshot(host=host), params)
        except OUT_OF_THE_ORDINARY as error:
            Display().vvv(f"netops.keepalive: the module looks itself: {error!r}", host=self._play_context.remote_addr)
            return None
        if found is not None and shows_invocation(task_vars):
            found["invocation"] = {"module_args": params}
        return found

    def way(self, task_vars: Variables) -> str:
        way = self._templar.template((task_vars or {}).get(VARIABLE, "auto"))
        if way not in WAYS:
            raise AnsibleActionFail(f"{VARIABLE} is {_errors.shown(way)}: allowed are auto and module.")
        return str(way)

    def params(self) -> dict[str, Any]:
        """The options as the module would get them. Raises ``ValueError`` where it has to check them itself."""
        checked = ArgumentSpecValidator(dict(self.spec)).validate(dict(self._task.args))
        if checked.error_messages or set(str(self._task.args.get("file", ""))) & set("~$"):
            raise ValueError("the options: an error, or a home folder or a variable of the host")
        params: dict[str, Any] = json.loads(json.dumps(checked.validated_parameters))
        return params


def takes_input(action: NormalAction) -> bool:
    """Whether a command on the host gets our script as its input, whether or not the user has switched pipelining on.

    With ssh the script goes in place of a terminal, which sudo does without. Other ways to become another user may ask
    for their password on a terminal only, so they and other connections have to be set up for pipelining.
    """
    connection: ConnectionBase = action._connection
    if getattr(connection._shell, "_IS_WINDOWS", False):
        return False
    if action._is_pipelining_enabled("new"):
        return True
    become = connection.become
    if become and become.name != "sudo":
        return False
    # The local connection gives sudo a terminal as its input where there is a password.
    return connection.transport == "ssh" or (
        connection.transport == "local" and not (become and become.expect_prompt())
    )


def shows_invocation(task_vars: Variables) -> bool:
    """Modules return it always; since ansible-core 2.21 only where the user wants it."""
    try:
        return bool(C.config.get_config_value("INJECT_INVOCATION", variables=task_vars))
    except (AnsibleError, KeyError):
        return True
