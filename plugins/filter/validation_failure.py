# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: validation_failure
short_description: Why a host fails its validation
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - Internal to the roles of this collection. It may change or go at any time.
  - A host fails if a listener does not keep to its policy, unless O(enforce=false), and if the host could not be validated.
positional: enforce, brief
options:
  _input:
    description: What M(netops.keepalive.validate_host) returned. An empty one stands for a host that failed before its validation.
    type: dict
    required: true
  enforce:
    description: Whether a listener that does not keep to its policy fails the host.
    type: bool
    default: true
  brief:
    description: Whether to count the offenders only, as they are told elsewhere.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Fail where an application would not notice a dead peer
  ansible.builtin.fail:
    msg: "{{ validate_result | netops.keepalive.validation_failure }}"
  when: validate_result | netops.keepalive.validation_failure | length > 0
"""

RETURN = r"""
_value:
  description: The reason, in one line. Empty if the host does not fail.
  type: str
"""

import typing as t

from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import results as validate_results


def validation_failure(found: t.Mapping[str, t.Any], enforce: bool = True, brief: bool = False) -> str:
    return validate_results.failure(found, enforce, brief)


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"validation_failure": validation_failure}
