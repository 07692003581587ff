# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory of a fleet: group `fleet`, and a group for each release."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import ssh
from .host import Host


def write(path: Path, hosts: Sequence[Host], *, key: Path, control_path: str) -> None:
    releases = sorted({host.release for host in hosts})
    fleet: dict[str, Any] = {
        "hosts": {host.name: {"ansible_host": host.address} for host in hosts},
        "children": {
            re.sub(r"\W", "_", release): {"hosts": {host.name: None for host in hosts if host.release == release}}
            for release in releases
        },
        "vars": {
            "ansible_user": "root",
            "ansible_ssh_private_key_file": str(key),
            "ansible_ssh_common_args": " ".join(ssh.OPTIONS),
            "ansible_control_path": control_path.replace("%", "%%"),
            "ansible_pipelining": True,
            "ansible_python_interpreter": "/usr/bin/python3",
        },
    }
    # JSON is YAML too, and needs no library to write.
    unfinished = path.with_suffix(".new")
    unfinished.write_text(json.dumps({"fleet": fleet}, indent=2) + "\n")
    unfinished.replace(path)
