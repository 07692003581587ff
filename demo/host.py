# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plain reading and writing of the host that the demo runs on, by no code of the collection."""

from __future__ import annotations

import pathlib
from typing import NamedTuple

PROC = pathlib.Path("/proc/sys/net/ipv4")
SYSCTL_D = pathlib.Path("/etc/sysctl.d")
NAMES = ("tcp_keepalive_time", "tcp_keepalive_intvl", "tcp_keepalive_probes")


class Values(NamedTuple):
    """Seconds, seconds, and a count."""

    time: int
    interval: int
    probes: int


def runtime() -> Values:
    return Values(*(int((PROC / name).read_text()) for name in NAMES))


def set_by_hand(time: int) -> None:
    (PROC / NAMES[0]).write_text(f"{time}\n")


class Footprint(NamedTuple):
    """What must be the same after the demo: the values in force, and the files with their sizes and times."""

    values: Values
    files: tuple[tuple[str, int, int], ...]

    @classmethod
    def of_this_machine(cls) -> Footprint:
        paths = sorted(SYSCTL_D.glob("*")) + [pathlib.Path("/etc/sysctl.conf")]
        status = [(str(path), path.lstat()) for path in paths if path.is_symlink() or path.exists()]
        return cls(runtime(), tuple((path, found.st_size, found.st_mtime_ns) for path, found in status))
