# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From an observation of a listener and a policy to a verdict and a reason. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation, wording

# A kernel timer is never early, and late by up to an eighth of its length (the timer wheel's granularity; at most 7 % was
# measured). The slack is for the path between the two machines.
LATE = 1.125
SLACK = 1.0

Observation = observation.Observation
Settings = _settings.Settings
Judgement = observation.Judgement


def judge(seen: Observation, subject: observation.Subject) -> Judgement:
    """The verdict on one listener, the first of ``VERDICTS`` that applies, and its reason.

    Without a policy there is no verdict, and the reason says what was seen.
    """
    if subject.policy is None:
        return Judgement(None, contact_problem(seen) or wording.described(seen))
    for verdict, rule in RULES:
        reason = rule(seen, subject, subject.policy)
        if reason:
            return Judgement(verdict, reason)
    return Judgement("compliant", wording.compliance(seen, subject.policy))


def latest(seconds: float) -> float:
    """The latest time at which a timer of these seconds is still on time."""
    return seconds * LATE + SLACK


def contact_problem(seen: Observation) -> t.Optional[str]:
    sentences = {
        observation.REFUSED: "the connection was refused",
        observation.UNREACHABLE: "the connection was not answered",
        observation.NOT_ACCEPTED: "the application did not accept the connection in time",
    }
    return (seen.problem or sentences[seen.contact]) if seen.contact in sentences else None


def contact(expected: str) -> "Rule":
    return lambda seen, subject, policy: contact_problem(seen) if seen.contact == expected else None


def exempt(seen: Observation, subject: observation.Subject, policy: Settings) -> t.Optional[str]:
    return "keepalive is not expected: {0}".format(subject.exempt) if subject.exempt else None


def keepalive_off(seen: Observation, subject: observation.Subject, policy: Settings) -> t.Optional[str]:
    if seen.keepalive is not False:
        return None
    return "keepalive is off: a dead peer is never noticed, and an idle connection sends nothing to keep its path open"


def time_too_long(seen: Observation, subject: observation.Subject, policy: Settings) -> t.Optional[str]:
    if policy.time is None:
        return None
    never = wording.why_no_probe(seen)
    if never:
        return "no keepalive probe ever comes: {0}".format(never)
    # A timer in the kernel's table tells the time only about as exactly as it was armed.
    allowed = latest(policy.time) if seen.read == observation.TIMER else policy.time
    if seen.values is not None and seen.values.time is not None and seen.values.time > allowed:
        return "the first probe comes after {0} s, the policy allows {1} s".format(seen.values.time, policy.time)
    first = seen.measured.first_probe if seen.measured is not None and not seen.accelerated else None
    if first is not None and first > latest(policy.time):
        return "the first probe came after {0:.1f} s, the policy allows {1} s".format(first, policy.time)
    return None


def drops_too_late(seen: Observation, subject: observation.Subject, policy: Settings) -> t.Optional[str]:
    allowed = _settings.drop_after(policy)
    if allowed is None:
        return None
    if seen.values is not None and (seen.values.interval or 0) < 0:
        return "a dead peer is never dropped: its interval is {0}".format(seen.values.interval)
    promised = seen.values.drop_after() if seen.values is not None else None
    if promised is not None and promised > allowed:
        return "a dead peer is dropped after {0} s{1}, the policy allows {2} s".format(
            promised, wording.by_user_timeout(seen), allowed
        )
    if seen.measured is None:
        return None
    dropped = seen.measured.dropped_after
    if dropped is not None and dropped > latest(allowed) and not seen.accelerated:
        return "the dead peer was dropped after {0:.1f} s, the policy allows {1} s".format(dropped, allowed)
    if seen.measured.ended_by == observation.OPEN and not path_forgot(seen):
        if seen.accelerated and not seen.talks:
            return "the dead peer was not dropped, although the timers of the test connection were lowered"
        if seen.measured.probe_times and seen.silent_for is not None and seen.silent_for >= latest(allowed):
            return "after {0:.0f} s the dead peer was still not dropped, the policy allows {1} s".format(
                seen.silent_for, allowed
            )
    return None


def path_forgot(seen: Observation) -> bool:
    """Whether nothing answers any more: then it is not known whether the other side still has the connection."""
    return seen.forgotten_after is not None


