# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: validation_plan
short_description: What role validate asks of the probe for a host
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - Internal to the roles of this collection. It may change or go at any time.
  - From the variables of the role to targets of M(netops.keepalive.tcp_keepalive_probe), or to the sentence that says what is wrong with them.
options:
  _input:
    description:
      - A mapping. C(applications), C(prober), C(policy), C(goal) and C(preset) are the role's variables, C(fallback) has the last three of role
        P(netops.keepalive.policy#role). C(options) are options for the task.
      - C(address), C(connection) and C(shell) tell what the host is, C(prober_connection) and C(prober_shell) what the prober is, and C(inventory) lists
        the hosts that there are.
    type: dict
    required: true
  host_values:
    description: The values of the host, once they are known.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Is it known what the host is held to
  ansible.builtin.debug:
    msg: "{{ ({'policy': {'time': 60}} | netops.keepalive.validation_plan).policy }}"
"""

RETURN = r"""
_value:
  description:
    - A mapping. C(problem) is the sentence, empty if all is well. C(prober), C(targets) and C(options) make the call, and C(policy) is for the targets that
      have none. C(needs_host_values) tells that the host's own values have to serve as policy. C(ended) has the exemptions that have ended, by target, and
      C(system) is what the host is, V(posix), V(windows) or V(appliance), and C(fail_on) are the words that fail it.
  type: dict
"""

import datetime
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._probe import request
from ansible_collections.netops.keepalive.plugins.modules import tcp_keepalive_probe
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import goals
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import listeners
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import plan as validate_plan


def validation_plan(
    variables: t.Mapping[str, t.Any], host_values: t.Mapping[str, t.Any] | None = None
) -> dict[str, t.Any]:
    options = {key: value for key, value in (variables.get("options") or {}).items() if goals.given(value)}
    try:
        plan = validate_plan.plan(variables, datetime.date.today(), host_values)
        refuse_what_the_module_would(plan, options)
    except _errors.KeepaliveError as error:
        return {"problem": str(error), "needs_host_values": False}
    return {
        "problem": "",
        "prober": plan.prober,
        "targets": plan.asked(),
        "options": options,
        "policy": None if plan.policy is None else plan.policy.named(),
        "needs_host_values": plan.needs_host_values,
        "ended": {str(index): sentence for index, sentence in plan.ended.items()},
        "system": plan.system,
        "fail_on": list(variables.get("fail_on", listeners.FAIL_ON)),
    }


def refuse_what_the_module_would(plan: validate_plan.Plan, options: t.Mapping[str, t.Any]) -> None:
    """Several hosts may share a call: the mistake of one must not fail the others."""
    asked = dict(options, targets=list(plan.targets))
    checked = ArgumentSpecValidator(tcp_keepalive_probe.argument_spec()).validate(asked)
    if checked.error_messages:
        raise _errors.InvalidValue("; ".join(checked.error_messages))
    request.parse(checked.validated_parameters)


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"validation_plan": validation_plan}
