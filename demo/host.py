# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read and write the host of the demo, without code of the collection."""

from __future__ import annotations

import os
import pathlib
from typing import NamedTuple

PROC = pathlib.Path("/proc/sys/net/ipv4")
SYSCTL_D = pathlib.Path("/etc/sysctl.d")
SYSCTL_CONF = pathlib.Path("/etc/sysctl.conf")
NAMES = ("tcp_keepalive_time", "tcp_keepalive_intvl", "tcp_keepalive_probes")


class Values(NamedTuple):
    """The first two in seconds, the last one a count."""

    time: int
    interval: int
    probes: int


def runtime() -> Values:
    return Values(*(int((PROC / name).read_text()) for name in NAMES))


def set_by_hand(time: int) -> None:
    (PROC / NAMES[0]).write_text(f"{time}\n")


class Footprint(NamedTuple):
    """What the demo must not change: the values in force, and the content of the sysctl files."""

    values: Values
    files: dict[str, bytes]

    @classmethod
    def of_this_machine(cls) -> Footprint:
        paths = sorted(SYSCTL_D.glob("*")) + [SYSCTL_CONF]
        return cls(runtime(), {str(path): content(path) for path in paths if path.is_symlink() or path.exists()})

    def changes_since(self, before: Footprint) -> list[str]:
        """The paths of the values and files that differ."""
        values = [str(PROC / name) for name, old, new in zip(NAMES, before.values, self.values) if old != new]
        paths = sorted(before.files.keys() | self.files.keys())
        return values + [path for path in paths if before.files.get(path) != self.files.get(path)]


def content(path: pathlib.Path) -> bytes:
    """The target of a link, or the text of a file. A file that this user may not read is left out: the demo cannot write it either."""
    if path.is_symlink():
        return os.fsencode(os.readlink(path))
    try:
        return path.read_bytes()
    except OSError:
        return b""
