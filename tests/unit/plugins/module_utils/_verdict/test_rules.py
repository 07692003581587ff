# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import itertools

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._settings import Settings, Values
from ansible_collections.netops.keepalive.plugins.module_utils._verdict.observation import (
    Measured,
    Observation,
    Path,
    Subject,
)
from ansible_collections.netops.keepalive.plugins.module_utils._verdict.rules import (
    RULES,
    VERDICTS,
    judge,
    latest,
)
from hypothesis import given
from hypothesis import strategies as st

POLICY = Settings(60, 20, 3)
GOOD = Values(60, 20, 3, 0)


def seen(**what: object) -> Observation:
    return Observation(**{"address": "127.0.0.1", "port": 6379, "family": "inet", "contact": "accepted", **what})


def inspected(values: Values | None, keepalive: bool | None = True, **what: object) -> Observation:
    return seen(**{"read": "exact", "keepalive": keepalive, "values": values, "set_by": "application", **what})


def measured(
    *times: float, dropped: float | None = None, ended: str = "open", silent: float = 200.0, **what: object
) -> Observation:
    gaps = sorted(after - before for before, after in itertools.pairwise(times))
    interval = gaps[len(gaps) // 2] if len(gaps) > 1 else None
    found = Measured(times[0] if times else None, interval, len(times), times, dropped, ended)
    return seen(
        **{"method": "dead_peer", "measured": found, "silent_for": silent, "keepalive": True if times else None, **what}
    )


def test_the_words_and_their_order() -> None:
    assert VERDICTS == (
        "refused",
        "unreachable",
        "not_accepted",
        "exempt",
        "keepalive_off",
        "time_too_long",
        "drops_too_late",
        "not_seen",
        "masked",
        "reset",
        "inconclusive",
        "unreadable",
        "compliant",
    )


CASES: dict[str, tuple[Observation, str, str]] = {
    "refused": (seen(contact="refused"), "refused", "The connection was refused"),
    "nobody listens": (
        seen(contact="refused", problem="nobody listens on TCP port 1 of this host"),
        "refused",
        "nobody listens on TCP port 1 of this host",
    ),
    "unreachable": (seen(contact="unreachable"), "unreachable", "the connection was not answered"),
    "not accepted": (seen(contact="not_accepted"), "not_accepted", "the application did not accept the connection"),
    "off": (inspected(None, keepalive=False), "keepalive_off", "keepalive is off"),
    "off, whatever its values": (inspected(GOOD, keepalive=False), "keepalive_off", "keepalive is off"),
    "as the policy says": (
        inspected(GOOD),
        "compliant",
        "keepalive is on: a dead peer is dropped after 120 s, the policy allows 120 s",
    ),
    "better than it says": (inspected(Values(30, 10, 3, 0)), "compliant", "a dead peer is dropped after 60 s"),
    "time": (
        inspected(Values(61, 1, 1, 0)),
        "time_too_long",
        "the first probe comes after 61 s, the policy allows 60 s",
    ),
    "drop": (
        inspected(Values(60, 20, 4, 0)),
        "drops_too_late",
        "a dead peer is dropped after 140 s, the policy allows 120 s",
    ),
    "drop by user timeout": (
        inspected(Values(60, 20, 3, 130)),
        "drops_too_late",
        "a dead peer is dropped after 140 s (its user timeout is 130 s), the policy allows 120 s",
    ),
    "saved by its user timeout": (inspected(Values(60, 20, 9, 100)), "compliant", "(its user timeout is 100 s)"),
    "only the timer": (
        inspected(Values(60), read="timer", set_by=None),
        "inconclusive",
        "keepalive is on, the first probe comes after about 60 s; the rest is not known",
    ),
    "only the timer, and too late": (inspected(Values(7200), read="timer"), "time_too_long", "after 7200 s"),
    "nothing read": (
        seen(problem="the process has ended meanwhile"),
        "unreadable",
        "the process has ended meanwhile",
    ),
    "passively, and nothing seen": (seen(contact="not_tried", read="exact"), "inconclusive", "could not be seen"),
    "measured in time": (
        measured(61.0, 82.0, 102.5, dropped=123.0, ended="dropped"),
        "compliant",
        "the dead peer was dropped after 123.0 s and 3 probes, the policy allows 120 s and kernel timers run late",
    ),
    "as late as a kernel timer may be": (
        measured(64.2, 85.6, 107.0, dropped=128.4, ended="dropped"),
        "compliant",
        "dropped after 128.4 s",
    ),
    "first probe measured late": (measured(75.0, 85.0, ended="open"), "time_too_long", "came after 75.0 s"),
    "drop measured late": (
        measured(60.5, 90.5, 120.5, 150.5, dropped=180.6, ended="dropped"),
        "drops_too_late",
        "the dead peer was dropped after 180.6 s, the policy allows 120 s",
    ),
    "still open when the drop was due": (
        measured(60.5, 80.5, 100.5, 120.5, ended="open", silent=140.0),
        "drops_too_late",
        "after 140 s the dead peer was still not dropped, the policy allows 120 s",
    ),
    "silence": (
        measured(ended="open", silent=70.0),
        "not_seen",
        "no keepalive probe came in 70 s, the policy wants one after 60 s: keepalive is off, later, or lost",
    ),
    "silence, and closed when the time was over": (measured(ended="closed", silent=75.0), "not_seen", "in 75 s"),
    "silence, but not for long enough": (
        measured(ended="open", silent=60.0),
        "inconclusive",
        "no keepalive probe came within 60 s: wait longer with max_wait",
    ),
    "closed first": (
        measured(ended="closed", silent=30.0),
        "masked",
        "the application closed the connection itself after 30 s, before a keepalive probe could come",
    ),
    "closed between the first probe and the drop": (
        measured(60.5, 80.5, ended="closed", silent=90.0),
        "masked",
        "the application closed the connection itself after 90 s, before the drop was due",
    ),
    "closed before its options could be read": (
        seen(
            contact="accepted",
            closed=True,
            problem="the application closed the connection before its options could be read",
        ),
        "masked",
        "the application closed the connection before its options could be read",
    ),
    "closed after its options were read": (inspected(GOOD, closed=True), "compliant", "dropped after 120 s"),
    "closed first, but its socket was read": (
        measured(ended="closed", silent=30.0, read="exact", keepalive=True, values=GOOD),
        "compliant",
        "keepalive is on: a dead peer is dropped after 120 s",
    ),
    "still open, or forgotten on the way": (
        measured(60.5, 80.5, 100.5, ended="open", silent=140.0, forgotten_after=140.0, path=Path(30.0, answered=True)),
        "inconclusive",
        "the first probe came after 60.5 s, and no drop was seen, and after 140 s the path no longer carries an answer",
    ),
    "reset": (measured(ended="reset", silent=5.0), "reset", "the connection was reset, and not by keepalive"),
    "it talks": (measured(ended="open", silent=20.0, talks=True), "inconclusive", "sends data of its own"),
    "it greeted late, and has been silent since": (
        measured(ended="open", silent=200.0, talks=True),
        "not_seen",
        "no keepalive probe came in 200 s",
    ),
    "the first probe alone": (
        measured(60.4, ended="open", silent=110.0),
        "inconclusive",
        "the first probe came after 60.4 s, and no drop was seen within 110 s",
    ),
    "no filter: something came": (
        measured(60.4, ended="open", silent=110.0, keepalive=None),
        "inconclusive",
        "something came after 60.4 s, probably the first probe, but without its socket filter the probe cannot be sure",
    ),
    "hastened": (
        measured(
            1.0,
            2.0,
            3.0,
            dropped=4.0,
            ended="dropped",
            silent=4.0,
            accelerated=True,
            read="exact",
            keepalive=True,
            values=GOOD,
        ),
        "compliant",
        "a dead peer is dropped after 120 s (proven, with lowered timers)",
    ),
    "hastened, with values that are too long": (
        measured(
            1.0,
            dropped=2.0,
            ended="dropped",
            accelerated=True,
            read="exact",
            keepalive=True,
            values=Values(7200, 75, 9, 0),
        ),
        "time_too_long",
        "after 7200 s",
    ),
    "hastened, and not dropped": (
        measured(1.0, 2.0, 3.0, ended="open", silent=9.0, accelerated=True, read="exact", keepalive=True, values=GOOD),
        "drops_too_late",
        "was not dropped, although the timers of the test connection were lowered",
    ),
    "hastened, and nothing came": (
        measured(ended="open", silent=9.0, accelerated=True, read="exact", keepalive=True, values=GOOD),
        "drops_too_late",
        "was not dropped, although the timers of the test connection were lowered",
    ),
    "hastened, and it talks": (
        measured(ended="open", silent=1.0, talks=True, accelerated=True, read="exact", keepalive=True, values=GOOD),
        "compliant",
        "keepalive is on: a dead peer is dropped after 120 s",
    ),
    "a host that never probes": (
        inspected(Values(-1, 75, 9, 0)),
        "time_too_long",
        "no keepalive probe ever comes: its time is -1",
    ),
    "a host that drops without a probe": (
        inspected(Values(60, 20, 0, 0)),
        "time_too_long",
        "no keepalive probe ever comes: probes is 0, and a peer that is only idle is dropped",
    ),
    "a host that probes once": (
        inspected(Values(60, -1, 3, 0)),
        "drops_too_late",
        "a dead peer is never dropped: its interval is -1",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_verdict_and_its_reason(case: str) -> None:
    observation, verdict, reason = CASES[case]
    judgement = judge(observation, Subject(POLICY))
    assert judgement.verdict == verdict
    assert reason.casefold() in judgement.reason.casefold()


def test_a_forwarder_does_not_comply_for_another_program() -> None:
    behind = Subject(POLICY, forwarder="docker-proxy")
    judgement = judge(inspected(GOOD), behind)
    assert judgement.verdict == "inconclusive"
    assert judgement.reason.endswith(
        "; but docker-proxy answers here for another program: probe that one where it listens itself"
    )
    assert judge(inspected(None, keepalive=False), behind).verdict == "keepalive_off"


def test_an_exemption_goes_before_what_is_wrong_and_after_what_is_gone() -> None:
    exempt = Subject(POLICY, exempt="NATS pings on its own")
    assert judge(inspected(None, keepalive=False), exempt) == (
        "exempt",
        "keepalive is not expected: NATS pings on its own",
    )
    assert judge(inspected(GOOD), exempt).verdict == "exempt"
    assert judge(seen(contact="refused"), exempt).verdict == "refused"


def test_without_a_policy_there_is_no_verdict_but_a_sentence() -> None:
    assert judge(inspected(GOOD), Subject()) == (None, "keepalive is on: a dead peer is dropped after 120 s")
    assert judge(seen(contact="refused"), Subject()) == (None, "the connection was refused")


def test_a_policy_may_ask_for_the_time_alone() -> None:
    time_only = Subject(Settings(time=60))
    assert judge(inspected(Values(60, 75, 9, 0)), time_only).verdict == "compliant"
    assert judge(inspected(Values(61, 1, 1, 0)), time_only).verdict == "time_too_long"
    assert judge(measured(60.3, ended="open", silent=70.0), time_only).verdict == "compliant"
    assert judge(measured(60.3, ended="closed", silent=70.0), time_only).verdict == "compliant"
    assert judge(measured(60.3, ended="open", silent=70.0, keepalive=None), time_only).verdict == "inconclusive"


numbers = st.integers(1, 200)
times = st.floats(0.1, 300, allow_nan=False)


@given(
    st.builds(
        Observation,
        address=st.just("::1"),
        port=numbers,
        family=st.just("inet6"),
        method=st.sampled_from(["inspect", "dead_peer"]),
        contact=st.sampled_from(["accepted", "refused", "unreachable", "not_accepted", "not_tried"]),
        read=st.sampled_from(["exact", "timer", "unread"]),
        keepalive=st.sampled_from([True, False, None]),
        values=st.none() | st.builds(Values, *[st.none() | numbers] * 4),
        measured=st.none()
        | st.builds(
            Measured,
            st.none() | times,
            st.none() | times,
            st.none() | st.integers(0, 9),
            st.lists(times, max_size=3).map(tuple),
            st.none() | times,
            st.sampled_from(["dropped", "closed", "open", "reset"]),
        ),
        silent_for=st.none() | times,
        accelerated=st.booleans(),
        talks=st.booleans(),
        problem=st.sampled_from([None, "why"]),
    ),
    st.builds(
        Subject,
        st.builds(Settings, st.none() | numbers, st.none() | numbers, st.none() | st.integers(1, 20)),
        exempt=st.none(),
        forwarder=st.sampled_from([None, "envoy"]),
    ),
)
def test_whatever_was_seen_there_is_one_verdict_and_never_a_guess(observation: Observation, subject: Subject) -> None:
    verdict, reason = judge(observation, subject)
    assert verdict in VERDICTS
    assert reason.strip()
    assert (verdict == "keepalive_off") == (
        observation.keepalive is False and observation.contact not in ("refused", "unreachable", "not_accepted")
    )
    if verdict == "compliant":
        assert subject.forwarder is None
        assert observation.keepalive or observation.measured is not None


def test_the_rules_have_no_word_twice() -> None:
    assert len({verdict for verdict, _rule in RULES}) == len(RULES)
    assert latest(60) > 60 * 1.07
