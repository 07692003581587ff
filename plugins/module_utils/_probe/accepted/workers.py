# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listeners that share a port (SO_REUSEPORT): the kernel chooses which worker gets a connection, and each has its own options."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._probe import types

TRIES_PER_WORKER, MOST_TRIES = 8, 64

ANOTHER_WORKER = "Another worker on this port took every test connection: these are the values of process {0}."


class AnotherWorker(Exception):
    """The connection went to another worker than the one that is to be probed: make another one."""


def most_tries(workers: int) -> int:
    """How many connections are made until the worker that is meant gets one.

    With 8 for each worker one in 3,000 gets none, with 4 it would be one in 55.
    """
    return min(TRIES_PER_WORKER * workers, MOST_TRIES)


def sharing(targets: t.Iterable[types.Target]) -> t.List[t.List[int]]:
    """For each target the indices of those at the same endpoint, its own among them."""
    by_endpoint: t.Dict[types.Endpoint, t.List[int]] = {}
    groups = []
    for index, target in enumerate(targets):
        group = by_endpoint.setdefault(target.endpoint, [])
        group.append(index)
        groups.append(group)
    return groups


class Workers:
    """Which test connection is for which target. Both are numbered alike, and exchanged where the kernel chose another worker."""

    def __init__(self, targets: t.Sequence[types.Target]) -> None:
        self.targets = targets
        self.groups = sharing(targets)
        self.target_of = list(range(len(targets)))
        """The index of the target that each connection is for."""
        self.assigned: t.Set[int] = set()
        """The connections that no other one may exchange targets with any more."""

    def tries(self, connection: int) -> int:
        return most_tries(len(self.groups[connection]))

    def assign(self, connection: int, pid: t.Optional[int]) -> bool:
        """Whether a connection that this process accepted can be read, for its own target or for that of another connection,
        which then gets this one's. It cannot where the process is a worker whose target was read already."""
        group = self.groups[connection]
        own = self.targets[self.target_of[connection]]
        if len(group) > 1 and pid is not None and pid not in own.pids:
            others = [other for other in group if pid in self.targets[self.target_of[other]].pids]
            waiting = [other for other in others if other not in self.assigned]
            if others and not waiting:
                return False
            if waiting:
                other = waiting[0]
                self.target_of[connection], self.target_of[other] = self.target_of[other], self.target_of[connection]
        self.assigned.add(connection)
        return True
