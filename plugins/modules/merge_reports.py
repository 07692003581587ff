#!/usr/bin/python
# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: merge_reports
short_description: Merge the reports of several runs, for the playbook
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - This action is for the playbook C(netops.keepalive.merge) only.
  - It makes one report of those of several runs that were each about a part of a fleet, such as the job slices of AWX, and writes
    C(report.json), C(report.html), C(junit.xml) and C(keepalive.prom) on the controller.
  - It reads files C(report.json), or else each variable C(keepalive_ID) in which a job has left its findings among its artifacts. From the files the merged
    report is that of a single run. The artifacts have findings and counts and no listeners.
  - A file that is damaged is named in RV(failure), and the others are merged.
  - With the variable C(merge_enforce=false), listeners that do not keep to the policy fail nothing. Hosts that were not audited, and those that drift, do.
  - It refuses reports of different policies, and reports on listeners together with those on the hosts' own values.
  - It leaves a summary among the statistics of the run, as M(ansible.builtin.set_stats) does, under the key C(keepalive).
options:
  reports:
    description: Paths and globs of files C(report.json). An element may be several with commas between them. If it is empty, the artifacts are merged.
    type: list
    elements: str
    default: []
  expected:
    description: The hosts that ought to be there. A host that is in no report is C(missing) and fails.
    type: list
    elements: str
    default: []
  base:
    description: The folder in which relative paths start.
    type: str
    default: ""
  mode:
    description: The mode of the files, as octal digits in quotes. What the merged files do not allow is taken away.
    type: raw
    default: "0644"
  console:
    description: What RV(lines) hold, as O(netops.keepalive.validate#role:main:validate_console) says. For policy audits it is a table.
    type: str
    default: findings
extends_documentation_fragment:
  - netops.keepalive.report_files
"""

EXAMPLES = r"""
- name: Merge the reports
  netops.keepalive.merge_reports:
    reports: [/var/lib/reports/*/report.json]
    folder: /var/lib/reports/all
"""

RETURN = r"""
lines:
  description: What the console shows at the end of the run. The last line is the outcome.
  type: list
  elements: str
  returned: success
failure:
  description: Why the run fails, in one sentence, such as which files are not merged and which hosts fail; empty if it does not.
  type: str
  returned: success
missing:
  description: The hosts that no report has. Each of them fails by itself.
  type: list
  elements: str
  returned: success
"""
