# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a silence ended, and what could not be learnt."""

from __future__ import annotations

from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import conclusion

TIMES = (60.0, 70.0, 80.0)


def concluded(**seen: object) -> conclusion.Conclusion:
    return conclusion.conclude(conclusion.Watched(**{"times": TIMES, "lasted": 90.0, "ended_by": None, **seen}))


def test_dropped() -> None:
    found = concluded(ended_by="dropped")
    assert (found.measured.ended_by, found.measured.dropped_after) == ("dropped", 90.0)
    assert found.limits == ()
    assert found.forgotten_after is None


def test_dropped_after_a_single_probe() -> None:
    """Without its interval nobody can tell whether keepalive or the application reset the connection."""
    assert conclusion.ONLY_ONE in concluded(times=(60.0,), ended_by="dropped").limits
    assert conclusion.ONLY_ONE not in concluded(times=(60.0,), ended_by="dropped", interval=30.0).limits


def test_the_reset_was_lost() -> None:
    """The drop was due one interval after the last probe; that it happened is known from the answer."""
    found = concluded(lasted=105.0, answer="reset")
    assert (found.measured.ended_by, found.measured.dropped_after) == ("dropped", 90.0)
    assert found.limits == (conclusion.LOST.format(105.0),)


def test_the_reset_was_lost_and_the_interval_is_not_known() -> None:
    found = concluded(times=(60.0,), lasted=300.0, answer="reset")
    assert (found.measured.ended_by, found.measured.dropped_after) == ("dropped", None)
    assert conclusion.LOST_UNDATED.format(300.0) in found.limits


def test_gone_without_a_probe() -> None:
    found = concluded(times=(), answer="reset")
    assert (found.measured.ended_by, found.measured.dropped_after) == ("reset", None)


def test_still_there() -> None:
    found = concluded(answer="answered")
    assert (found.measured.ended_by, found.measured.dropped_after) == ("open", None)
    assert found.limits == ()


def test_no_answer() -> None:
    found = concluded(answer="silent")
    assert found.measured.ended_by == "open"
    assert found.forgotten_after == 90.0
    assert found.limits == (conclusion.UNANSWERED.format(90.0),)


def test_closed_when_asked() -> None:
    assert concluded(answer="closed").measured.ended_by == "closed"


def test_nothing_came() -> None:
    found = concluded(times=(), lasted=6.0, answer="answered")
    assert found.limits == (conclusion.NONE_CAME.format(6.0),)
    assert concluded(times=(), ended_by="closed").limits == ()


def test_talk_and_a_prober_that_was_held_up() -> None:
    found = concluded(times=(60.0, 70.0, 70.0), talks=True, held_up=True, answer="answered")
    assert found.limits == (conclusion.TALKED, conclusion.HELD_UP)


def test_what_was_repeated_is_said() -> None:
    assert concluded(repeated=True, answer="answered").limits == (conclusion.REPEATED,)


def test_without_the_filter_only_the_first_probe_counts() -> None:
    found = concluded(times=(60.0,), filtered=False)
    assert found.measured == (60.0, None, None, (60.0,), None, "open")
    assert found.limits == ()
