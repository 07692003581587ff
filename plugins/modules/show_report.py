#!/usr/bin/python
# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: show_report
short_description: Show the end of a run as lines, for the roles
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - This action is for the roles P(netops.keepalive.validate#role) and P(netops.keepalive.policy#role) only.
  - It prints lines of text as they are. With a callback for programs, such as P(ansible.posix.json#callback), it prints nothing, and they are in its result.
options:
  lines:
    description: What M(netops.keepalive.write_report) returned.
    type: list
    elements: str
    required: true
attributes:
  action:
    description: It has an action plugin and runs on the controller.
    support: full
  check_mode:
    description: It changes nothing.
    support: full
  diff_mode:
    description: It changes nothing.
    support: none
"""

EXAMPLES = r"""
- name: Show the findings
  netops.keepalive.show_report:
    lines: ["outcome=ok"]
"""

RETURN = r"""
lines:
  description: The lines.
  type: list
  elements: str
  returned: success
"""
