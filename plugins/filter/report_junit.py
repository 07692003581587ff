# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: report_junit
short_description: A report on listeners for CI servers
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - The report as JUnit XML, with a test suite for each host and a test case for each listener.
  - A verdict that fails a host is a failure, with its remedy. Listeners that are exempt, or that nothing could be decided about, are skipped, with the reason.
    A host that could not be validated is an error.
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
- name: Show the verdicts in the CI server
  ansible.builtin.copy:
    content: "{{ results | netops.keepalive.validation_report | netops.keepalive.report_junit }}"
    dest: reports/junit.xml
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

from ansible_collections.netops.keepalive.plugins.plugin_utils._report import junit


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"report_junit": junit.junit}
