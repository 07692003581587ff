# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: report_html
short_description: A report on listeners as a page
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - One page of HTML with verdicts, values against the policy, pictures of the measured keepalive probes, and remedies.
  - It needs no other file and no network, and can be read without JavaScript.
options:
  _input:
    description: What P(netops.keepalive.validation_report#filter) gave.
    type: dict
    required: true
seealso:
  - plugin: netops.keepalive.validation_report
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the verdicts
  ansible.builtin.copy:
    content: "{{ results | netops.keepalive.validation_report | netops.keepalive.report_html }}"
    dest: reports/report.html
    mode: "0644"
  delegate_to: localhost
  run_once: true
"""

RETURN = r"""
_value:
  description: The text of the file.
  type: str
"""

import typing as t

from ansible_collections.netops.keepalive.plugins.plugin_utils._report import page


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"report_html": page.page}
