#!/usr/bin/python
# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: apply_policy
short_description: Hold a host to the policy of role policy
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - This action is for the role P(netops.keepalive.policy#role) only. It reads the variables of the role.
  - It sets the values with M(netops.keepalive.tcp_keepalive), or audits them with M(netops.keepalive.tcp_keepalive_info).
  - With C(policy_always_keepalive), M(netops.keepalive.tcp_keepalive_always) switches keepalive on, or runs in check mode for an audit. The
    C(module_defaults) of these modules count.
options:
  failure:
    description: In an audit, what a task failed with before this action could run.
    type: dict
    default: {}
attributes:
  action:
    description: It has an action plugin.
    support: full
  check_mode:
    support: full
    description: It changes nothing, and its result is that of a real run.
  diff_mode:
    support: full
    description: It shows what M(netops.keepalive.tcp_keepalive) shows.
"""

EXAMPLES = r"""
- name: Hold the host to the policy
  netops.keepalive.apply_policy:
  become: true
  vars:
    policy_preset: aws-nat
"""

RETURN = r"""
always:
  description: What M(netops.keepalive.tcp_keepalive_always) returned as C(scopes) and C(affected).
  type: dict
  returned: with C(policy_always_keepalive), if values were set
rebooted:
  description: Whether the host was rebooted. The other keys are those of M(netops.keepalive.tcp_keepalive).
  type: bool
  returned: with C(policy_reboot=when_required), if it was
  sample: true
status:
  description: In an audit, V(compliant), V(drift), V(unreachable) or V(failed). An audit never fails the host.
  type: str
  returned: with C(policy_audit)
  sample: drift
message:
  description: The verdict as a sentence.
  type: str
  returned: with C(policy_audit)
  sample: "time is 7200 now (the system's default), should be 120"
differences:
  description:
    - What does not match, a list of mappings with C(parameter), C(when) (V(runtime) or V(boot)), C(found), C(wanted), and the C(file) and C(line) that set it,
      V(null) if no file does.
    - Windows always sends 10 probes, which is not drift by itself. If a dead peer is dropped later than the policy says, C(parameter) is V(drop_after), and
      C(cure) is an interval that cures it, V(null) if none does. A shorter interval that makes up for the probes is as good as the policy's.
  type: list
  elements: dict
  returned: with C(policy_audit)
  sample: [{parameter: time, when: runtime, found: 7200, wanted: 120, file: null, line: null}]
wanted:
  description:
    - The policy, a mapping with C(time), C(interval), C(probes) and C(drop_after).
    - V(null) if the values are to be removed, or if the host could not be audited.
  type: dict
  returned: with C(policy_audit)
  sample: {time: 120, interval: 30, probes: 4, drop_after: 240}
runtime:
  description: The values in force, a mapping like RV(wanted). V(null) if the host could not be audited.
  type: dict
  returned: with C(policy_audit)
  sample: {time: 7200, interval: 30, probes: 4, drop_after: 7320}
boot:
  description: The values after the next boot, a mapping like RV(wanted). V(null) if the host could not be audited.
  type: dict
  returned: with C(policy_audit)
  sample: {time: 120, interval: 30, probes: 4, drop_after: 240}
"""
