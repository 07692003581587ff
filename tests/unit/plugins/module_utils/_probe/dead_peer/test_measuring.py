# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every way in which a measurement ends, on a virtual machine: minutes pass at once, and every time can be told exactly."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import accept_queue, failures
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import (
    conclusion,
    hold,
    in_flight,
    silent_peer,
)
from ansible_collections.netops.keepalive.plugins.module_utils._settings import Values
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import rules
from ansible_collections.netops.keepalive.plugins.module_utils._verdict.observation import InFlight, Path, Subject

from tests.support.probe.virtual.application import NEVER, Application
from tests.support.probe.virtual.measuring import OPTIONS, measured

POLICY = _settings.Settings(6, 2, 3)
ON = {"time": 6, "interval": 2, "probes": 3}
SLOW = {"time": 7200, "interval": 75, "probes": 9}
GREETS = ((0.1, b"220 ready"),)
# A count is polled; a moment is seen a little late.
SEEN_LATE = 0.1


class Case(NamedTuple):
    """An application, how it is measured, what comes of it (a key of the observation or of `measured`), and its limits."""

    application: Application
    target: dict[str, Any]
    expected: dict[str, Any]
    limits: tuple[str, ...] = ()


def verified(case: Case, **how: Any) -> None:
    seen = measured(case.application, **{"policy": POLICY, "max_wait": 60, **case.target}, **how)
    found = {**(seen.measured._asdict() if seen.measured else {"ended_by": None}), **seen._asdict()}
    for key, value in case.expected.items():
        is_moment = isinstance(value, float)
        assert found[key] == (pytest.approx(value, abs=SEEN_LATE) if is_moment else value), key
    assert len(seen.limits) == len(case.limits), seen.limits
    for limit, expected in zip(seen.limits, case.limits, strict=True):
        assert limit.startswith(expected.partition("{0")[0])


