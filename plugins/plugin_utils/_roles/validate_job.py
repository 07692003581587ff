# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the variables of role validate to what the probe is asked for a host."""

import datetime
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings
from ansible_collections.netops.keepalive.plugins.module_utils._probe import request
from ansible_collections.netops.keepalive.plugins.modules import tcp_keepalive_probe
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import goals
from ansible_collections.netops.keepalive.plugins.plugin_utils._roles import variables
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import plan

Mapping = t.Mapping[str, t.Any]
Job = dict[str, t.Any]

# The options of the probe that are variables of the role.
OPTIONS = ("rate", "source_address", "timeout", "full_command", "network_namespaces")


class Surroundings(t.NamedTuple):
    """The variables of the play, as far as they are not the role's own."""

    task_vars: Mapping
    templar: t.Any

    def named(self, name: str) -> t.Any:
        value = variables.resolved(name, self.task_vars, self.templar)
        return "" if value is None else value

    def of_host(self, host: object) -> Mapping:
        found: Mapping = self.task_vars["hostvars"][host] if host in self.task_vars["groups"]["all"] else {}
        return found


def asked(role: Mapping, around: Surroundings) -> Job:
    """The variables that the plan for the host is made from. Without a policy of its own, the role takes that of role policy."""
    prober = around.of_host(role["validate_from"])
    return {
        "applications": role["validate_applications"],
        "fail_on": role["validate_fail_on"],
        "policy": role["validate_policy"],
        "goal": role["validate_goal"],
        "preset": role["validate_preset"],
        "fallback": {
            "policy": {name: around.named("policy_" + name) for name in _settings.NAMES},
            "goal": around.named("policy_goal"),
            "preset": around.named("policy_preset"),
        },
        "prober": role["validate_from"],
        "report_mode": role["validate_report_mode"],
        "loopback": role["validate_loopback"],
        "prober_connection": prober.get("ansible_connection", ""),
        "prober_shell": prober.get("ansible_shell_type", ""),
        "inventory": around.task_vars["groups"]["all"],
        "address": around.named("ansible_host") or around.named("inventory_hostname"),
        "connection": around.named("ansible_connection"),
        "shell": around.named("ansible_shell_type"),
        "options": {name: role["validate_" + name] for name in OPTIONS if goals.given(role["validate_" + name])},
    }


def planned(variables_: Mapping, host_values: Mapping | None = None) -> Job:
    """The plan as data that a task can keep.

    Raises:
        KeepaliveError: a variable is not allowed; the sentence is for the user.
    """
    made = plan.plan(variables_, datetime.date.today(), host_values)
    options = dict(variables_["options"])
    refuse_what_the_module_would(made, options)
    return {
        "prober": made.prober,
        "targets": made.asked(),
        "options": options,
        "policy": None if made.policy is None else made.policy.named(),
        "needs_host_values": made.needs_host_values,
        "ended": {str(index): sentence for index, sentence in made.ended.items()},
        "system": made.system,
        "fail_on": list(variables_["fail_on"]),
        "loopback": variables_["loopback"],
    }


def refuse_what_the_module_would(made: plan.Plan, options: Mapping) -> None:
    """Several hosts may share a call: the mistake of one must not fail the others."""
    checked = ArgumentSpecValidator(tcp_keepalive_probe.argument_spec()).validate(
        dict(options, targets=list(made.targets))
    )
    if checked.error_messages:
        raise _errors.InvalidValue("; ".join(checked.error_messages))
    request.parse(checked.validated_parameters)


def call(job: Mapping) -> Job:
    """The options of the probe for a host that probes itself."""
    return {**job["options"], **{name: job[name] for name in ("targets", "policy") if job[name]}}
