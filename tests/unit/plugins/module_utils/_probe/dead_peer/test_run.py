# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many targets in one call: a fault of our own with one of them, and a play that no longer waits."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client.event_loop import Coroutine
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import (
    attempt as dead_peer_attempt,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import (
    run as dead_peer_run,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import (
    session,
)


@pytest.fixture
def port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_fault_with_one_target_stays_with_it(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = dead_peer_attempt.observe

    def broken(target: types.Target, made: session.Session, seen: object) -> Coroutine[object]:
        if target.port == 1:
            raise ZeroDivisionError("division by zero")
        return (yield from sound(target, made, seen))

    monkeypatch.setattr(dead_peer_attempt, "observe", broken)
    target = types.Target("127.0.0.1", port, int(socket.AF_INET), max_wait=0.0)
    good, bad = dead_peer_run.measure([target, target._replace(port=1)], types.Options(timeout=1))
    assert (good.contact, good.problem) == ("accepted", None)
    assert (bad.port, bad.contact) == (1, "not_tried")
    assert bad.problem == "the measurement failed with a fault of its own, ZeroDivisionError: division by zero"


def test_without_a_wait_there_is_only_contact(port: int) -> None:
    """So it is with what is exempt."""
    target = types.Target("127.0.0.1", port, int(socket.AF_INET), max_wait=0.0)
    (seen,) = dead_peer_run.measure([target], types.Options())
    assert (seen.contact, seen.measured, seen.silent_for, seen.limits) == ("accepted", None, None, ())


def test_no_targets() -> None:
    assert dead_peer_run.measure([], types.Options()) == []


def test_a_play_that_no_longer_waits_ends_every_measurement(port: int) -> None:
    """The heartbeat is the only one that tells something while all applications are quiet."""

    def progress(sentence: str) -> None:
        if "connections go on" in sentence:
            raise _errors.Abandoned("its play no longer waits")

    target = types.Target("127.0.0.1", port, int(socket.AF_INET), max_wait=3.0)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(_errors.Abandoned, match="no longer waits"):
        patch.setattr(session, "BEAT", 0.2)
        dead_peer_run.measure([target, target], types.Options(timeout=1), progress)
