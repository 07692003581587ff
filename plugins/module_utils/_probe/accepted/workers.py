# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which process has accepted which test connection, and where several listen on one port, whose it was."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import lookup
from ansible_collections.netops.keepalive.plugins.module_utils._probe.inspect import attempt as inspect_attempt
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import sock_diag

Visit = inspect_attempt.Visit
Found = t.Sequence[t.Tuple[Visit, sock_diag.Socket]]


def who_accepted(found: Found) -> t.List[t.Tuple[Visit, lookup.Accepted]]:
    """The processes are searched once for all connections."""
    holders = lookup.search_each({seen.inode: pids_of(visit.target) for visit, seen in found})
    return [(visit, lookup.accepted(seen, holders.get(seen.inode))) for visit, seen in found]


def pids_of(target: types.Target) -> t.Tuple[int, ...]:
    return target.listener.pids if target.listener is not None else ()


class Workers:
    """Listeners that share a port (SO_REUSEPORT): each worker may have options of its own, and the kernel chooses."""

    def __init__(self, visits: t.Iterable[Visit]) -> None:
        self.groups: t.Dict[types.Spot, t.List[Visit]] = {}
        self.sorted: t.Set[Visit] = set()
        for visit in visits:
            self.groups.setdefault(visit.target.spot, []).append(visit)

    def sort_out(self, visit: Visit) -> bool:
        """Whether the connection may be read, for its own target or, exchanged here, for the one that took it."""
        group = self.groups[visit.target.spot]
        holder = visit.accepted.holder if visit.accepted else None
        if holder is None or len(group) == 1 or holder.pid in pids_of(visit.target):
            self.sorted.add(visit)
            return True
        if not any(holder.pid in pids_of(other.target) for other in group):
            self.sorted.add(visit)  # a child of theirs
            return True
        for other in group:
            if other not in self.sorted and holder.pid in pids_of(other.target):
                visit.target, other.target = other.target, visit.target
                self.sorted.add(visit)
                return True
        visit.by_another = visit.tries >= lookup.most_tries(len(group))
        return visit.by_another
