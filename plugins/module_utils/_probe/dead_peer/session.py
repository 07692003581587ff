# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all conversations of one call share."""

import time
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import reader
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import (
    connect,
    connection_limit,
    event_loop,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import schedule, usermode_network

Result = t.TypeVar("Result")
# With more targets than these their single probes are not told, only their ends.
FEW = 20
# Seconds between two signs of life, and how late the end of it all may be noticed.
BEAT = 30.0
END_SEEN_AFTER = 0.1


class Surroundings:
    """``connections`` is how many there are in all; ``progress`` is told a sentence at a time."""

    def __init__(
        self,
        options: types.Options,
        host: _settings.Settings,
        crowd: connection_limit.Crowd,
        targets: t.Sequence[types.Target],
        progress: t.Optional[t.Callable[[str], None]],
    ) -> None:
        self.options = options
        self.host = host
        self.crowd = crowd
        self.connections = self.left = sum(map(schedule.connections, targets))
        self.progress = progress
        self.reader = reader.Reader()
        self.user_network = usermode_network.limit()
        self.sharing = sharing(targets)

    def tell(self, sentence: str, detail: bool = False) -> None:
        if self.progress is not None and not (detail and self.connections > FEW):
            self.progress(sentence)

    def tell_total(self, targets: t.Sequence[types.Target]) -> None:
        count = "1 listener" if len(targets) == 1 else "{0} listeners at once".format(len(targets))
        self.tell("{0}: this takes {1:.0f} s at most".format(count, schedule.total(targets, self.options, self.host)))

    def heartbeat(self, result: Result) -> event_loop.Conversation[Result]:
        """Tell now and then that it still goes on, for as long as it does."""
        start = told = time.monotonic()
        while self.progress is not None and self.left:
            yield event_loop.Pause(time.monotonic() + END_SEEN_AFTER)
            if time.monotonic() >= told + BEAT:
                told = time.monotonic()
                self.tell("{0:.0f} s: {1} of {2} connections go on".format(told - start, self.left, self.connections))
        return result

    def tell_schedule(self, target: types.Target) -> None:
        moments = ["after {0:g} s {1}".format(round(at, 1), what) for at, what in schedule.schedule(target, self.host)]
        self.tell("{0}: silent from now on; {1}".format(connect.called(target), "; ".join(moments)), detail=True)

    def tell_problem(self, target: types.Target, problem: str) -> None:
        where = connect.called(target)
        self.tell(problem if problem.startswith(where) else "{0}: {1}".format(where, problem))

    def workers(self, target: types.Target) -> t.FrozenSet[int]:
        """The processes among which the kernel chooses, where several have a listener of their own at this address."""
        return self.sharing.get(target.spot, frozenset())

    def wait(self, target: types.Target) -> float:
        return schedule.max_wait(target, self.host)

    def limits(self, target: types.Target) -> t.Tuple[str, ...]:
        """What is known to be in the way before the first connection."""
        if self.user_network is None or target.listener is not None or usermode_network.is_loopback(target.address):
            return ()
        return (self.user_network,)


def sharing(targets: t.Iterable[types.Target]) -> t.Dict[types.Spot, t.FrozenSet[int]]:
    """The processes of each address that several listeners share (SO_REUSEPORT)."""
    listeners: t.Dict[types.Spot, t.List[types.Listener]] = {}
    for target in targets:
        if target.listener is not None:
            listeners.setdefault(target.spot, []).append(target.listener)
    return {
        where: frozenset(pid for listener in found for pid in listener.pids)
        for where, found in listeners.items()
        if len(found) > 1
    }
