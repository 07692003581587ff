# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many targets in one call: a fault of our own with one of them."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._probe import (
    _attempts,
    _dead_peer,
    _surroundings,
    _target,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe._conversations import Conversation


@pytest.fixture
def port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_fault_with_one_target_stays_with_it(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = _attempts.observe

    def broken(target: _target.Target, around: _surroundings.Surroundings, seen: object) -> Conversation[object]:
        if target.port == 1:
            raise ZeroDivisionError("division by zero")
        return (yield from sound(target, around, seen))

    monkeypatch.setattr(_attempts, "observe", broken)
    target = _target.Target("127.0.0.1", port, int(socket.AF_INET), max_wait=0.0)
    good, bad = _dead_peer.measure([target, target._replace(port=1)], _target.Options(timeout=1))
    assert (good.contact, good.problem) == ("accepted", None)
    assert (bad.port, bad.contact) == (1, "not_tried")
    assert bad.problem == "the measurement failed with a fault of its own, ZeroDivisionError: division by zero"


def test_without_a_wait_there_is_only_contact(port: int) -> None:
    """So it is with what is exempt."""
    target = _target.Target("127.0.0.1", port, int(socket.AF_INET), max_wait=0.0)
    (seen,) = _dead_peer.measure([target], _target.Options())
    assert (seen.contact, seen.measured, seen.silent_for, seen.limits) == ("accepted", None, None, ())


def test_no_targets() -> None:
    assert _dead_peer.measure([], _target.Options()) == []
