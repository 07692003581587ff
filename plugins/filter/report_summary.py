# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: report_summary
short_description: The few numbers and names of a report that fit into a job's artifacts
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - Counts of hosts and verdicts, and the first of the hosts and listeners that fail, for M(ansible.builtin.set_stats).
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
- name: Keep the verdicts with the job
  ansible.builtin.set_stats:
    data:
      keepalive: "{{ results | netops.keepalive.validation_report | netops.keepalive.report_summary }}"
"""

RETURN = r"""
_value:
  description: >-
    A mapping with C(created), C(hosts) (a count for each of C(ok), C(failed) and C(unreachable)), C(listeners), a count, C(verdicts), a count for each
    verdict that there is, C(failed_host_count) and C(failed_hosts), C(offender_count) and C(offenders), a list of mappings with C(host),
    C(listener), C(verdict) and C(reason). Of hosts and offenders the first 50 are named.
  type: dict
"""

import typing as t

from ansible_collections.netops.keepalive.plugins.plugin_utils._report import model as report_model


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"report_summary": report_model.summary}
