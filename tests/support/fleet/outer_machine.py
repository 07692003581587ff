# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one setting of the outer machine that hosts need changed; the last fleet to go puts it back."""

from __future__ import annotations

from pathlib import Path

from .names import RUN

# A booted host holds 7 inotify instances, all charged to the outer root, who by default may have 128: 18 hosts.
LIMIT = Path("/proc/sys/fs/inotify/max_user_instances")
ENOUGH = 8192
BEFORE = RUN / "inotify-instances-before"


def make_room() -> None:
    before = int(LIMIT.read_text())
    if before < ENOUGH:
        BEFORE.write_text(str(before))
        LIMIT.write_text(str(ENOUGH))


def put_back() -> None:
    if BEFORE.exists():
        if int(LIMIT.read_text()) == ENOUGH:  # nobody else has changed it meanwhile
            LIMIT.write_text(BEFORE.read_text())
        BEFORE.unlink()
