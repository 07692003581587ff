# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connections of a scope that are open and have keepalive off: what a policy will meet, counted before it is set."""

import os
import socket
import struct
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings
from ansible_collections.netops.keepalive.plugins.module_utils._always import cgroups, plan, steps
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import netns, tcp_info
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import request as diag_request
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import sock_diag

ATTRIBUTE_INFO, ATTRIBUTE_CGROUP = 2, 21
IDLE = (350, 3600, 86400)
LAST_DATA_RECEIVED, LAST_ACK_RECEIVED = 19, 20  # fields of tcp_info.LAYOUT, in milliseconds
UP_TO_LAST_ACK = struct.Struct("8B{0}I".format(LAST_ACK_RECEIVED - 7))


class Open(t.NamedTuple):
    """A connection with keepalive off: the inode of its cgroup (``None`` before Linux 5.9), and for how long it is idle."""

    cgroup: t.Optional[int]
    idle: float
    is_loopback: bool


def read(containers: bool) -> t.List[Open]:
    found: t.List[Open] = []
    for path in [None] + (list(netns.others().paths) if containers else []):
        try:
            with netns.inside(path), sock_diag.Diag() as diag:
                for family in (socket.AF_INET, socket.AF_INET6):
                    found += of_family(diag, family)
        except _errors.HostUnreadable:  # a namespace that has gone, a kernel without sock_diag
            continue
    return found


def of_family(diag: sock_diag.Diag, family: int) -> t.Iterator[Open]:
    states = 1 << sock_diag.ESTABLISHED | 1 << sock_diag.CLOSE_WAIT
    for message in diag.messages(
        diag_request.build(family, states, diag_request.DUMP, extensions=sock_diag.EXTENSION_INFO)
    ):
        (seen,) = sock_diag.sockets(message[: sock_diag.MESSAGE_SIZE], sock_diag.MESSAGE_SIZE)
        if seen.timer == 0:  # a connection that has keepalive on has its timer
            attributes = bytes(message[sock_diag.MESSAGE_SIZE :])
            info = diag_request.attribute(attributes, ATTRIBUTE_INFO) or b""
            cgroup = diag_request.attribute(attributes, ATTRIBUTE_CGROUP)
            fields = UP_TO_LAST_ACK.unpack_from(info.ljust(tcp_info.LAYOUT.size, b"\0"))
            idle = min(fields[LAST_DATA_RECEIVED], fields[LAST_ACK_RECEIVED]) / 1000.0
            yield Open(struct.unpack("=Q", cgroup)[0] if cgroup else None, idle, seen.local == seen.remote)


def report(planned: plan.Plan, host: _settings.Settings) -> t.List[t.Dict[str, t.Any]]:
    """For each cgroup that is going to be switched on, or to get other values."""
    steps = [step for step in planned.needed if step.wanted.config and not step.wanted.is_excluded]
    if not steps:
        return []
    connections = read(any(flags(step) & layout.CONTAINERS for step in steps))
    return [dict(unit=step.wanted.unit, **of_step(planned.mount, step, connections, host)) for step in steps]


def flags(step: steps.Step) -> int:
    return step.wanted.config.flags if step.wanted.config else 0


def of_step(
    mount: str, step: steps.Step, connections: t.Sequence[Open], host: _settings.Settings
) -> t.Dict[str, t.Any]:
    inside = inodes(mount, step.cgroup)
    own = [one for one in connections if step.cgroup == cgroups.ROOT or one.cgroup in inside]
    own = [one for one in own if flags(step) & layout.LOOPBACK or not one.is_loopback]
    values = step.wanted.config
    time = (values.time if values else 0) or host.time or 1
    return {
        "connections": len(own),
        "idle_over": {str(limit): sum(one.idle > limit for one in own) for limit in IDLE},
        "probes_per_second": round(len(own) / float(time), 2),
    }


def inodes(mount: str, cgroup: str) -> t.Set[int]:
    if cgroup == cgroups.ROOT:
        return set()
    return {status.st_ino for status in map(stat_of, walked(mount, cgroup)) if status}


def walked(mount: str, cgroup: str) -> t.Iterator[str]:
    return (folder for folder, _below, _files in os.walk(cgroups.path_of(mount, cgroup)))


def stat_of(path: str) -> t.Optional[os.stat_result]:
    try:
        return os.stat(path)
    except OSError:
        return None
