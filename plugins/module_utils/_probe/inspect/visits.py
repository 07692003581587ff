# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All test connections at once, in one thread: each goes through its stages at its own pace and delays no other."""

import collections
import select
import time
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import workers
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import connection_limit, destination
from ansible_collections.netops.keepalive.plugins.module_utils._probe.inspect import attempt as inspect_attempt
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import netns, sock_diag
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

Visit = inspect_attempt.Visit

AT_ONCE = 64
"""So many are opened before the others are looked after."""
SEARCHES = 3
"""How often a process is looked for that has the connection, before the kernel's table has to do."""
SHORTEST_SETTLE = 0.05
"""Seconds between two readings at least: nothing is called off after one."""
READINGS = 10
"""An application that still changes its options at so many readings is read no more."""


class Round:
    """The visits of one call."""

    def __init__(self, visits: t.Sequence[Visit], options: types.Options, crowd: connection_limit.Crowd) -> None:
        self.options = options
        self.crowd = crowd
        self.workers = workers.Workers(visits)
        self.waiting = collections.deque(visits)
        self.under_way: t.Dict[int, Visit] = {}
        # The same by stage; in the first and the last, who came first is due first.
        self.connecting: t.Dict[int, Visit] = {}
        self.queued: t.Dict[int, Visit] = {}
        self.settling: t.Deque[Visit] = collections.deque()
        self.next_start = 0.0
        self.settle = max(options.settle, SHORTEST_SETTLE)

    def run(self) -> None:
        try:
            self.poll = select.epoll()
        except OSError as error:
            for visit in self.waiting:
                visit.not_opened(error)
            return
        try:
            while self.waiting or self.under_way:
                self.start()
                self.hear()
                self.look()
                self.look_again()
        finally:
            self.poll.close()
            for visit in list(self.under_way.values()):
                self.end(visit)

    def start(self) -> None:
        for _turn in range(AT_ONCE):
            now = time.monotonic()
            if not self.waiting or now < self.next_start or not self.open():
                return
            if self.options.rate:
                self.next_start = max(self.next_start, now) + 1 / self.options.rate

    def open(self) -> bool:
        """Whether there was room for the first that waits."""
        visit = self.waiting.popleft()
        try:
            with netns.inside(namespace_of(visit.target)):
                there_was = self.open_here(visit)
        except (_errors.KeepaliveError, OSError) as error:
            self.end(visit)
            visit.not_opened(error)
            return True
        if not there_was:
            self.waiting.appendleft(visit)
            self.next_start = time.monotonic() + connection_limit.PATIENCE
        return there_was

    def open_here(self, visit: Visit) -> bool:
        place = visit.place or destination.place(visit.target, self.options.source_address)
        connection = self.crowd.enter(place.family, None)
        if connection is None:
            return False
        self.under_way[connection.fileno()] = visit
        code = visit.connect(connection, place)
        if code:
            self.not_connected(visit, code)
        else:
            self.connecting[connection.fileno()] = visit
            self.poll.register(connection, select.EPOLLOUT)
        return True

    def not_connected(self, visit: Visit, code: int) -> None:
        self.end(visit)
        other_way = destination.over_ipv4(visit.target) if visit.without_ipv6(code) else None
        if other_way is None:
            visit.failed(code)
        else:
            visit.place = other_way
            self.waiting.appendleft(visit)

    def hear(self) -> None:
        """Wait for what happens on our side, until the next visit is due."""
        for descriptor, _events in self.poll.poll(self.patience()):
            visit = self.under_way[descriptor]
            if visit.stage != inspect_attempt.CONNECTING:
                self.hung_up(visit)
                continue
            del self.connecting[descriptor]
            code = visit.connected()
            if code:
                self.not_connected(visit, code)
            else:
                self.queued[descriptor] = visit
                self.poll.modify(descriptor, select.EPOLLRDHUP)  # no more than that the application closed it

    def patience(self) -> float:
        moments = [visit.due for visit in self.queued.values()]
        moments += [visit.deadline for visit in self.connecting.values()][:1]
        moments += [visit.due for visit in list(self.settling)[:1]]
        if self.waiting:
            moments.append(self.next_start)
        return max(0.0, min(moments, default=0.0) - time.monotonic())

    def hung_up(self, visit: Visit) -> None:
        """The application closed it: the one reading that there is has to do."""
        visit.hung_up()
        self.end(visit)

    def look(self) -> None:
        """See which connections were accepted, find who has them, and read them for the first time."""
        now = time.monotonic()
        for visit in [one for one in self.connecting.values() if now >= one.deadline]:
            visit.unanswered()
            self.end(visit)
        found = []
        for visit in [one for one in self.queued.values() if now >= one.due]:
            seen = self.seen(visit, now)
            if seen is not None:
                found.append((visit, seen))
        for visit, accepted in workers.who_accepted(found):
            visit.accepted = accepted
            visit.contact = observation.ACCEPTED
            if accepted.holder is None and visit.searches < SEARCHES:
                visit.searches += 1
                visit.due = now + inspect_attempt.LATEST
            elif self.workers.sort_out(visit):
                self.read(visit)
            else:
                self.end(visit)
                self.waiting.append(visit)

    def seen(self, visit: Visit, now: float) -> t.Optional[sock_diag.Socket]:
        """The application's socket once it was accepted; else the visit waits on, or has ended."""
        try:
            seen = visit.other_end()
        except _errors.SocketGone:
            if visit.vanished(now):
                self.end(visit)
            return None
        speaks = visit.speaks()
        if seen.inode and not speaks:
            return seen
        if speaks or now < visit.deadline:
            visit.later(now)
        else:
            visit.not_accepted(seen)
            self.end(visit)
        return None

    def read(self, visit: Visit) -> None:
        """For the first time."""
        try:
            visit.read()
        except _errors.SocketGone:  # handed on to a child at this moment, or closed
            visit.later(time.monotonic())
            if visit.due > visit.deadline:
                self.hung_up(visit)
            return
        self.queued.pop(visit.own_end().fileno(), None)
        self.wait_for_changes(visit)

    def wait_for_changes(self, visit: Visit) -> None:
        visit.stage, visit.due = inspect_attempt.SETTLING, time.monotonic() + self.settle
        self.settling.append(visit)

    def look_again(self) -> None:
        """Read each once more when it is due, until two readings are the same."""
        now = time.monotonic()
        moved = []
        while self.settling and self.settling[0].due <= now:
            visit = self.settling.popleft()
            if visit.stage == inspect_attempt.SETTLING and not self.read_again(visit):
                moved.append(visit)
        for visit in self.found_again(moved):
            if not self.read_again(visit, moved=True):
                self.hung_up(visit)

    def read_again(self, visit: Visit, moved: bool = False) -> bool:
        """Whether the process that had it still has it. A child that was handed it may not have got to its options yet."""
        try:
            changed = visit.read() or moved
        except _errors.SocketGone:
            return False
        visit.readings += 1
        if changed and visit.readings < READINGS:
            self.wait_for_changes(visit)
        else:
            visit.steady = not changed
            self.end(visit)
        return True

    def found_again(self, moved: t.Sequence[Visit]) -> t.List[Visit]:
        """Where the process that accepted it has handed it on, the one that has it now is asked."""
        found = []
        for visit in moved:
            try:
                found.append((visit, visit.other_end()))
            except _errors.SocketGone:
                self.hung_up(visit)
        for visit, accepted in workers.who_accepted(found):
            visit.accepted = accepted
        return [visit for visit, _seen in found]

    def end(self, visit: Visit) -> None:
        """Close its connection, if it has one, and forget it."""
        visit.stage = inspect_attempt.DONE
        if visit.connection is None:
            return
        descriptor = visit.connection.fileno()
        for where in (self.under_way, self.connecting, self.queued):
            where.pop(descriptor, None)
        inspect_attempt.part(visit.connection, visit.accepted is not None)
        self.crowd.leave(visit.connection)
        visit.connection = None


def namespace_of(target: types.Target) -> t.Optional[str]:
    return target.listener.namespace if target.listener is not None else None
