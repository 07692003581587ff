# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From moments to a measurement."""

from __future__ import annotations

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import timing
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation


@pytest.mark.parametrize(
    ("times", "interval"),
    [
        ((), None),
        ((60.0,), None),
        ((60.0, 70.0), None),
        ((60.0, 70.0, 80.5), 10.25),
        ((60.0, 70.0, 90.0, 100.0), 10.0),  # one was lost on the way
    ],
)
def test_interval(times: tuple[float, ...], interval: float | None) -> None:
    assert timing.interval(times) == interval


@pytest.mark.parametrize(
    ("times", "at", "known", "meaning"),
    [
        ((), 60.0, None, "reset"),
        ((), 60.0, 10.0, "reset"),
        ((60.0,), 61.0, None, "dropped"),
        ((60.0,), 60.5, None, "reset"),
        ((60.0,), 62.0, 10.0, "reset"),
        ((60.0,), 70.0, 10.0, "dropped"),
        ((60.0, 70.0), 80.0, None, "dropped"),
        ((60.0, 70.0), 81.2, None, "dropped"),
        ((60.0, 70.0), 75.0, None, "reset"),
        ((60.0, 70.0, 80.0), 100.0, None, "dropped"),  # its last probe was lost on the way
        ((60.0, 70.0, 80.0), 80.2, None, "reset"),
    ],
)
def test_meaning_of_a_reset(times: tuple[float, ...], at: float, known: float | None, meaning: str) -> None:
    assert timing.meaning_of_reset(times, at, known) == meaning


def test_a_reset_while_the_prober_was_held_up() -> None:
    """Probes and reset were seen at once: they may well have come one after the other."""
    assert timing.meaning_of_reset((60.0, 82.0), 82.0, 10.0) == "reset"
    assert timing.meaning_of_reset((60.0, 82.0), 82.0, 10.0, uncertainty=15.0) == "dropped"


def test_overdue() -> None:
    """One probe may be lost, and each timer late; not before two of them tell the interval, unless it is known."""
    assert timing.overdue_at(()) is None
    assert timing.overdue_at((60.0,)) is None
    assert timing.overdue_at((60.0,), 10.0) == pytest.approx(60 + 22.5 + 0.5)
    assert timing.overdue_at((60.0, 70.0)) == pytest.approx(70 + 22.5 + 0.5)


def test_drop_due() -> None:
    assert timing.drop_due_at((60.0,)) is None
    assert timing.drop_due_at((60.0, 70.0)) == 80.0
    assert timing.drop_due_at((60.0,), 5.0) == 65.0
    assert timing.drop_due_at((), 5.0) is None


def test_measured() -> None:
    measured = timing.measured((60.12345, 70.0, 80.0), observation.DROPPED, 90.0)
    assert measured == (60.123, 9.938, 3, (60.123, 70.0, 80.0), 90.0, "dropped")
    assert timing.measured((), observation.CLOSED, None) == (None, None, 0, (), None, "closed")


def test_first_probe_only() -> None:
    assert timing.first_probe_only(60.0, observation.OPEN) == (60.0, None, None, (60.0,), None, "open")
    assert timing.first_probe_only(None, observation.OPEN) == (None, None, None, (), None, "open")
