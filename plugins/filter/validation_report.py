# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: validation_report
short_description: The report on the listeners of a fleet
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - The results of all hosts as one report, with each key that a listener can have, sorted by the names of the hosts.
  - What is in C(report.json). Its schema is C(roles/validate/files/report.schema.json) in this collection.
options:
  _input:
    description:
      - The hosts, each a mapping with C(name), C(status) (V(ok), V(failed) or V(unreachable); V(ok) if left out), C(message), a sentence, and C(listeners), as
        M(netops.keepalive.tcp_keepalive_probe) returns them. Each listener may have a C(remedy) as well.
    type: list
    elements: dict
    required: true
  created:
    description: The moment of the report, in UTC, like V(2026-01-31T12:00:00Z). Left out, it is now.
    type: str
    default: ''
seealso:
  - plugin: netops.keepalive.report_html
    plugin_type: filter
  - plugin: netops.keepalive.report_junit
    plugin_type: filter
  - plugin: netops.keepalive.report_prometheus
    plugin_type: filter
  - plugin: netops.keepalive.report_summary
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Keep what one host showed
  ansible.builtin.copy:
    content: "{{ [{'name': inventory_hostname, 'listeners': probed.listeners}] | netops.keepalive.validation_report | to_nice_json }}"
    dest: report.json
    mode: "0644"
  delegate_to: localhost
"""

RETURN = r"""
_value:
  description:
    - A mapping with C(version) (of the schema; V(1)), C(created) and C(hosts), a list of mappings with C(name), C(status), C(message) and C(listeners).
  type: dict
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.netops.keepalive.plugins.module_utils._errors import KeepaliveError
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import model as report_model

try:
    from ansible.utils.unsafe_proxy import wrap_var
except ImportError:  # ansible-core 2.23 will have none, nor need of it: it templates only what it was told to trust
    wrap_var = None


def validation_report(hosts: t.Any, created: str = "") -> t.Any:
    try:
        report = report_model.report(hosts, created or report_model.now())
    except KeepaliveError as error:
        raise AnsibleFilterError(str(error)) from error
    # A process may call itself "{{ ... }}". Before ansible-core 2.19 that would be templated when the report is used.
    return wrap_var(report) if wrap_var else report


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"validation_report": validation_report}
