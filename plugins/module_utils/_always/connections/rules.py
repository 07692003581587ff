# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which connections belong to which cgroup of a task, and which of them the task leaves alone: what the attached program decides for new ones. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._always import config
from ansible_collections.netops.keepalive.plugins.module_utils._always.connections import table
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout

KEEPALIVE_TIMER = 2
LOOPBACK = tuple(map(config.remote, config.LOOPBACK))


def is_meant(one: table.Open, values: config.Config) -> bool:
    """Whether it may be off, and is not excluded. A connection is incoming if its local port is listened on."""
    flags = values.flags
    direction = layout.INCOMING if one.is_incoming else layout.OUTGOING
    return (
        not flags & layout.EXCLUDED
        and bool(flags & direction)
        and one.timer != KEEPALIVE_TIMER
        and one.marked_in is None
        and (one.path is None or bool(flags & layout.CONTAINERS))
        and (one.port if one.is_incoming else one.remote_port) not in values.ports
        and (bool(flags & layout.LOOPBACK) or one.local != one.remote)
        and not any(is_in(one.remote, network) for network in values.remotes)
    )


def is_listener_meant(one: table.Open, values: config.Config) -> bool:
    """What it accepts from this host cannot be told apart, unless it is bound to the loopback interface."""
    flags = values.flags
    return (
        not flags & layout.EXCLUDED
        and bool(flags & layout.INCOMING)
        and (one.path is None or bool(flags & layout.CONTAINERS))
        and one.port not in values.ports
        and (bool(flags & layout.LOOPBACK) or not any(is_in(one.local, network) for network in LOOPBACK))
    )


def is_in(address: bytes, network: config.Remote) -> bool:
    bits, prefix = network
    shift = 128 - bits
    return int.from_bytes(address, "big") >> shift == int.from_bytes(prefix, "big") >> shift


T = t.TypeVar("T")


def innermost(folders: t.Iterable[t.Tuple[str, T, t.Iterable[int]]]) -> t.Dict[int, T]:
    """By inode: of several cgroups with programs that a cgroup is below, the nearest one decides."""
    found: t.Dict[int, T] = {}
    for _cgroup, scope, inodes in sorted(folders, key=lambda one: one[0].count("/") if one[0] != "/" else 0):
        found.update((inode, scope) for inode in inodes)
    return found
