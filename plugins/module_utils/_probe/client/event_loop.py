# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many conversations at once, in one thread: each is a generator that says what it waits for, and is resumed when it comes."""

import heapq
import itertools
import selectors
import socket
import time
import typing as t

Result = t.TypeVar("Result")
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
# Of so few entries it does not matter how many are of the past.
FEW = 100


class Pause(t.NamedTuple):
    """What a conversation waits for: the moment ``until`` (of ``time.monotonic``), or an event on its connection before."""

    until: float
    connection: t.Optional[socket.socket] = None
    events: int = 0


Conversation = t.Generator[Pause, int, Result]


class _Turn(t.Generic[Result]):
    """One conversation and what it waits for now. A connection stays registered while it is waited for again."""

    def __init__(self, conversation: Conversation[Result]) -> None:
        self.conversation = conversation
        self.waits_for = -1
        """The number of its entry in the queue; an entry with another number is of the past."""
        self.started = False
        self.registered: t.Optional[t.Tuple[socket.socket, int]] = None
        self.result: t.List[Result] = []

    def resume(self, events: int, selector: selectors.BaseSelector) -> t.Optional[float]:
        """Until when it pauses; ``None`` at its end."""
        try:
            pause = self.conversation.send(events) if self.started else next(self.conversation)
        except StopIteration as end:
            self.unregister(selector)
            self.result.append(end.value)
            return None
        self.started = True
        wanted = (pause.connection, pause.events) if pause.connection is not None and pause.events else None
        if wanted != self.registered:
            self.unregister(selector)
            if wanted is not None:
                selector.register(wanted[0], wanted[1], self)
            self.registered = wanted
        return pause.until

    def unregister(self, selector: selectors.BaseSelector) -> None:
        if self.registered is not None:
            try:
                selector.unregister(self.registered[0])
            except (KeyError, ValueError):
                pass  # it was closed
            self.registered = None


class _Agenda(t.Generic[Result]):
    """Which turn is due next. An entry is of the past where its turn has gone on since; such do not pile up."""

    def __init__(self) -> None:
        self.order = itertools.count()  # no two entries of the heap are equal, so turns are never compared
        self.entries: t.List[t.Tuple[float, int, _Turn[Result]]] = []
        self.most = FEW

    def add(self, turn: _Turn[Result], until: float) -> None:
        heapq.heappush(self.entries, (until, turn.waits_for, turn))
        if len(self.entries) > self.most:
            self.entries = [entry for entry in self.entries if entry[1] == entry[2].waits_for]
            heapq.heapify(self.entries)
            self.most = max(FEW, 2 * len(self.entries))

    def next(self) -> float:
        return self.entries[0][0]

    def take_due(self, now: float) -> t.Iterator[_Turn[Result]]:
        while self.entries and self.entries[0][0] <= now:
            _until, number, turn = heapq.heappop(self.entries)
            if number == turn.waits_for:  # else an event came first
                yield turn


def run(conversations: t.Iterable[Conversation[Result]]) -> t.List[Result]:
    """Hold all conversations to their ends; what each returned, in their order. None is left half way, whatever happens."""
    turns = [_Turn(conversation) for conversation in conversations]
    try:
        with _selector() as selector:
            _hold(turns, selector)
    finally:
        for turn in turns:
            turn.conversation.close()
    return [turn.result[0] for turn in turns]


def _selector() -> selectors.BaseSelector:
    """The quickest there is takes a descriptor. Where none is free, each conversation is to find that out for itself."""
    try:
        return selectors.DefaultSelector()
    except OSError:
        return selectors.PollSelector()


def _hold(turns: t.Sequence["_Turn[Result]"], selector: selectors.BaseSelector) -> None:
    agenda: _Agenda[Result] = _Agenda()
    going = len(turns)

    def resume(turn: "_Turn[Result]", events: int) -> None:
        nonlocal going
        turn.waits_for = next(agenda.order)
        until = turn.resume(events, selector)
        if until is None:
            going -= 1
        else:
            agenda.add(turn, until)

    for turn in turns:
        resume(turn, 0)
    while going:
        for key, events in selector.select(max(0.0, agenda.next() - time.monotonic())):
            resume(key.data, events)
        for turn in agenda.take_due(time.monotonic()):
            resume(turn, 0)
