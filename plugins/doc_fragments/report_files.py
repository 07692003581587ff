# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  folder:
    description: The folder for the files. It is made if it does not exist. If it is empty, no file is written.
    type: str
    default: ""
attributes:
  action:
    description: It has an action plugin and runs on the controller.
    support: full
  check_mode:
    description: In check mode it writes nothing.
    support: full
  diff_mode:
    description: A report may have thousands of listeners, so no diff is shown.
    support: none
"""
