# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: audit
short_description: Hold a host's keepalive values against a policy
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - Internal to the roles of this collection. It may change or go at any time.
  - The verdict on one host, from what M(netops.keepalive.tcp_keepalive_info) returned there, unreachable and failed hosts included.
positional: policy
options:
  _input:
    description: The registered result of M(netops.keepalive.tcp_keepalive_info), or C(ansible_failed_result).
    type: dict
    required: true
  policy:
    description: A mapping with any of C(time), C(interval) and C(probes). An empty one means that O(file) shall not set any.
    type: dict
    required: true
  runtime:
    description: Whether the values of the running kernel count.
    type: bool
    default: true
  boot:
    description: Whether the values after the next boot count.
    type: bool
    default: true
  file:
    description: The file of the policy, which an empty O(policy) wants without any value.
    type: str
    default: ''
"""

EXAMPLES = r"""
- name: Does this host notice a dead peer in time
  ansible.builtin.debug:
    msg: "{{ (keepalive | netops.keepalive.audit({'time': 120, 'interval': 30, 'probes': 4})).message }}"
"""

RETURN = r"""
_value:
  description:
    - A mapping with C(status) (V(compliant), V(drift), V(unreachable) or V(failed)), C(message), a sentence, and C(differences), a list of
      mappings with C(parameter), C(when) (V(runtime) or V(boot)), C(found), C(wanted), and the C(file) and C(line) that set it, V(null) if no file does.
    - Windows always sends 10 probes, which is not drift by itself. If a dead peer is dropped later than the policy says, C(parameter) is V(drop_after), and
      C(cure) is an interval that cures it, V(null) if none does. A shorter interval that makes up for the probes is as good as the policy's.
  type: dict
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._errors import KeepaliveError
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import drift


def audit(
    found: t.Mapping[str, t.Any], policy: object, runtime: bool = True, boot: bool = True, file: str = ""
) -> dict[str, t.Any]:
    try:
        return drift.audit(found, _settings.parse_policy(policy), runtime=runtime, boot=boot, file=file)
    except KeepaliveError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"audit": audit}
