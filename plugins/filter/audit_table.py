# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: audit_table
short_description: The audits of a fleet as a table
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - Internal to the roles of this collection. It may change or go at any time.
  - A row per host with its status and the reason, the worst first, and a line that counts them.
options:
  _input:
    description: A mapping of host name to what M(netops.keepalive.apply_policy) gave. V(null) stands for a host that failed before its audit.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show a fleet
  ansible.builtin.debug:
    msg: "{{ results | netops.keepalive.audit_table }}"
"""

RETURN = r"""
_value:
  description: The lines of the table.
  type: list
  elements: str
"""

import typing as t

from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import drift


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"audit_table": drift.table}
