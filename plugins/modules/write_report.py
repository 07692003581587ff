#!/usr/bin/python
# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: write_report
short_description: Write the files of a report, for the roles
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - This action is for the roles P(netops.keepalive.validate#role) and P(netops.keepalive.policy#role) only, which write their reports with it. Plays of your
    own use the filter P(netops.keepalive.report#filter).
  - It writes C(report.json), C(report.html), C(junit.xml) and C(keepalive.prom) on the controller. All of them are complete
    before the first one is replaced.
  - If the folder has a report of the other kind on exactly the same hosts that is at most an hour old, it writes one report on both.
  - It warns if a report of the other kind or of more hosts is replaced, and names the hosts.
  - It leaves a summary among the statistics of the run, as M(ansible.builtin.set_stats) does, under the key C(keepalive), and the findings with their hosts
    under C(keepalive_ID), from which C(netops.keepalive.merge) merges the jobs of a workflow. The ID is that of the job in AWX, and a random word
    elsewhere.
  - If the files cannot be written it does not fail, as no host has a part in it.
options:
  report:
    description: What P(netops.keepalive.report#filter) takes. With C(kinds=[policy]) the hosts are what M(netops.keepalive.apply_policy) registered.
    type: dict
    required: true
  before:
    description:
      - The path of an earlier C(report.json). The new report says what changed since.
      - If it cannot be read, a warning says why, and the report compares nothing.
    type: str
    default: ""
  mode:
    description: The mode of the files, as octal digits in quotes.
    type: raw
    default: "0644"
  console:
    description: What C(lines) hold, as O(netops.keepalive.validate#role:main:validate_console) says. For a policy audit it is a table.
    type: str
    default: findings
extends_documentation_fragment:
  - netops.keepalive.report_files
"""

EXAMPLES = r"""
- name: Write the files
  netops.keepalive.write_report:
    report:
      created: "2026-01-31T12:00:00Z"
      hosts: {}
    folder: /var/lib/reports
"""

RETURN = r"""
lines:
  description: What the console shows at the end of the run. The last line is the outcome.
  type: list
  elements: str
  returned: success
problem:
  description: Why the files could not be written; empty if they could.
  type: str
  returned: success
"""
