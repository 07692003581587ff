# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Holds a host to the policy of role policy, or audits it, in one task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

# The two are imported before Ansible makes a process for each host, where they are run.
from ansible_collections.netops.keepalive.plugins.action import (  # noqa: F401  # pylint: disable=unused-import
    tcp_keepalive,
    tcp_keepalive_info,
)
from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import always, drift, goals, presets
from ansible_collections.netops.keepalive.plugins.plugin_utils._roles import inner_task, variables
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import report_options, systems

Result = dict[str, Any]

ARGUMENTS = {"failure": {"type": "dict", "default": {}}}
ALWAYS = "netops.keepalive.tcp_keepalive_always"
ALL_AT_ONCE = (
    "policy_always_keepalive is host in the inventory, which would switch keepalive on for all of {0} hosts at once: give it on the "
    "command line (-e), where the playbook begins with one host, or give policy_serial there."
)
NOT_ON_WINDOWS = "policy_always_keepalive has no effect on Windows, which has no such switch."
REBOOT = "ansible.windows.win_reboot"
NO_REBOOT = (
    "policy_reboot is when_required, and the keepalive values of this host wait for its next boot, but the collection ansible.windows, "
    "which would reboot it, is not installed: run `ansible-galaxy collection install ansible.windows`, or reboot the host yourself."
)


class ActionModule(ActionBase):
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: object = None, task_vars: Mapping[str, Any] | None = None) -> Result:
        super().run(tmp, task_vars)
        _validated, arguments = self.validate_argument_spec(ARGUMENTS)
        if arguments["failure"]:
            return audited(arguments["failure"], {}, _settings.Settings())
        given = task_vars or {}
        try:
            role = variables.of_role("policy", given, self._templar)
            report_options.file_mode(role["policy_report_mode"], "policy_report_mode")
            policy = self.policy(role)
            switch = always.options(role["policy_always_keepalive"], policy)
        except _errors.KeepaliveError as error:
            if not variables.flag("policy_audit", given, self._templar, False):
                raise AnsibleActionFail(str(error)) from error
            return audited({"failed": True, "msg": str(error)}, {}, _settings.Settings())
        self.warn(role)
        if role["policy_audit"]:
            found = audited(
                inner_task.attempt(self, "netops.keepalive.tcp_keepalive_info", {}, task_vars), role, policy
            )
            return self.with_audit_of_switch(found, role, switch, task_vars)
        if always.is_for_host(switch):
            refuse_all_at_once(given)
        result = inner_task.run(self, "netops.keepalive.tcp_keepalive", options(role, policy), task_vars)
        if switch is not None and not result.get("failed"):
            result = self.with_switch(result, role, switch, task_vars)
        wanted = role["policy_reboot"] == "when_required" and role["policy_runtime"]
        return self.rebooted(result, task_vars) if wanted and result.get("reboot_required") else result

    def with_switch(self, result: Result, role: Result, switch: Result, task_vars: Mapping[str, Any] | None) -> Result:
        if self.is_windows():
            return {**result, "limits": [*(result.get("limits") or ()), NOT_ON_WINDOWS]}
        return always.together(result, inner_task.attempt(self, ALWAYS, with_moments(role, switch), task_vars))

    def with_audit_of_switch(
        self, found: Result, role: Result, switch: Result | None, task_vars: Mapping[str, Any] | None
    ) -> Result:
        if switch is None or self.is_windows() or found["status"] not in ("compliant", "drift"):
            return found
        return always.audited(
            found, inner_task.attempt(self, ALWAYS, with_moments(role, switch), task_vars, check_mode=True)
        )

    def is_windows(self) -> bool:
        return bool(getattr(self._connection._shell, "_IS_WINDOWS", False))

    def rebooted(self, result: Result, task_vars: Mapping[str, Any] | None) -> Result:
        if not self._shared_loader_obj.action_loader.has_plugin(REBOOT):
            return {**result, "failed": True, "msg": NO_REBOOT}
        # Windows has no sudo.
        reboot = inner_task.attempt(self, REBOOT, {}, task_vars, become=False)
        if reboot.get("failed") or reboot.get("unreachable"):
            return {**result, "failed": True, "msg": f"the values are set, but the reboot failed: {reboot.get('msg')}"}
        return {**result, "changed": True, "rebooted": True}

    def warn(self, role: Mapping[str, Any]) -> None:
        preset = presets.PRESETS.get(role["policy_preset"])
        if preset is not None and preset.warning and role["policy_state"] != "absent":
            self._display.warning(preset.warning)

    def policy(self, role: Mapping[str, Any]) -> _settings.Settings:
        """No values at all if they are to be removed."""
        if role["policy_state"] == "absent":
            return _settings.Settings()
        # Windows always sends 10 keepalive probes, so a goal or preset is planned with them there.
        return goals.resolve(
            {name: role["policy_" + name] for name in _settings.NAMES},
            goal=role["policy_goal"],
            preset_name=role["policy_preset"],
            probes=systems.WINDOWS_PROBES if self.is_windows() else None,
        ).settings


def options(role: Mapping[str, Any], policy: _settings.Settings) -> Result:
    own = {name: role["policy_" + name] for name in ("state", "runtime", "boot", "file", "overridden")}
    return {**policy.named(), **own}


def refuse_all_at_once(task_vars: Mapping[str, Any]) -> None:
    """A play makes its batches before the variables of the inventory are known."""
    hosts = len(task_vars.get("ansible_play_hosts_all") or ())
    is_one_batch = hosts > 1 and len(task_vars.get("ansible_play_batch") or ()) == hosts
    if is_one_batch and "__careful" in task_vars and not task_vars.get("policy_serial"):
        raise AnsibleActionFail(ALL_AT_ONCE.format(hosts))


def with_moments(role: Mapping[str, Any], switch: Result) -> Result:
    return {**switch, **{name: role["policy_" + name] for name in ("runtime", "boot")}}


def audited(found: Result, role: Mapping[str, Any], policy: _settings.Settings) -> Result:
    """An audit never fails: the report at the end of the run is about all hosts."""
    moments = {name: role.get("policy_" + name, True) for name in ("runtime", "boot")}
    result = drift.audit(found, policy, **moments, file=role.get("policy_file", ""))
    return {"changed": False, **result, **inner_task.for_ansible(found)}