CASES = {
    "dropped": Case(
        Application(**ON),
        {},
        {
            "ended_by": "dropped",
            "first_probe": 6.0,
            "interval": 2.0,
            "probes": 3,
            "dropped_after": 12.0,
            "keepalive": True,
        },
    ),
    "dropped by the user timeout": Case(
        Application(time=6, interval=2, probes=9, user_timeout=9),
        {},
        {"ended_by": "dropped", "probes": 2, "dropped_after": 10.0, "interval": 2.0},
    ),
    "dropped after one probe": Case(
        Application(time=6, interval=2, probes=1),
        {},
        {"ended_by": "dropped", "probes": 1, "dropped_after": 8.0},
        (conclusion.FEW, conclusion.ONLY_ONE),
    ),
    "too late for the policy": Case(
        Application(time=15, interval=5, probes=3),
        {},
        {"ended_by": "dropped", "first_probe": 15.0, "dropped_after": 30.0},
    ),
    "a slow greeting": Case(
        Application(**ON, says=((1.5, b"220 ready"),)),
        {},
        {"ended_by": "dropped", "first_probe": 6.0, "dropped_after": 12.0, "talks": False},
    ),
    "closed": Case(
        Application(**ON, closes_after=3),
        {},
        {"ended_by": "closed", "probes": 0, "first_probe": None, "silent_for": 3.0},
    ),
    "closed while it is probed": Case(
        Application(time=6, interval=2, probes=9, closes_after=9),
        {},
        {"ended_by": "closed", "probes": 2, "dropped_after": None, "keepalive": True},
        (conclusion.FEW,),
    ),
    "reset": Case(Application(**ON, resets_after=3), {}, {"ended_by": "reset", "probes": 0, "dropped_after": None}),
    "reset between probes": Case(
        Application(time=6, interval=2, probes=9, resets_after=8.8),
        {},
        {"ended_by": "reset", "probes": 2},
        (conclusion.FEW,),
    ),
    "off": Case(
        Application(),
        {"max_wait": 30.0},
        {"ended_by": "open", "probes": 0, "silent_for": 30.0, "keepalive": None},
        (conclusion.NONE_CAME,),
    ),
    "still open at max_wait": Case(
        Application(time=6, interval=2, probes=100),
        {"max_wait": 13.0},
        {"ended_by": "open", "probes": 4, "interval": 2.0, "dropped_after": None, "forgotten_after": None},
    ),
    "max_wait ends before the first probe": Case(
        Application(**ON), {"max_wait": 5.5}, {"ended_by": "open", "probes": 0}, (conclusion.NONE_CAME,)
    ),
    "talks": Case(
        Application(**ON, says=tuple((moment, b"tick") for moment in range(3, 40, 3))),
        {"max_wait": 20.0},
        {"ended_by": "open", "probes": 0, "talks": True},
        (conclusion.TALKED, conclusion.NONE_CAME),
    ),
    "the reset is lost": Case(
        Application(**ON, cut=(11.5, 12.5)),
        {},
        {"ended_by": "dropped", "probes": 3, "dropped_after": 12.0, "keepalive": True},
        (conclusion.LOST,),
    ),
    "the reset is lost after the only probe": Case(
        Application(time=6, interval=2, probes=1, cut=(7.5, 8.5)),
        {"max_wait": 15.0},
        {"ended_by": "dropped", "probes": 1, "dropped_after": None},
        (conclusion.FEW, conclusion.ONLY_ONE, conclusion.LOST_UNDATED),
    ),
    "a probe is lost": Case(
        Application(time=6, interval=2, probes=5, cut=(9.5, 10.5)),
        {},
        {"ended_by": "dropped", "probes": 4, "dropped_after": 16.0},
    ),
    "the path is silent": Case(
        Application(**ON, cut=(8.5, NEVER)),
        {},
        {"ended_by": "open", "dropped_after": None, "probes": 2},
        (conclusion.FEW, conclusion.UNANSWERED),
    ),
    "a repeated handshake": Case(
        Application(**ON, repeats_after=3),
        {},
        {"ended_by": "dropped", "first_probe": 6.0, "probes": 3, "dropped_after": 12.0},
        (conclusion.REPEATED,),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_how_a_silence_ends(name: str) -> None:
    verified(CASES[name])


@pytest.mark.parametrize(
    ("application", "verdict"),
    [
        (Application(says=((9, b"408 Request Timeout"),), closes_after=9.01), "not_seen"),
        (Application(time=20, says=((12, b"bye"),), closes_after=12.01), "not_seen"),
        (Application(says=((6.5, b"408 Request Timeout"),), closes_after=6.51), "masked"),
        (Application(time=6, interval=5, says=((9, b"bye"),), closes_after=9.01), "masked"),
        (Application(says=tuple((moment, b"tick") for moment in range(3, 40, 3))), "inconclusive"),
    ],
    ids=["off", "too late", "closes before it is due", "a probe came before the farewell", "talks all the time"],
)
def test_a_farewell_does_not_undo_the_silence_before_it(application: Application, verdict: str) -> None:
    """As of Node's HTTP server: 60 s of silence, an answer that nobody asked for, and FIN."""
    seen = measured(application, policy=POLICY, max_wait=30.0)
    assert rules.judge(seen, Subject(POLICY)).verdict == verdict


def test_nothing_of_the_silence_is_answered() -> None:
    """Every probe was dropped by the filter; of two probes that are let in, an answer would start the idle time again."""
    seen = measured(Application(**ON), policy=POLICY, max_wait=60)
    assert seen.measured is not None
    assert seen.measured.probe_times == pytest.approx((6, 8, 10), abs=SEEN_LATE)


@pytest.mark.parametrize(("application", "first"), [(Application(**ON), 6.0), (Application(), None)], ids=["on", "off"])
def test_without_the_filter_only_the_first_probe_is_known(application: Application, first: float | None) -> None:
    seen = measured(application, policy=POLICY, max_wait=20.0, may_filter=False)
    assert seen.measured is not None
    unknown = (seen.measured.interval, seen.measured.probes, seen.measured.dropped_after, seen.keepalive)
    assert unknown == (None, None, None, None)
    assert seen.measured.first_probe == (None if first is None else pytest.approx(first, abs=SEEN_LATE))
    assert "CAP_NET_ADMIN" in seen.limits[0]


CONNECTING = {
    "not answered": (Application(answers_after=NEVER), "unreachable", failures.Unanswered),
    "answered at the last moment": (Application(**ON, answers_after=1.9), "accepted", None),
}


@pytest.mark.parametrize("name", CONNECTING)
def test_the_time_out_of_a_connection(name: str) -> None:
    application, contact, kind = CONNECTING[name]
    seen = measured(application, policy=POLICY, max_wait=30.0)
    assert seen.contact == contact
    assert (seen.problem or "").endswith(kind.sentence.partition("{why:g}")[2] if kind else "")


LOCAL = {
    "its values and its drop": Case(
        Application(**ON),
        {},
        {"read": "exact", "values": Values(6, 2, 3, 0), "set_by": "application", "ended_by": "dropped"},
    ),
    "off is not waited for": Case(
        Application(), {}, {"keepalive": False, "ended_by": None, "silent_for": 1.5}, (silent_peer.OFF,)
    ),
    "on after the first look": Case(
        Application(**ON, on_after=1.2), {}, {"keepalive": True, "ended_by": "dropped", "probes": 3}
    ),
    "a slow accept": Case(Application(**ON, accepts_after=1.5), {}, {"contact": "accepted", "ended_by": "dropped"}),
    "closed before it could be read": Case(
        Application(**ON, closes_after=0.2), {}, {"ended_by": "closed", "values": None, "read": "unread"}
    ),
    "its interval is known after one probe": Case(
        Application(time=6, interval=2, probes=1, cut=(7.5, 8.5)),
        {},
        {"ended_by": "dropped", "dropped_after": 8.0},
        (conclusion.FEW, conclusion.LOST),
    ),
    "accelerated": Case(
        Application(**SLOW),
        {"accelerate": True, "max_wait": None},
        {
            "accelerated": True,
            "values": Values(7200, 75, 9, 0),
            "ended_by": "dropped",
            "probes": 3,
            "dropped_after": 4.0,
        },
    ),
    "accelerated, with a user timeout": Case(
        Application(**SLOW, user_timeout=7500),
        {"accelerate": True},
        {"accelerated": True, "ended_by": "dropped", "probes": 3, "dropped_after": 4.0},
    ),
    "accelerated, and given up too early": Case(
        Application(**SLOW),
        {"accelerate": True, "max_wait": 2.0},
        {"accelerated": True, "measured": None},
        (silent_peer.NOT_DUE,),
    ),
    "accelerated, but off": Case(
        Application(),
        {"accelerate": True},
        {"accelerated": False, "keepalive": False, "measured": None},
        (silent_peer.OFF,),
    ),
}


@pytest.mark.parametrize("name", LOCAL)
def test_an_application_of_this_machine(name: str) -> None:
    verified(LOCAL[name], local=True)


def test_no_timer_is_lowered_where_no_probe_can_be_dropped() -> None:
    """The drop could not be proven: our own kernel would answer each probe."""
    seen = measured(Application(**SLOW), local=True, may_filter=False, policy=POLICY, accelerate=True)
    assert (seen.accelerated, seen.values) == (False, Values(7200, 75, 9, 0))
    assert any("The timers were not lowered (accelerate): the prober cannot simulate" in limit for limit in seen.limits)
    assert silent_peer.NOT_DUE not in seen.limits


def test_an_application_that_never_accepts() -> None:
    seen = measured(Application(**ON, accepts_after=NEVER), local=True, policy=POLICY)
    assert (seen.contact, seen.measured) == ("not_accepted", None)
    assert seen.problem == accept_queue.NOT_ACCEPTED.format(OPTIONS.timeout)


def test_send_comes_before_the_silence() -> None:
    application = Application(**ON, replies=b"welcome")
    seen = measured(application, policy=POLICY, max_wait=60, send=b"hello")
    assert seen.measured is not None
    assert (seen.measured.ended_by, seen.talks) == ("dropped", False)


def test_an_application_that_closes_before_it_is_sent_anything() -> None:
    seen = measured(Application(closes_after=0), policy=POLICY, send=b"hello")
    assert seen.measured is not None
    assert (seen.measured.ended_by, seen.problem) == ("closed", "the application closed the connection")


IN_FLIGHT: dict[str, tuple[Application, dict[str, Any], tuple[str | None, str | None]]] = {
    "given up": (Application(says=GREETS, user_timeout=5), {}, ("dropped", None)),
    "not given up": (Application(says=GREETS), {"max_wait": 20.0}, ("open", in_flight.NOT_GIVEN_UP)),
    "closed": (Application(says=GREETS, closes_after=1), {}, ("closed", None)),
    "nothing answers": (Application(says=GREETS, cut=(1, NEVER)), {"max_wait": 200.0}, ("open", in_flight.UNANSWERED)),
    "an answer to send": (Application(replies=b"yes", user_timeout=5), {"send": b"hello"}, ("dropped", None)),
    "nothing sent": (Application(), {}, (None, in_flight.NOTHING_SENT)),
}


@pytest.mark.parametrize("name", IN_FLIGHT)
def test_data_in_flight(name: str) -> None:
    application, target, (ended_by, limit) = IN_FLIGHT[name]
    seen = measured(application, **{"policy": POLICY, "max_wait": 30.0, **target}, in_flight=True)
    found: InFlight | None = seen.in_flight
    assert (found.ended_by if found else None) == ended_by
    said = [one for one in seen.limits if "in flight" in one]
    assert [one.partition(" ")[0] for one in said] == ([limit.partition(" ")[0]] if limit else [])
    if ended_by == "dropped":
        assert found is not None
        assert found.retransmissions >= 4
        assert found.dropped_after is not None
        assert 5 <= found.dropped_after < 10


HOLD = {
    "answered": (Application(), Path(10.0, True), None),
    "kept open by probes": (Application(**ON), Path(10.0, True), hold.KEPT),
    "closed": (Application(closes_after=4), Path(3.5, None), hold.CLOSED),
    "reset": (Application(resets_after=4), Path(3.5, False), hold.RESET),
    "forgotten": (Application(cut=(3, NEVER)), Path(10.0, False), hold.SILENT),
}


@pytest.mark.parametrize("name", HOLD)
def test_an_idle_connection(name: str) -> None:
    application, expected, limit = HOLD[name]
    seen = measured(application, policy=POLICY, max_wait=1.0, hold=10.0)
    assert seen.path is not None
    assert seen.path.held == pytest.approx(expected.held, abs=SEEN_LATE)
    assert seen.path.answered is expected.answered
    assert any(one.endswith(limit.rpartition("}")[2]) for one in seen.limits) is (limit is not None) if limit else True


def test_what_is_told_meanwhile() -> None:
    told: list[str] = []
    measured(Application(**ON), policy=POLICY, max_wait=60, told=told)
    assert told[0].startswith("1 listener: this takes ")
    assert told[1].startswith(
        "192.0.2.1:6379: silent from now on; after 6 s the first keepalive probe is due by the policy"
    )
    assert [line.partition(" after ")[0] for line in told[2:]] == [
        "192.0.2.1:6379: keepalive probe 1",
        "192.0.2.1:6379: keepalive probe 2",
        "192.0.2.1:6379: keepalive probe 3",
        "192.0.2.1:6379: dropped",
    ]
