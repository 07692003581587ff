# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: validation_result
short_description: What the probe found on one host
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - Internal to the roles of this collection. It may change or go at any time.
  - The result for one host, from what M(netops.keepalive.tcp_keepalive_probe) returned, or from what it failed with, unreachable hosts included.
options:
  _input:
    description: The registered result of M(netops.keepalive.tcp_keepalive_probe), or C(ansible_failed_result).
    type: dict
    required: true
  plan:
    description: What P(netops.keepalive.validation_plan#filter) gave for the host.
    type: dict
    default: {}
  share:
    description: What P(netops.keepalive.validation_share#filter) gave for the host.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: What to do about this host
  ansible.builtin.debug:
    msg: "{{ (probe | netops.keepalive.validation_result).message }}"
"""

RETURN = r"""
_value:
  description:
    - A mapping with C(status) (V(ok), V(failed) or V(unreachable)), C(message), a line for each listener that does not keep to its policy, and
      C(listeners), those of the module with what P(netops.keepalive.remedy#filter) says about each.
  type: dict
"""

import typing as t

from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import results

try:
    from ansible.utils.unsafe_proxy import wrap_var
except ImportError:  # ansible-core 2.23 has none, and needs none: it templates only text that is marked as trusted
    wrap_var = None

Mapping = t.Mapping[str, t.Any]


def validation_result(found: Mapping, plan: Mapping | None = None, share: Mapping | None = None) -> t.Any:
    result = results.outcome(found, plan, share)
    # A process may call itself "{{ ... }}", which ansible-core before 2.19 would template.
    return wrap_var(result) if wrap_var else result


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"validation_result": validation_result}
