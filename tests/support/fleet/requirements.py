# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the machine must have before a fleet can boot on it, and which package brings what is missing."""

from __future__ import annotations

import os
import shutil

from .errors import FleetError

PACKAGE_OF_PROGRAM = {
    "systemd-nspawn": "systemd-container",
    "debootstrap": "debootstrap",
    "apt-get": "apt",
    "ip": "iproute2",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "mount": "mount",
    "setsid": "util-linux",
    "unshare": "util-linux",
}
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
KEYRING_PACKAGE = "debian-archive-keyring"


def missing() -> str | None:
    """One sentence saying what this machine lacks, or None."""
    if os.geteuid() != 0:
        return "booting hosts needs root: run this as root (or with sudo)"
    programs = [program for program in PACKAGE_OF_PROGRAM if shutil.which(program) is None]
    packages = {PACKAGE_OF_PROGRAM[program] for program in programs}
    if not os.path.exists(KEYRING):
        programs.append(KEYRING)
        packages.add(KEYRING_PACKAGE)
    if programs:
        return f"not found: {', '.join(programs)}; install with: apt-get install {' '.join(sorted(packages))}"
    return None


def check() -> None:
    lack = missing()
    if lack:
        raise FleetError(lack)
