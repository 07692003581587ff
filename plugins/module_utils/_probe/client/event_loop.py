# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many coroutines in one thread: each is a generator that yields what it waits for, and is resumed when that comes."""

import heapq
import itertools
import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import network as client_network

About = t.TypeVar("About")
Result = t.TypeVar("Result")
READ, WRITE = client_network.READ, client_network.WRITE
# A heap with fewer entries is not purged of stale timers.
FEW = 500
# This many tasks are started before those that run are looked after. More wait longer, fewer go through the machine more often.
AT_ONCE = 256


class Pause(t.NamedTuple):
    """What a coroutine waits for: the moment ``until`` (of ``now``; 0 is the end of this turn of the loop), or an event on its
    connection before."""

    until: float
    connection: t.Optional[socket.socket] = None
    events: int = 0


# It is sent the events that came; none where the moment came first.
Coroutine = t.Generator[Pause, t.Optional[int], Result]

_clocks: t.List[t.Callable[[], float]] = [client_network.MACHINE.now]


def now() -> float:
    """The time of the running loop, in seconds since some moment."""
    return _clocks[-1]()


class Task(t.Generic[Result]):
    """One coroutine and what it waits for."""

    __slots__ = ("coroutine", "descriptor", "registered", "result", "timer")

    def __init__(self, coroutine: Coroutine[Result]) -> None:
        self.coroutine = coroutine
        self.timer = -1
        """The number of its current timer; a timer of this task with another number is stale."""
        self.registered: t.Optional[t.Tuple[socket.socket, int]] = None
        """The connection and the events that are waited for. It stays registered while it is waited for again."""
        self.descriptor = -1
        """That of the registered connection, which may be closed by now."""
        self.result: t.Any = None


class TimerHeap(t.Generic[Result]):
    """The timers of all tasks. A timer is stale when an event has resumed its task; stale timers are purged."""

    def __init__(self) -> None:
        self.numbers = itertools.count()  # no two entries are equal, so tasks are never compared
        self.entries: t.List[t.Tuple[float, int, Task[Result]]] = []
        self.most = FEW

    def add(self, task: Task[Result], until: float) -> None:
        task.timer = next(self.numbers)
        heapq.heappush(self.entries, (until, task.timer, task))
        if len(self.entries) > self.most:
            self.entries = [entry for entry in self.entries if entry[1] == entry[2].timer]
            heapq.heapify(self.entries)
            self.most = max(FEW, 2 * len(self.entries))

    def next(self) -> float:
        return self.entries[0][0]

    def take_due(self, moment: float) -> t.Iterator[Task[Result]]:
        while self.entries and self.entries[0][0] <= moment:
            _until, number, task = heapq.heappop(self.entries)
            if number == task.timer:
                yield task


class Loop(t.Generic[Result]):
    def __init__(self, poller: client_network.Poller, fault: t.Optional[t.Callable[[str], Result]]) -> None:
        self.poller = poller
        self.fault = fault
        self.timers: TimerHeap[Result] = TimerHeap()
        self.waiting: t.Dict[int, Task[Result]] = {}
        """The tasks that wait for an event, by descriptor."""
        self.running = 0
        self.soon: t.List[Task[Result]] = []
        """The tasks that are resumed at the end of this turn."""

    def run(self, tasks: t.Sequence[Task[Result]]) -> None:
        self.running = len(tasks)
        for start in range(0, len(tasks), AT_ONCE):
            for task in tasks[start : start + AT_ONCE]:
                self.resume(task, None)
            self.turn(0.0)
        while self.running:
            self.turn(0.0 if self.soon else max(0.0, self.timers.next() - now()))

    def turn(self, seconds: float) -> None:
        """Resume the tasks whose event has come, or comes within this time, and those that are due then."""
        for descriptor, events in self.poller.wait(seconds):
            if descriptor in self.waiting:
                self.resume(self.waiting[descriptor], events)
        for task in self.timers.take_due(now()):
            self.resume(task, None)
        soon, self.soon = self.soon, []
        for task in soon:
            self.resume(task, None)

    def resume(self, task: Task[Result], events: t.Optional[int]) -> None:
        try:
            pause = task.coroutine.send(events)
            while pause.connection is not None or task.registered is not None:
                try:
                    self.register(task, pause.connection, pause.events)
                    break
                except OSError as error:
                    pause = task.coroutine.throw(error)
        except StopIteration as end:
            self.finish(task, end.value)
        except _errors.Abandoned:
            raise  # the results of all tasks are no longer wanted
        except Exception as error:
            if self.fault is None:
                raise
            # The other tasks may have run for hours.
            self.finish(task, self.fault("{0}: {1}".format(type(error).__name__, error)))
        else:
            if pause.until:
                self.timers.add(task, pause.until)
            else:
                task.timer = -1
                self.soon.append(task)

    def finish(self, task: Task[Result], result: Result) -> None:
        if task.registered is not None:
            self.register(task, None, 0)
        task.result = result
        task.timer = -1
        self.running -= 1

    def register(self, task: Task[Result], connection: t.Optional[socket.socket], events: int) -> None:
        """Have the task resumed at an event on this connection only. Raises ``OSError``."""
        if task.registered is not None:
            if task.registered == (connection, events):
                return
            self.poller.unregister(task.descriptor)
            del self.waiting[task.descriptor]
            task.registered = None
        if connection is not None:
            task.descriptor = connection.fileno()
            self.poller.register(task.descriptor, events)
            self.waiting[task.descriptor] = task
            task.registered = (connection, events)


def run(
    coroutines: t.Iterable[Coroutine[Result]],
    network: client_network.Network = client_network.MACHINE,
    fault: t.Optional[t.Callable[[str], Result]] = None,
) -> t.List[Result]:
    """Run all coroutines to their ends; what each returned, in their order. All are closed, whatever happens.

    ``fault`` makes the result of a coroutine that raised an exception; without it the exception ends all, as ``Abandoned``
    always does.
    """
    tasks = [Task(coroutine) for coroutine in coroutines]
    poller = network.poller()
    _clocks.append(network.now)
    try:
        Loop(poller, fault).run(tasks)
    finally:
        for task in tasks:
            task.coroutine.close()
        _clocks.pop()
        poller.close()
    return [task.result for task in tasks]


class Batch(t.Generic[About, Result]):
    """Questions of many coroutines that are answered together: each search goes through the whole machine."""

    def __init__(self, answer: t.Callable[[t.Mapping[int, About]], t.Mapping[int, Result]]) -> None:
        self.answer = answer
        self.asked: t.Dict[int, About] = {}
        self.answers: t.Dict[int, Result] = {}

    def ask(self, key: int, about: About) -> Coroutine[t.Optional[Result]]:
        """The answer for this key, or ``None``."""
        self.asked[key] = about
        yield Pause(0.0)  # until every task that is resumed in this turn has asked
        if key in self.asked:
            asked, self.asked = self.asked, {}
            self.answers.update(self.answer(asked))
        return self.answers.pop(key, None)
