# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was measured on, and with which versions."""

from __future__ import annotations

import importlib.metadata
import os
import platform

from tests.support.environments.other_collections import ANSIBLE_PACKAGE


def description() -> dict[str, str]:
    return {
        "kernel": platform.release(),
        "machine": f"{platform.machine()}, {os.cpu_count()} processors",
        "python": platform.python_version(),
        "ansible-core": importlib.metadata.version("ansible-core"),
        "ansible.posix": f"of {ANSIBLE_PACKAGE}",
        "targets": "Debian 11, 12 and 13 in turn (Python 3.9, 3.11, 3.13), on this machine, over ssh",
    }
