# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many coroutines in one thread."""

from __future__ import annotations

import contextlib
import errno
import resource
import socket
import time
import tracemalloc
from collections.abc import Iterator, Mapping

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import event_loop, network
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client.event_loop import Coroutine, Pause


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def sleeper(seconds: float, result: str) -> Coroutine[str]:
    yield Pause(time.monotonic() + seconds)
    return result


def test_results_in_order_and_at_once() -> None:
    start = time.monotonic()
    assert event_loop.run([sleeper(0.2, "slow"), sleeper(0, "quick"), sleeper(0.2, "slow too")]) == [
        "slow",
        "quick",
        "slow too",
    ]
    assert 0.2 <= time.monotonic() - start < 0.39


def test_nothing_to_do() -> None:
    assert event_loop.run([]) == []


def test_an_event_comes_before_the_end_of_the_pause(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair

    def reader() -> Coroutine[tuple[int | None, bytes]]:
        events = yield Pause(time.monotonic() + 30, ours, event_loop.READ)
        return events, ours.recv(10)

    def writer() -> Coroutine[tuple[int | None, bytes]]:
        events = yield Pause(time.monotonic() + 0.05)
        theirs.send(b"hello")
        return events, b""

    assert event_loop.run([reader(), writer()]) == [(event_loop.READ, b"hello"), (None, b"")]


def test_a_pause_ends_without_an_event(pair: tuple[socket.socket, socket.socket]) -> None:
    def reader() -> Coroutine[list[int | None]]:
        first = yield Pause(time.monotonic() + 0.01, pair[0], event_loop.READ)
        second = yield Pause(time.monotonic() + 0.01, pair[0], event_loop.READ)
        return [first, second]

    assert event_loop.run([reader()]) == [[None, None]]


def test_what_an_event_has_ended_does_not_end_again(pair: tuple[socket.socket, socket.socket]) -> None:
    """The timer of a pause that an event cut short is stale."""
    ours, theirs = pair
    theirs.send(b"!")

    def reader() -> Coroutine[list[int | None]]:
        until = time.monotonic() + 0.1
        first = yield Pause(until, ours, event_loop.READ)
        ours.recv(10)
        second = yield Pause(until, ours, event_loop.READ)
        third = yield Pause(until + 0.1, ours, event_loop.READ)
        assert time.monotonic() >= until + 0.1
        return [first, second, third]

    assert event_loop.run([reader()]) == [[event_loop.READ, None, None]]


def test_stale_timers_are_purged(pair: tuple[socket.socket, socket.socket]) -> None:
    """An application that talks for hours cuts short a pause that would last as long, again and again."""
    ours, theirs = pair
    theirs.send(b"!")

    def reader() -> Coroutine[int]:
        yield Pause(time.monotonic())
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(20_000):
            yield Pause(time.monotonic() + 3600, ours, event_loop.READ)
        return tracemalloc.get_traced_memory()[1] - before

    tracemalloc.start()
    try:
        (grown,) = event_loop.run([reader()])
    finally:
        tracemalloc.stop()
    assert grown < 200_000


def test_no_descriptor_is_free() -> None:
    """Then each coroutine gets its own error."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, limits[1]))
    try:
        assert event_loop.run([sleeper(0.01, "one"), sleeper(0, "two")]) == ["one", "two"]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_a_connection_may_be_closed_and_its_descriptor_used_again() -> None:
    def talker() -> Coroutine[bytes]:
        for _ in range(3):
            ours, theirs = socket.socketpair()
            with ours, theirs:
                theirs.send(b"x")
                assert (yield Pause(time.monotonic() + 5, ours, event_loop.READ))
                data = ours.recv(10)
        return data

    assert event_loop.run([talker(), talker()]) == [b"x", b"x"]


def test_an_exception_in_one_closes_all() -> None:
    left: list[str] = []

    def patient() -> Coroutine[None]:
        with contextlib.ExitStack() as stack:
            stack.callback(left.append, "closed")
            yield Pause(time.monotonic() + 30)

    def breaks() -> Coroutine[None]:
        yield Pause(time.monotonic())
        raise KeyboardInterrupt("from the keyboard")

    with pytest.raises(KeyboardInterrupt, match="from the keyboard"):
        event_loop.run([patient(), breaks()])
    assert left == ["closed"]


def test_a_fault_is_the_result_of_its_coroutine_and_the_others_go_on() -> None:
    def breaks() -> Coroutine[str]:
        yield Pause(time.monotonic())
        raise ZeroDivisionError("division by zero")

    found = event_loop.run([breaks(), sleeper(0.05, "measured")], fault=lambda problem: problem)
    assert found == ["ZeroDivisionError: division by zero", "measured"]


def test_a_socket_that_cannot_be_waited_for_is_an_error_in_its_coroutine(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    """As where fs.epoll.max_user_watches is reached."""

    class RefusingPoller(network.Poller):
        def register(self, descriptor: int, events: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    class Refusing(network.Network):
        def poller(self) -> network.Poller:
            return RefusingPoller()

    def reader() -> Coroutine[str]:
        try:
            yield Pause(time.monotonic() + 30, pair[0], event_loop.READ)
        except OSError as error:
            return str(error.strerror)
        return "read"

    assert event_loop.run([reader(), sleeper(0, "slept")], Refusing()) == ["No space left on device", "slept"]


def test_questions_of_one_turn_are_answered_together() -> None:
    asked: list[dict[int, tuple[int, ...]]] = []

    def answer(wanted: Mapping[int, tuple[int, ...]]) -> dict[int, str]:
        asked.append(dict(wanted))
        return {key: f"answer {key}" for key in wanted if key != 2}

    batch: event_loop.Batch[tuple[int, ...], str] = event_loop.Batch(answer)

    def asks(key: int) -> Coroutine[str | None]:
        yield Pause(1.0)
        return (yield from batch.ask(key, (key, key)))

    assert event_loop.run([asks(number) for number in range(3)]) == ["answer 0", "answer 1", None]
    assert asked == [{number: (number, number) for number in range(3)}]
