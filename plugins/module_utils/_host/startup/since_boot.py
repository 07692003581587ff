# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether files have changed since this host started."""

import os
import typing as t


def are_unchanged(paths: t.Iterable[str]) -> bool:
    """Whether none of ``paths`` has changed since PID 1 started; false where that is not known.

    It is not known to a user who may not see the network namespace of PID 1, or from another one: the values that the boot
    set are not the ones in force here.
    """
    try:
        if not os.path.samefile("/proc/1/ns/net", "/proc/self/ns/net"):
            return False
        started = start_of_first_process()
        return all(os.lstat(path).st_ctime < started for path in paths if os.path.lexists(path))
    except (OSError, ValueError):
        return False


def start_of_first_process() -> float:
    """When PID 1 started, as a time stamp (proc_pid_stat(5), proc_stat(5))."""
    with open("/proc/1/stat", encoding="ascii", errors="replace") as file:
        ticks = int(file.read().rpartition(")")[2].split()[19])
    with open("/proc/stat", encoding="ascii") as file:
        (booted,) = (int(line.split()[1]) for line in file if line.startswith("btime "))
    return booted + ticks / os.sysconf("SC_CLK_TCK")
