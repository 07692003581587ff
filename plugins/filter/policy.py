# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: policy
short_description: A keepalive policy from values, a goal or a preset
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - Takes a policy as values, as a goal or as a preset. None and more than one of these are refused. An empty string counts as not given.
  - These are the presets, with C(time), C(interval) and C(probes).
  - V(aws-nat) is 120, 30, 4 for AWS NAT gateway, Network Load Balancer, Gateway Load Balancer, Network Firewall, VPC endpoint.
  - V(azure-lb) is 120, 20, 5 for Azure Load Balancer with its default idle timeout of 4 minutes.
  - V(gcp) is 60, 60, 5 for connection tracking of Google Cloud VPC firewalls.
  - V(ipvs) is 600, 30, 10 for IPVS (Docker swarm, kube-proxy in ipvs mode).
  - V(nat-60) is 30, 10, 3 for home, office and mobile NAT that forgets after a minute.
  - V(sap) is 300, 75, 9 for SAP systems on Linux.
  - V(mongodb) is 120, 30, 4 for MongoDB servers and clients.
  - V(cis-mss) is 300, 1, 10 for Windows hosts under the security baselines of CIS and Microsoft.
  - V(default) is 7200, 75, 9 for what Linux starts with.
  - The preset V(cis-mss) needs O(probes), as only a Windows host has a number of its own, and gives a warning. Its time is longer than the 240 seconds of an
    Azure load balancer, and it is within the 295 to 305 seconds that race against connection tracking.
extends_documentation_fragment:
  - netops.keepalive.policy
seealso:
  - plugin: netops.keepalive.plan
    plugin_type: filter
"""

EXAMPLES = r"""
- name: The values of a preset
  ansible.builtin.debug:
    msg: "{{ {} | netops.keepalive.policy(preset='aws-nat') }}"
"""

RETURN = r"""
_value:
  description: A mapping as P(netops.keepalive.plan#filter) returns it, with V(null) for each value that is not given.
  type: dict
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display
from ansible_collections.netops.keepalive.plugins.module_utils._errors import KeepaliveError
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import goals, presets


def policy(
    values: t.Mapping[str, object], goal: object = None, preset: object = None, probes: object = None
) -> dict[str, t.Any]:
    try:
        found = goals.resolve(values, goal=goal, preset_name=preset, probes=probes)
    except KeepaliveError as error:
        raise AnsibleFilterError(str(error)) from error
    if preset and presets.PRESETS[str(preset)].warning:
        Display().warning(presets.PRESETS[str(preset)].warning)
    return found.report()


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"policy": policy}
