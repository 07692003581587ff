# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether files have changed since this host started."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _local_host

TICKS_PER_SECOND = 100  # USER_HZ of Linux, on all machines that are built today


def are_unchanged(paths: t.Iterable[str], host: _local_host.LocalHost) -> bool:
    """Whether none of ``paths`` has changed since PID 1 started; false where that is not known.

    It is not known to a user who may not see the network namespace of PID 1, or from another one: the values that the boot
    set are not the ones in force here.
    """
    try:
        if not host.samefile("/proc/1/ns/net", "/proc/self/ns/net"):
            return False
        started = start_of_first_process(host)
        return all(host.lstat(path).st_ctime < started for path in paths if host.lexists(path))
    except (OSError, ValueError):
        return False


def start_of_first_process(host: _local_host.LocalHost) -> float:
    """When PID 1 started, as a time stamp (proc_pid_stat(5), proc_stat(5))."""
    ticks = int(host.read("/proc/1/stat").rpartition(b")")[2].split()[19])
    (booted,) = (int(line.split()[1]) for line in host.read("/proc/stat").split(b"\n") if line.startswith(b"btime "))
    return booted + ticks / TICKS_PER_SECOND
