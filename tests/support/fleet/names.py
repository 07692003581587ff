# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and addresses: derived from the fleet's folder, so that fleets of several checkouts live side by side."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from .errors import FleetError

RUN = Path("/run/netops-keepalive")
BLOCKS = 512  # of 256 addresses each: 198.18.0.0/15 is set aside for tests and routed nowhere (RFC 2544)
MOST_HOSTS = 128  # two addresses a host: our end of its link, and its own


def token_of(folder: Path) -> str:
    """Begins the name of everything that a fleet makes on the machine."""
    return "ka" + hashlib.sha256(bytes(folder)).hexdigest()[:7]


def machine_name(token: str, number: int) -> str:
    """One name for a host's namespace, link, cgroup and machine (13 characters; a link's name may have 15)."""
    return f"{token}-{number:03d}"


def claim_block(folder: Path) -> int:
    """Give a fleet 256 addresses of its own. A link in /run says whose they are; it is made in one step or not at all."""
    claims = RUN / "blocks"
    claims.mkdir(parents=True, exist_ok=True)
    first = int.from_bytes(hashlib.sha256(bytes(folder)).digest()[-4:], "big") % BLOCKS
    for offset in range(BLOCKS):
        block = (first + offset) % BLOCKS
        claim = claims / str(block)
        if claim.is_symlink() and not claim.exists():  # its fleet's folder is gone
            claim.unlink(missing_ok=True)
        try:
            claim.symlink_to(folder)
        except FileExistsError:
            if os.readlink(claim) != str(folder):
                continue
        return block
    raise FleetError(f"all {BLOCKS} address blocks are taken: destroy fleets that are not needed (see {claims})")


def release_block(folder: Path) -> None:
    for claim in (RUN / "blocks").glob("*"):
        if claim.is_symlink() and os.readlink(claim) == str(folder):
            claim.unlink()


def any_block_claimed() -> bool:
    return any((RUN / "blocks").glob("*"))


def addresses(block: int, number: int) -> tuple[str, str]:
    """Our end and the host's own end of a host's link, a /31."""
    ours = 2 * (number - 1)
    network = f"198.{18 + block // 256}.{block % 256}"
    return f"{network}.{ours}", f"{network}.{ours + 1}"
