# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shell commands that start an application."""

from __future__ import annotations


def begin(*units: str) -> str:
    return f"systemctl start {' '.join(units)}"


def write(file: str, text: str) -> str:
    return f"mkdir -p $(dirname {file})\ncat > {file} <<'END'\n{text}\nEND\n"


def service(command: str, unit: str = "app", more: str = "") -> str:
    """A service of the host's own that runs a command."""
    text = f"[Service]\nExecStart={command}\nWorkingDirectory=/srv\n{more}"
    return write(f"/etc/systemd/system/{unit}.service", text) + f"systemctl daemon-reload\n{begin(unit)}"
