# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows and figures of a report's page, in its words and its order. Pure."""

from __future__ import annotations

import collections
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _text
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import (
    facts as report_facts,
)
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import model as report_model
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import (
    timeline as report_timeline,
)
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import text as returned_text
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import listeners as validate_listeners
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import results

Entry = t.Mapping[str, t.Any]
BAD, UNSURE, NEUTRAL, GOOD = "bad", "unsure", "neutral", "good"
TONES = (BAD, UNSURE, NEUTRAL, GOOD)
NOT_JUDGED = "not_judged"
LONGEST_TITLE = 70
# Up to this many offenders are open from the start; with more, the list alone is easier to read.
MOST_OPEN = 12

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


class Host(t.NamedTuple):
    name: str
    status: str
    message: str
    rank: int
    tone: str
    listeners: list[Listener]
    counts: list[Count]


class Count(t.NamedTuple):
    """The number of listeners with a verdict; ``start`` and ``share`` are its part of the bar, in percent."""

    verdict: str
    word: str
    tone: str
    number: int
    start: float
    share: float


class Page(t.NamedTuple):
    created: str
    created_shown: str
    hosts: list[Host]
    statuses: dict[str, int]
    counts: list[Count]
    listeners: int
    offenders: int
    offending_hosts: int
    tone: str
    headline: str
    open_offenders: bool
    meanings: list[tuple[str, str, str]]


def page(report: t.Mapping[str, t.Any]) -> Page:
    hosts = sorted(map(host, report["hosts"]), key=lambda item: (item.rank, item.name))
    entries = [entry for item in hosts for entry in item.listeners]
    offenders = sum(entry.tone == BAD for entry in entries)
    statuses = collections.Counter(item.status for item in hosts)
    offending_hosts = sum(any(entry.tone == BAD for entry in item.listeners) for item in hosts)
    tone, headline = verdict_on_all(entries, hosts, offenders, offending_hosts)
    created = report_model.moment(report["created"])
    return Page(
        created=report["created"],
        created_shown=created.strftime("%d %B %Y, %H:%M:%S UTC").lstrip("0"),
        hosts=hosts,
        statuses={status: statuses[status] for status in report_model.STATUSES},
        counts=counted(entries),
        listeners=len(entries),
        offenders=offenders,
        offending_hosts=offending_hosts,
        tone=tone,
        headline=headline,
        open_offenders=offenders <= MOST_OPEN,
        meanings=[(verdict, word(verdict), MEANINGS[verdict]) for verdict in MEANINGS],
    )


def verdict_on_all(entries: list[Listener], hosts: list[Host], offenders: int, offending: int) -> tuple[str, str]:
    missing = [item for item in hosts if item.status in (results.FAILED, results.UNREACHABLE)]
    unproven = [item for item in hosts if item.status == results.UNPROVEN]
    if offenders:
        verb = "offends" if offenders == 1 else "offend"
        where = f"on {_text.counted(offending, 'host')}"
        return BAD, f"{offenders} of {_text.counted(len(entries), 'listener')} {verb} the policy, {where}"
    if missing:
        return BAD, f"{len(missing)} of {_text.counted(len(hosts), 'host')} could not be validated"
    if unproven:
        tone = min((item.tone for item in unproven), key=TONES.index)
        return tone, f"{len(unproven)} of {_text.counted(len(hosts), 'host')} could not be proven"
    if not entries:
        return NEUTRAL, "No listeners were probed"
    if all(entry.tone == GOOD for entry in entries):
        return GOOD, f"All {_text.counted(len(entries), 'listener')} comply" if len(
            entries
        ) > 1 else "The one listener complies"
    if all(entry.tone in (GOOD, NEUTRAL) for entry in entries):
        return GOOD, "No listener offends the policy"
    unsure = sum(entry.tone == UNSURE for entry in entries)
    return UNSURE, f"No listener offends the policy, {_text.counted(unsure, 'listener')} could not be decided"


def host(found: Entry) -> Host:
    entries = sorted(map(listener, found["listeners"] or ()), key=lambda item: (item.rank, item.port, item.title))
    tone = min((item.tone for item in entries), key=TONES.index, default=NEUTRAL)
    if found["status"] != results.OK:
        tone = BAD if found["fails"] else UNSURE
    return Host(
        name=returned_text.clipped(found["name"], LONGEST_TITLE),
        status=found["status"],
        message=returned_text.one_line(found["message"]),
        rank=TONES.index(tone) * 100 - 1
        if found["status"] != results.OK
        else min((item.rank for item in entries), default=len(TONES) * 100),
        tone=tone,
        listeners=entries,
        counts=counted(entries),
    )


def listener(entry: Entry) -> Listener:
    verdict = entry["verdict"] or NOT_JUDGED
    tone = tone_of(entry)
    reason = entry["exempt"] if verdict == "exempt" else entry["reason"]
    return Listener(
        verdict=verdict,
        word=word(verdict),
        tone=tone,
        rank=TONES.index(tone) * 100 + list(MEANINGS).index(verdict),
        title=returned_text.clipped(validate_listeners.program(entry) or "unknown program", LONGEST_TITLE),
        where=returned_text.clipped(validate_listeners.where(entry), LONGEST_TITLE),
        reason=returned_text.clipped(_text.sentence(reason or ""), report_facts.LONGEST_REASON),
        cells=report_facts.cells(entry),
        rows=report_facts.rows(entry),
        facts=report_facts.facts(entry),
        limits=entry["limits"],
        remedy=entry["remedy"],
        timeline=report_timeline.timeline(entry),
        drop=report_facts.NEVER if entry["keepalive"] is False else report_facts.values(entry)["drop_after"] or 0,
        port=entry["port"] or 0,
    )


def tone_of(entry: Entry) -> str:
    if entry["fails"]:
        return BAD
    if entry["verdict"] in validate_listeners.UNDECIDED:
        return UNSURE
    return GOOD if entry["verdict"] == "compliant" else NEUTRAL


def word(verdict: str) -> str:
    return verdict.replace("_", " ").capitalize()


def counted(entries: list[Listener]) -> list[Count]:
    """The worst verdict first. If a verdict offends on some listeners only, its worst counts."""
    numbers = collections.Counter(entry.verdict for entry in entries)
    ranks: dict[str, int] = {}
    for entry in entries:
        ranks[entry.verdict] = min(entry.rank, ranks.get(entry.verdict, entry.rank))
    counts, start = [], 0.0
    for verdict in sorted(numbers, key=lambda found: ranks[found]):
        share = 100 * numbers[verdict] / len(entries)
        tone = TONES[ranks[verdict] // 100]
        counts.append(Count(verdict, word(verdict), tone, numbers[verdict], round(start, 3), round(share, 3)))
        start += share
    return counts
