# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: policy_problem
short_description: Why a keepalive policy is refused
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - Internal to the roles of this collection. It may change or go at any time.
  - The sentence with which P(netops.keepalive.policy#filter) would fail, for a task that checks its input first.
extends_documentation_fragment:
  - netops.keepalive.policy
seealso:
  - plugin: netops.keepalive.policy
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Refuse a policy that is not allowed
  ansible.builtin.fail:
    msg: "{{ problem }}"
  when: problem | length > 0
  vars:
    problem: "{{ {} | netops.keepalive.policy_problem(goal='drop_within=2') }}"
"""

RETURN = r"""
_value:
  description: The sentence, or empty text if the policy is allowed.
  type: str
"""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._errors import KeepaliveError
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import goals


def policy_problem(
    values: t.Mapping[str, object], goal: object = None, preset: object = None, probes: object = None
) -> str:
    try:
        goals.resolve(values, goal=goal, preset_name=preset, probes=probes)
    except KeepaliveError as error:
        return str(error)
    return ""


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"policy_problem": policy_problem}
