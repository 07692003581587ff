# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts and listeners of a report's page, in its words and its order. Pure."""

from __future__ import annotations

import collections
import json
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _text
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import model
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.html import facts as report_facts
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.html import timeline as report_timeline
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import text as returned_text
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import listeners as validate_listeners
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import results

Entry = t.Mapping[str, t.Any]
BAD, UNSURE, NEUTRAL, GOOD = "bad", "unsure", "neutral", "good"
TONES = (BAD, UNSURE, NEUTRAL, GOOD)
NOT_JUDGED = "not_judged"
LONGEST_TITLE = 70

MEANINGS = {
    "refused": "The connection was refused: nothing listens there.",
    "unreachable": "The connection was not answered at all.",
    "not_accepted": "The application did not accept the connection in time.",
    "exempt": "Keepalive is not expected here, for the reason given.",
    "keepalive_off": "The application does not turn keepalive on: it never notices a dead peer.",
    "time_too_long": "The first keepalive probe comes later than the policy allows.",
    "drops_too_late": "A dead peer is dropped later than the policy allows.",
    "not_seen": "No keepalive probe came, although one was due: keepalive is off, the probe comes later, or it was lost on the way.",
    "masked": "The application closed the idle connection itself, before its keepalive was seen in full.",
    "reset": "The connection was reset for another reason than keepalive.",
    "inconclusive": "The observations do not decide the matter.",
    "unreadable": "The application's sockets could not be read.",
    "compliant": "A dead peer is noticed and dropped in time for the policy.",
    NOT_JUDGED: "No policy was given.",
}


class Listener(t.NamedTuple):
    verdict: str
    word: str
    tone: str
    rank: int
    title: str
    where: str
    reason: str
    cells: list[report_facts.Cell]
    rows: list[report_facts.Row]
    facts: list[report_facts.Fact]
    limits: list[str]
    remedy: Entry | None
    timeline: report_timeline.Timeline | None
    drop: float
    port: int
    finding: str | None


class Host(t.NamedTuple):
    name: str
    status: str
    message: str
    rank: int
    tone: str
    listeners: list[Listener]
    own: Listener | None
    """Its own values, shown like a listener."""

    @property
    def rows(self) -> list[Listener]:
        return [self.own, *self.listeners] if self.own else self.listeners


class Count(t.NamedTuple):
    """The number of listeners with a verdict; ``start`` and ``share`` are its part of the bar, in percent."""

    verdict: str
    word: str
    tone: str
    number: int
    start: float
    share: float


def host(found: Entry, looks: Looks, own: Listener | None = None) -> Host:
    entries = sorted(
        (listener(entry, looks) for entry in found["listeners"] or ()),
        key=lambda item: (item.rank, item.port, item.title),
    )
    shown = [own, *entries] if own else entries
    worst = min((item.tone for item in shown), key=TONES.index, default=NEUTRAL)
    if found["status"] != results.OK:
        worst = BAD if found["fails"] else UNSURE
    return Host(
        name=returned_text.clipped(found["name"], LONGEST_TITLE),
        status=found["status"],
        message=returned_text.one_line(found["message"]),
        rank=TONES.index(worst) * 100 - 1
        if found["status"] != results.OK
        else min((item.rank for item in shown), default=len(TONES) * 100),
        tone=worst,
        listeners=entries,
        own=own,
    )


class Looks:
    """What is drawn from a listener's values. Listeners are much alike, so each combination is drawn once."""

    def __init__(self) -> None:
        self.known: dict[t.Any, tuple[t.Any, ...]] = {}

    def of(self, entry: Entry) -> tuple[t.Any, ...]:
        judged = (entry["verdict"], entry["keepalive"], entry["accelerated"])
        flat = tuple(tuple((entry[key] or {}).values()) for key in ("settings", "policy"))
        key = (judged, flat, json.dumps(entry["measured"]) if entry["measured"] else None)
        if key not in self.known:
            drop = report_facts.NEVER if entry["keepalive"] is False else report_facts.values(entry)["drop_after"] or 0
            self.known[key] = (
                *(report_facts.cells(entry), report_facts.rows(entry)),
                *(report_timeline.timeline(entry), drop),
            )
        return self.known[key]


def listener(entry: Entry, looks: Looks | None = None) -> Listener:
    cells, rows, timeline, drop = (looks or Looks()).of(entry)
    verdict = entry["verdict"] or NOT_JUDGED
    tone_ = tone_of(entry)
    reason = entry["exempt"] if verdict == "exempt" else entry["reason"]
    return Listener(
        verdict=verdict,
        word=word(verdict),
        tone=tone_,
        rank=rank(verdict, tone_),
        title=returned_text.clipped(validate_listeners.program(entry) or "unknown program", LONGEST_TITLE),
        where=returned_text.clipped(validate_listeners.where(entry), LONGEST_TITLE),
        reason=returned_text.clipped(_text.sentence(reason or ""), report_facts.LONGEST_REASON),
        cells=cells,
        rows=rows,
        facts=report_facts.facts(entry),
        limits=entry["limits"],
        remedy=entry["remedy"],
        timeline=timeline,
        drop=drop,
        port=entry["port"] or 0,
        finding=entry["finding"],
    )


def tone_of(entry: Entry) -> str:
    return tone(entry["verdict"], bool(entry["fails"]))


def tone(verdict: str | None, fails: bool) -> str:
    if fails:
        return BAD
    if verdict in validate_listeners.UNDECIDED:
        return UNSURE
    return GOOD if verdict == "compliant" else NEUTRAL


def moment(created: str) -> str:
    """``1 November 2026, 12:00:00 UTC``."""
    return model.moment(created).strftime("%d %B %Y, %H:%M:%S UTC").lstrip("0")


def word(verdict: str) -> str:
    return verdict.replace("_", " ").capitalize()


def counted(numbers: t.Mapping[tuple[str, int], int]) -> list[Count]:
    """The numbers by verdict and rank as those of each verdict, the worst first; if it offends on some listeners only, its worst rank counts."""
    verdicts: t.Counter[str] = collections.Counter()
    ranks: dict[str, int] = {}
    for (verdict, place), number in numbers.items():
        verdicts[verdict] += number
        ranks[verdict] = min(place, ranks.get(verdict, place))
    counts, start = [], 0.0
    for known in sorted(verdicts, key=lambda found: ranks[found]):
        share = 100 * verdicts[known] / verdicts.total()
        tone_ = TONES[ranks[known] // 100]
        counts.append(Count(known, word(known), tone_, verdicts[known], round(start, 3), round(share, 3)))
        start += share
    return counts


def ranked(numbers: t.Mapping[tuple[str | None, bool], int]) -> dict[tuple[str, int], int]:
    known = {(verdict or NOT_JUDGED, tone(verdict, fails)): number for (verdict, fails), number in numbers.items()}
    return {(verdict, rank(verdict, tone_)): number for (verdict, tone_), number in known.items()}


def rank(verdict: str, tone_: str) -> int:
    return TONES.index(tone_) * 100 + list(MEANINGS).index(verdict)
