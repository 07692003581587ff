# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the later writers' configurations have in common: files with lines, and services that start at boot."""

import glob
import os
import typing as t


def read_lines(path: str) -> t.List[str]:
    """The lines of a file; none where it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read().splitlines()
    except OSError:
        return []


def starts_at_boot(service: str) -> bool:
    """Whether the init system of this host starts the service: systemd, sysvinit or OpenRC."""
    if not os.path.isdir("/run/systemd/system"):
        return bool(glob.glob("/etc/rc?.d/S??" + service) or glob.glob("/etc/runlevels/*/" + service))
    unit = service + ".service"
    return bool(
        glob.glob("/etc/systemd/system/*.wants/" + unit)
        and os.path.realpath("/etc/systemd/system/" + unit) != os.devnull
    )
