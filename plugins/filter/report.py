# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: report
short_description: A report on listeners, in one of several formats
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - From what M(netops.keepalive.tcp_keepalive_probe) returned on some hosts to the text of a file, with every verdict and its remedy.
  - The playbook C(netops.keepalive.audit) writes these files itself. This filter is for plays of your own.
positional: format
options:
  _input:
    description:
      - A mapping of host names to what M(netops.keepalive.tcp_keepalive_probe) returned there, or to the fact C(validate_result) of role
        P(netops.keepalive.validate#role). An empty mapping stands for a host that was not validated.
      - A C(report.json) that was read back is taken as well, also one on the hosts' own values. It keeps its time and the source of its policy.
    type: dict
    required: true
  format:
    description:
      - V(json) has all that is known. Its schema is C(roles/validate/files/report.schema.json) in this collection.
      - V(html) is one page with verdicts, values beside the policy's, pictures of the measured keepalive probes, and remedies. It needs no other file and no
        network, and can be read without JavaScript.
      - V(junit) is for CI servers, with a test suite for each host and a test case for each listener and for the host's own values. A verdict that fails a
        host is a failure, with its remedy and the id of its finding, and drift is one, with its reason. Listeners that are exempt or undecided are skipped,
        with the reason. A host that was not audited or is unproven is an error.
      - V(prometheus) has metrics for the textfile collector of node_exporter. Listeners that share all labels are told apart by C(worker).
      - V(summary) is JSON that is small enough for the artifacts of a job, with C(created), C(kinds), C(outcome) (V(ok), V(offenders), V(unproven),
        V(unreachable) or V(invalid)), C(hosts) (the number of each status), C(policy) (the number of each status of the policy audits, V(null) without them),
        C(listeners), C(verdicts), C(failed_host_count), C(failed_hosts) (at most 50), C(offender_count), C(finding_count) and C(findings). These are at most
        20, with C(id), C(program), C(verdict), C(set_by), C(listeners), C(hosts) (both are numbers) and C(remedy).
    type: str
    choices: [json, html, junit, prometheus, summary]
    required: true
"""

EXAMPLES = r"""
- name: Write the page of one host
  ansible.builtin.copy:
    content: "{{ {inventory_hostname: probed} | netops.keepalive.report('html') }}"
    dest: report.html
    mode: "0644"
  delegate_to: localhost

- name: Make the page of an earlier run again
  ansible.builtin.copy:
    content: "{{ lookup('ansible.builtin.file', 'report.json') | from_json | netops.keepalive.report('html') }}"
    dest: report.html
    mode: "0644"
"""

RETURN = r"""
_value:
  description: The text of the file.
  type: str
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import formats, model

try:
    from ansible.utils.unsafe_proxy import wrap_var
except ImportError:  # ansible-core 2.23 has none, and needs none: it templates only text that is marked as trusted
    wrap_var = None


def report(found: object, format: object) -> t.Any:
    try:
        if not isinstance(format, str) or format not in formats.FORMATS:
            raise _errors.InvalidValue(
                "the format is {0}: allowed is {1}.".format(_errors.shown(format), ", ".join(formats.FORMATS))
            )
        text = formats.FORMATS[format](model.report(found))
    except _errors.KeepaliveError as error:
        raise AnsibleFilterError(str(error)) from error
    # A process may call itself "{{ ... }}", which ansible-core before 2.19 would template.
    return wrap_var(text) if wrap_var else text


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"report": report}
