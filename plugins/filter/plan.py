# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: plan
short_description: Keepalive values that reach a goal
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - From a goal to values. The goal is the time after which the path forgets an idle connection, the time within which a dead peer has to be dropped, or
    both.
  - The first probe comes after half of the shorter time. Three probes follow, a third of that half apart.
  - With O(probes), the rest of C(drop_within) is divided by that number. The interval is never longer than the time before the first probe, so that the path
    stays open.
positional: strategy, probes
options:
  _input:
    description:
      - The goal. A mapping with C(path_idle), C(drop_within) or both, in seconds, or text such as V(path_idle=350 drop_within=180).
    type: raw
    required: true
  strategy:
    description: The rule for the values.
    type: str
    choices: [thirds]
    default: thirds
  probes:
    description: The number of probes, if it is fixed. Windows always sends 10.
    type: int
seealso:
  - plugin: netops.keepalive.drop_after
    plugin_type: filter
"""

EXAMPLES = r"""
- name: An AWS NAT gateway forgets after 350 seconds; a dead peer shall be gone in 180
  netops.keepalive.tcp_keepalive:
    time: "{{ plan.time }}"
    interval: "{{ plan.interval }}"
    probes: "{{ plan.probes }}"
  vars:
    plan: "{{ {'path_idle': 350, 'drop_within': 180} | netops.keepalive.plan }}"
# time 90, interval 30, probes 3

- name: The same for Windows, which sends 10 probes
  ansible.builtin.debug:
    msg: "{{ 'drop_within=180' | netops.keepalive.plan(probes=10) }}"
# time 90, interval 9
"""

RETURN = r"""
_value:
  description:
    - A mapping with C(time), C(interval), C(probes) and C(drop_after), and in C(why) the arithmetic in a sentence.
  type: dict
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.netops.keepalive.plugins.module_utils._errors import KeepaliveError
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import goals


def plan(goal: object, strategy: str = "thirds", probes: object = None) -> dict[str, t.Any]:
    try:
        return goals.plan(goals.parse_goal(goal), strategy=strategy, probes=probes).report()
    except KeepaliveError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"plan": plan}
