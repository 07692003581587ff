# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: validation_hosts
short_description: The results of a fleet as a list
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - What P(netops.keepalive.validation_report#filter) takes, with the hosts that failed before they were validated.
options:
  _input:
    description: A mapping of host name to what P(netops.keepalive.validation_result#filter) gave. An empty one stands for a host that failed before.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Make a report
  ansible.builtin.set_fact:
    report: "{{ results | netops.keepalive.validation_hosts | netops.keepalive.validation_report }}"
"""

RETURN = r"""
_value:
  description: A list of mappings with C(name), C(status), C(message) and C(listeners).
  type: list
  elements: dict
"""

import typing as t

from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import results as validate_results


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"validation_hosts": validate_results.hosts}
