# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cgroups (version 2) of this host: where they are, which there are, and a lock that keeps a second run of ours away."""

import contextlib
import errno
import fcntl
import os
import time
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _local_host
from ansible_collections.netops.keepalive.plugins.module_utils._host import persistence
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import processes

ROOT = "/"
WAIT_FOR_LOCK = 30.0
TRIAL = "netops-keepalive-trial-"
"""Begins the names of cgroups in which a run tries the program; they are soon gone."""


def find_mount() -> str:
    """Where the cgroups of version 2 are. Raises ``HostUnreadable``."""
    points = [mount.point for mount in persistence.read_mounts("self", _local_host.THIS) if mount.kind == "cgroup2"]
    for point in points:
        if os.path.exists(point + "/cgroup.procs"):
            return point
    raise _errors.HostUnreadable(
        "This host has no cgroups of version 2: its programs cannot be told which connections are theirs. Boot it with "
        "systemd.unified_cgroup_hierarchy=1, or mount cgroup2."
    )


def path_of(mount: str, cgroup: str) -> str:
    return mount + cgroup.rstrip("/")


def with_ancestors(cgroup: str) -> t.List[str]:
    """The cgroup itself, then those above it, the root last: ``/a/b``, ``/a``, ``/``."""
    found = []
    while cgroup != ROOT:
        found.append(cgroup)
        cgroup = os.path.dirname(cgroup)
    return found + [ROOT]


def unit_of(cgroup: str) -> t.Optional[str]:
    """The name of its unit, or its path where no unit has it; ``None`` for the host."""
    found = processes.unit_in(cgroup)
    name = found[0] if found else os.path.basename(cgroup) if cgroup.endswith(".slice") else cgroup
    return None if cgroup == ROOT else name


def walk(mount: str, top: str = ROOT) -> t.Iterator[str]:
    """This cgroup and all below it, but none of a container: a container is a host of its own."""
    start = path_of(mount, top)
    for folder, below, _files in os.walk(start):
        cgroup = folder[len(mount) :] or ROOT
        yield cgroup
        below[:] = [name for name in below if not is_left_out("{0}/{1}/".format(folder[len(mount) :], name))]


def is_left_out(cgroup: str) -> bool:
    return cgroup.startswith(ROOT + TRIAL) or processes.container_in(cgroup) is not None


@contextlib.contextmanager
def opened(mount: str, cgroup: str) -> t.Iterator[int]:
    descriptor = os.open(path_of(mount, cgroup), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def locked(mount: str, wait: float = WAIT_FOR_LOCK) -> t.Iterator[None]:
    """Only one run of ours changes the programs of this host at a time. Raises ``HostUnwritable``."""
    with opened(mount, ROOT) as folder:
        deadline = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.EACCES) or time.monotonic() > deadline:
                    raise _errors.HostUnwritable(
                        "Another run of this module has held the lock on {0} for {1:.0f} seconds: wait for it.".format(
                            mount, wait
                        )
                    ) from error
                time.sleep(0.05)
        yield
