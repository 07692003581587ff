#!/usr/bin/python
# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: validate_host
short_description: Validate the applications of a host for role validate
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - This action is for the role P(netops.keepalive.validate#role) only. It reads the variables of the role.
  - It probes with M(netops.keepalive.tcp_keepalive_probe), and reads the host's own values with M(netops.keepalive.tcp_keepalive_info) if no policy is given.
    The C(module_defaults) of these two count.
options:
  step:
    description:
      - V(all) plans, probes and judges.
      - If another machine probes, V(plan) and V(judge) are steps of their own, with one call of the probe for all hosts between them.
    type: str
    choices: [all, plan, judge]
    default: all
  job:
    description: With V(judge), what V(plan) returned.
    type: dict
    default: {}
  share:
    description: With V(judge), what P(netops.keepalive.validation_share#filter) gave for the host.
    type: dict
    default: {}
  found:
    description: With V(judge), what the probe returned or failed with.
    type: dict
    default: {}
attributes:
  action:
    description: It has an action plugin.
    support: full
  check_mode:
    support: full
    description: It changes nothing in any mode.
  diff_mode:
    support: none
    description: It changes nothing, so there is no diff.
"""

EXAMPLES = r"""
- name: Validate the applications of the host
  netops.keepalive.validate_host:
  become: true
  register: validate_result
  vars:
    validate_preset: aws-nat
"""

RETURN = r"""
status:
  description: V(ok), V(unproven), V(failed) or V(unreachable).
  type: str
  returned: after judging
  sample: ok
cause:
  description: Why the host is unproven.
  type: str
  returned: after judging
  sample: null
fails:
  description: Whether the host fails.
  type: bool
  returned: after judging
  sample: false
message:
  description: A line for each listener that does not keep to its policy, or what was found.
  type: str
  returned: after judging
  sample: 2 compliant
listeners:
  description: Those of M(netops.keepalive.tcp_keepalive_probe), each with C(fails), and C(remedy), what P(netops.keepalive.remedy#filter) says.
  type: list
  elements: dict
  returned: after judging, unless a report follows
  sample: []
packed:
  description: The listeners in JSON, compressed by zlib, in Base64. In the playbook C(netops.keepalive.audit) they wait for the report in this form.
  type: str
  returned: after judging, if a report follows
  sample: eJyLjgUAARUAuQ==
job:
  description: What is to be probed. It holds the data that is sent, so the task is not shown.
  type: dict
  returned: with O(step=plan)
  sample: {}
"""