def not_seen(seen: Observation, subject: observation.Subject, policy: Settings) -> t.Optional[str]:
    if seen.method != observation.DEAD_PEER or policy.time is None or seen.silent_for is None:
        return None
    if (seen.measured is not None and seen.measured.probe_times) or seen.silent_for < latest(policy.time):
        return None
    return "no keepalive probe came in {0:.0f} s, the policy wants one after {1} s: keepalive is off, later, or lost on the way".format(
        seen.silent_for, policy.time
    )


def masked(seen: Observation, subject: observation.Subject, policy: Settings) -> t.Optional[str]:
    if known_by_values(seen, policy) or measured_in_full(seen, policy):
        return None
    if seen.closed:
        return seen.problem or "the application closed the connection itself, before its options could be read"
    if ended_by(seen) != observation.CLOSED:
        return None
    after = " after {0:.0f} s".format(seen.silent_for) if seen.silent_for is not None else ""
    awaited = (
        "the drop was due"
        if seen.measured is not None and seen.measured.probe_times
        else "a keepalive probe could come"
    )
    return "the application closed the connection itself{0}, before {1}".format(after, awaited)


def reset(seen: Observation, subject: observation.Subject, policy: Settings) -> t.Optional[str]:
    return "the connection was reset, and not by keepalive" if ended_by(seen) == observation.RESET else None


def inconclusive(seen: Observation, subject: observation.Subject, policy: Settings) -> t.Optional[str]:
    if subject.forwarder and (known_by_values(seen, policy) or measured_in_full(seen, policy)):
        return "{0}; but {1} answers here for another program: probe that one where it listens itself".format(
            wording.described(seen), subject.forwarder
        )
    if known_by_values(seen, policy) or measured_in_full(seen, policy):
        return None
    if seen.forgotten_after is not None:
        return "{0}, and after {1:.0f} s the path no longer carries an answer".format(
            wording.described(seen), seen.forgotten_after
        )
    if seen.talks:
        return "the application sends data of its own, so the connection is never idle"
    if wording.perhaps_a_probe(seen):
        return "{0}, but without its socket filter the probe cannot be sure".format(wording.described(seen))
    if seen.method == observation.DEAD_PEER and seen.silent_for is not None:
        return "{0} within {1:.0f} s: wait longer with max_wait".format(wording.described(seen), seen.silent_for)
    if seen.read != observation.UNREAD:
        return "{0}; the rest is not known".format(wording.described(seen))
    return None


def unreadable(seen: Observation, subject: observation.Subject, policy: Settings) -> t.Optional[str]:
    if known_by_values(seen, policy) or measured_in_full(seen, policy):
        return None
    return seen.problem or "the application's sockets could not be read"


def ended_by(seen: Observation) -> t.Optional[str]:
    return seen.measured.ended_by if seen.measured is not None else None


def known_by_values(seen: Observation, policy: Settings) -> bool:
    """Whether the socket's own values answer everything that the policy asks for."""
    if not seen.keepalive or seen.values is None:
        return False
    enough_for_time = policy.time is None or seen.values.time is not None
    return enough_for_time and (_settings.drop_after(policy) is None or seen.values.drop_after() is not None)


def measured_in_full(seen: Observation, policy: Settings) -> bool:
    """Whether everything that the policy asks for came in time (what came late is judged before)."""
    if seen.measured is None or seen.accelerated or wording.perhaps_a_probe(seen):
        return False
    first_came = policy.time is None or seen.measured.first_probe is not None
    return first_came and (_settings.drop_after(policy) is None or seen.measured.dropped_after is not None)


Rule = t.Callable[[Observation, observation.Subject, Settings], t.Optional[str]]
# In this order: the first that applies is the verdict.
RULES: t.Tuple[t.Tuple[str, Rule], ...] = (
    ("refused", contact(observation.REFUSED)),
    ("unreachable", contact(observation.UNREACHABLE)),
    ("not_accepted", contact(observation.NOT_ACCEPTED)),
    ("exempt", exempt),
    ("keepalive_off", keepalive_off),
    ("time_too_long", time_too_long),
    ("drops_too_late", drops_too_late),
    ("not_seen", not_seen),
    ("masked", masked),
    ("reset", reset),
    ("inconclusive", inconclusive),
    ("unreadable", unreadable),
)
VERDICTS = tuple(verdict for verdict, _rule in RULES) + ("compliant",)
