# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A measurement of many targets: what its connections share, and what it tells about its progress."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import lookup, reader, workers
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import connect, event_loop
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import schedule, usermode_network
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import addresses
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import types as sockets_types

Result = t.TypeVar("Result")
# With more connections than these, single probes are not told, only ends.
FEW = 20
# Seconds between two signs of life, and until the end of all is noticed.
BEAT = 30.0
END_SEEN_AFTER = 0.1


class Session:
    """``context`` is that of its connections, ``host`` the values in force on this machine; ``progress`` gets a sentence at a
    time."""

    def __init__(
        self,
        targets: t.Sequence[types.Target],
        context: connect.ConnectContext,
        host: _settings.Settings,
        reader: reader.Reader,
        progress: t.Optional[t.Callable[[str], None]] = None,
    ) -> None:
        self.targets = targets
        self.context = context
        self.host = host
        self.reader = reader
        self.progress = progress
        self.holders: event_loop.Batch[lookup.Pids, sockets_types.Holder] = event_loop.Batch(lookup.search)
        self.marks = event_loop.Batch(reader.marks_of)
        self.connections = self.left = sum(map(schedule.connections, targets))
        self.user_network = usermode_network.limit()
        self.sharing = {
            target.endpoint: frozenset(pid for index in group for pid in targets[index].pids)
            for target, group in zip(targets, workers.sharing(targets))
            if len(group) > 1
        }

    @property
    def options(self) -> types.Options:
        return self.context.options

    def tell(self, sentence: str, detail: bool = False) -> None:
        if self.progress is not None and not (detail and self.connections > FEW):
            self.progress(sentence)

    def tell_total(self) -> None:
        number = len(self.targets)
        count = "1 listener" if number == 1 else "{0} listeners at once".format(number)
        seconds = schedule.total(self.targets, self.options, self.host)
        self.tell("{0}: this takes {1:.0f} s at most".format(count, seconds))

    def heartbeat(self, result: Result) -> event_loop.Coroutine[Result]:
        """Tell now and then that the measurement goes on."""
        start = last_beat = event_loop.now()
        while self.progress is not None and self.left:
            yield event_loop.Pause(event_loop.now() + END_SEEN_AFTER)
            if event_loop.now() >= last_beat + BEAT:
                last_beat = event_loop.now()
                self.tell(
                    "{0:.0f} s: {1} of {2} connections go on".format(last_beat - start, self.left, self.connections)
                )
        return result

    def tell_schedule(self, target: types.Target) -> None:
        moments = ["after {0:g} s {1}".format(round(at, 1), what) for at, what in schedule.schedule(target, self.host)]
        self.tell("{0}: silent from now on; {1}".format(target.called, "; ".join(moments)), detail=True)

    def tell_problem(self, target: types.Target, problem: str) -> None:
        self.tell(problem if problem.startswith(target.called) else "{0}: {1}".format(target.called, problem))

    def workers(self, target: types.Target) -> t.FrozenSet[int]:
        """The processes among which the kernel chooses, where several have a listener of their own at this address."""
        return self.sharing.get(target.endpoint, frozenset())

    def wait(self, target: types.Target) -> float:
        return schedule.max_wait(target, self.host)

    def limits(self, target: types.Target) -> t.Tuple[str, ...]:
        """What is known to be in the way before the first connection."""
        if self.user_network is None or target.listener is not None or addresses.is_loopback(target.address):
            return ()
        return (self.user_network,)
