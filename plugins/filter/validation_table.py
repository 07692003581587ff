# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: validation_table
short_description: The results of a fleet as lines of text
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - Internal to the roles of this collection. It may change or go at any time.
  - A line for each host with what was found there, and below it a line for each listener that does not keep to its policy, the worst hosts first.
options:
  _input:
    description: A mapping of host name to what M(netops.keepalive.validate_host) returned. An empty one stands for a host that failed before its
      validation.
    type: dict
    required: true
  remedies:
    description: Whether each line tells the remedy as well.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: Show a fleet
  ansible.builtin.debug:
    msg: "{{ results | netops.keepalive.validation_table }}"
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: str
"""

import typing as t

from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import results as validate_results


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"validation_table": validate_results.table}
