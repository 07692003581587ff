# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validates the applications of a host for role validate in one task, or, if another machine probes them, plans and judges it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.changes import earlier
from ansible_collections.netops.keepalive.plugins.plugin_utils._roles import inner_task, validate_job, variables
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import packed, results

Result = dict[str, Any]

ARGUMENTS = {
    "step": {"type": "str", "choices": ["all", "plan", "judge"], "default": "all"},
    "job": {"type": "dict", "default": {}},
    "share": {"type": "dict", "default": {}},
    "found": {"type": "dict", "default": {}},
}


class ActionModule(ActionBase):
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: object = None, task_vars: Mapping[str, Any] | None = None) -> Result:
        super().run(tmp, task_vars)
        _validated, arguments = self.validate_argument_spec(ARGUMENTS)
        given = task_vars or {}
        if arguments["step"] == "judge":
            return self.kept(judged(arguments["job"], arguments["share"], arguments["found"]), given)
        job = self.job(given)
        if arguments["step"] == "plan":
            return {"changed": False, "job": job}
        found = job.get("failure") or self.probed(job, task_vars)
        result = judged(job, {}, found)
        failure = "" if self.has_report(given) else results.failure(result, self.enforces(given))
        return dict(result, failed=True, msg=failure) if failure else self.kept(result, given)

    def probed(self, job: Mapping[str, Any], task_vars: Mapping[str, Any] | None) -> Result:
        return inner_task.attempt(self, "netops.keepalive.tcp_keepalive_probe", validate_job.call(job), task_vars)

    def job(self, task_vars: Mapping[str, Any]) -> Result:
        """What is to be probed; with ``failure`` where that cannot be told."""
        try:
            role = variables.of_role("validate", task_vars, self._templar)
            if role["validate_report_before"]:
                earlier.check(str(variables.resolved("__validate_report_earlier", task_vars, self._templar)))
            asked = validate_job.asked(role, validate_job.Surroundings(task_vars, self._templar))
            job = validate_job.planned(asked)
            if job["needs_host_values"]:
                # No policy is given. No privilege is needed to read the host's values.
                own = inner_task.attempt(self, "netops.keepalive.tcp_keepalive_info", {}, task_vars)
                return validate_job.planned(asked, own["runtime"]) if "runtime" in own else {"failure": own}
        except _errors.KeepaliveError as error:
            return {"failure": {"failed": True, "msg": str(error)}}
        return job

    def kept(self, result: Result, task_vars: Mapping[str, Any]) -> Result:
        """The result as Ansible keeps it until the end of the run. If a report follows, that has the listeners."""
        return packed.packed(result) if self.has_report(task_vars) else result

    def has_report(self, task_vars: Mapping[str, Any]) -> bool:
        """Whether a report follows. It is about all hosts, so the task fails for none."""
        return variables.flag("__validate_report_follows", task_vars, self._templar, False)

    def enforces(self, task_vars: Mapping[str, Any]) -> bool:
        return variables.flag("validate_enforce", task_vars, self._templar, True)


def judged(job: Mapping[str, Any], share: Mapping[str, Any], found: Mapping[str, Any]) -> Result:
    return {"changed": False, **results.outcome(found, job, share), **inner_task.for_ansible(found)}
