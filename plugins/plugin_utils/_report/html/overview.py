# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first screen of a report's page: its headline, hosts by status, policies and findings. Pure."""

from __future__ import annotations

import collections
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _text
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import audits, console, findings, tally
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import model as report_model
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.html import changes, own_values, view
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.html.facts import LONGEST_REASON
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import policy_audit
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import text as returned_text
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import results

Mapping = t.Mapping[str, t.Any]
Numbers = t.Mapping[tuple[str | None, bool], int]
JUDGED, EXEMPT = "judged", "exempt"
# Every one of them is on the page, also with 0. A host is exempt if each of its listeners is.
STATUSES = {
    JUDGED: "Judged",
    results.UNPROVEN: "Unproven",
    results.UNREACHABLE: "Unreachable",
    results.FAILED: "Not validated",
    EXEMPT: "Exempt",
}
NOT_AUDITED = "Not audited"
# The figures about the hosts' own values.
OF_AUDIT = {
    "Drift": (policy_audit.DRIFT,),
    "No drift": (policy_audit.COMPLIANT,),
    NOT_AUDITED: (policy_audit.FAILED, policy_audit.UNREACHABLE),
}
ABOUT = {
    (report_model.LISTENERS,): "listeners",
    (report_model.POLICY,): "audited hosts",
    report_model.KINDS: "listeners and hosts",
}
WITHOUT_VERDICT = (results.UNPROVEN, results.UNREACHABLE, results.FAILED, results.MISSING)
# A page of more would be slow to open; report.json has the rest.
MOST_FINDINGS, MOST_HOSTS, MOST_GROUPS, MOST_PLACES = 100, 200, 50, 10
MOST_IN_VIEW = 2000
# Up to this many findings are open from the start; with more, their titles alone are easier to read.
MOST_OPEN = 5


class Finding(t.NamedTuple):
    id: str
    number: int
    verdict: str
    word: str
    program: str
    values: str
    extent: str
    share: int
    """The percentage of all offending listeners."""
    reason: str
    remedy: Mapping | None
    wordings: int
    hosts: list[tuple[str, str]]
    more_hosts: int


class Page(t.NamedTuple):
    created: str
    created_shown: str
    about: str
    """What is in the view by host: listeners, hosts or both."""
    tone: str
    headline: str
    figures: list[tuple[str, int]]
    policies: list[tuple[str, str, str]]
    since: changes.Since | None
    counts: list[view.Count]
    """What the bar is drawn from."""
    chips: list[view.Count]
    statuses: list[tuple[str, int]]
    """Hosts that were not validated or are unproven."""
    hosts: list[view.Host]
    """Those of the view by host."""
    all_hosts: int
    drifts: list[own_values.Group]
    more_drifts: int
    drifting: str
    findings: list[Finding]
    more_findings: int
    cured: str
    open_findings: bool
    always_keepalive: list[str]
    """Lines for a file of variables."""
    most_hosts: int
    groups: list[tuple[str, str, list[str], int]]
    """Hosts without a verdict: the status, the message, their names, and the number of further hosts."""
    meanings: list[tuple[str, str, str]]


def page(report: Mapping, counts: tally.Tally | None = None, shown: t.Sequence[Mapping] | None = None) -> Page:
    """``counts`` stands for listeners that are not at hand, ``shown`` are the hosts of the view by host where ``choice`` named them already."""
    numbers = tally.by_verdict(tally.of(report) if counts is None else counts)
    looks, own_looks = view.Looks(), own_values.Looks()
    chosen = choice(report["hosts"]) if shown is None else shown
    rows = (view.host(one, looks, own_values.row(one, own_looks)) for one in chosen)
    hosts = sorted(rows, key=lambda one: (one.rank, one.name))
    offenders = sum(number for (_verdict, fails), number in numbers.items() if fails)
    statuses = collections.Counter(host["status"] for host in report["hosts"])
    tone, headline = verdict_on_report(report, numbers)
    found, drifts = report["findings"], own_values.groups(report["hosts"], own_looks)
    of_listeners, own = view.counted(view.ranked(numbers)), view.counted(own_values.ranked(report["hosts"]))
    return Page(
        created=report["created"],
        created_shown=view.moment(report["created"]),
        about=ABOUT[tuple(report["kinds"])],
        tone=tone,
        headline=headline,
        figures=figures(report, numbers.total(), offenders),
        policies=[policy(one, report, numbers.total()) for one in report["policy"][: console.MOST_POLICIES]],
        since=changes.changes(report["since"], {one["id"] for one in found[:MOST_FINDINGS]}),
        counts=of_listeners or own,
        chips=[*own, *of_listeners],
        statuses=[(one, statuses[one]) for one in WITHOUT_VERDICT if statuses[one]],
        hosts=hosts,
        all_hosts=len(report["hosts"]),
        drifts=drifts[:MOST_FINDINGS],
        more_drifts=max(0, len(drifts) - MOST_FINDINGS),
        drifting=own_values.extent(drifts),
        findings=[finding(number, one, offenders) for number, one in enumerate(found[:MOST_FINDINGS], 1)],
        more_findings=max(0, len(found) - MOST_FINDINGS),
        cured=console.headline(found) if found else "",
        open_findings=len(found) + len(drifts) <= MOST_OPEN,
        always_keepalive=console.for_policy(report["always_keepalive"], MOST_HOSTS),
        most_hosts=MOST_HOSTS,
        groups=groups([*report["hosts"], *filter(None, map(without_audit, report["hosts"]))]),
        meanings=meanings(report["kinds"]),
    )


def figures(report: Mapping, listeners: int, offenders: int) -> list[tuple[str, int]]:
    """The numbers at the top, also where they are 0."""
    found = [("Hosts", len(report["hosts"]))]
    if report_model.LISTENERS in report["kinds"]:
        statuses = collections.Counter(map(status, report["hosts"]))
        found += [(word, statuses[one]) for one, word in STATUSES.items()]
    if report_model.POLICY in report["kinds"]:
        audited = collections.Counter(map(audits.status, report["hosts"]))
        found += [(word, sum(audited[one] for one in of_word)) for word, of_word in OF_AUDIT.items()]
    missing = sum(host["status"] == results.MISSING for host in report["hosts"])
    found += [("Missing", missing)] if missing else []
    if report_model.LISTENERS in report["kinds"]:
        found += [("Listeners", listeners), ("Offending", offenders)]
    return found


def meanings(kinds: t.Sequence[str]) -> list[tuple[str, str, str]]:
    found = {
        **(own_values.MEANINGS if report_model.POLICY in kinds else {}),
        **(view.MEANINGS if report_model.LISTENERS in kinds else {}),
    }
    return [(verdict, view.word(verdict), meaning) for verdict, meaning in found.items()]


def choice(hosts: t.Iterable[Mapping]) -> list[Mapping]:
    """The hosts of the view by host: those that fail first, as a page of more than this many would be slow to open."""
    return sorted(hosts, key=lambda host: (results.rank(host), host["name"]))[:MOST_IN_VIEW]


def status(host: Mapping) -> str:
    if host["status"] != results.OK:
        return str(host["status"])
    entries = host["listeners"] or ()
    return EXEMPT if entries and all(entry["verdict"] == "exempt" for entry in entries) else JUDGED


def without_audit(host: Mapping) -> Mapping | None:
    """A host whose own values could not be audited, where its status does not say so already."""
    found = audits.status(host)
    if found not in OF_AUDIT[NOT_AUDITED] or host["status"] == found:
        return None
    return {**host["policy"], "name": host["name"], "fails": True}


def policy(found: Mapping, report: Mapping, listeners: int) -> tuple[str, str, str]:
    every = ((found["listeners"], listeners, "listener"), (found["hosts"] or 0, len(report["hosts"]), "host"))
    extent = [f"{number} of {_text.counted(all_, noun)}" for number, all_, noun in every if number]
    return console.held_to({**found, "source": None}), found["source"] or "", " and ".join(extent)


def finding(number: int, found: Mapping, offenders: int) -> Finding:
    hosts = [(one["name"], console.some(one["places"], MOST_PLACES)) for one in found["hosts"][:MOST_HOSTS]]
    return Finding(
        id=found["id"],
        number=number,
        verdict=found["verdict"],
        word=view.word(found["verdict"]),
        program=found["program"],
        values=findings.whose(found),
        extent=findings.extent(found),
        share=int(100 * found["listeners"] / offenders),
        reason=returned_text.clipped(_text.sentence(found["reason"] or ""), LONGEST_REASON),
        remedy=found["remedy"],
        wordings=found["wordings"],
        hosts=hosts,
        more_hosts=max(0, len(found["hosts"]) - MOST_HOSTS),
    )


def groups(hosts: t.Iterable[Mapping]) -> list[tuple[str, str, list[str], int]]:
    found = list(console.by_message(hosts).items())[:MOST_GROUPS]
    return [(kind, text, names[:MOST_HOSTS], max(0, len(names) - MOST_HOSTS)) for (kind, text), names in found]


def verdict_on_report(report: Mapping, numbers: Numbers) -> tuple[str, str]:
    """Of its two parts, the worse tone and both headlines."""
    found = []
    if report_model.LISTENERS in report["kinds"]:
        found.append(verdict_on_all(numbers, report))
    if report_model.POLICY in report["kinds"]:
        found.append(own_values.headline(report["hosts"]))
    return min((tone for tone, _text_ in found), key=view.TONES.index), "; ".join(text for _tone, text in found)


def verdict_on_all(numbers: Numbers, report: Mapping) -> tuple[str, str]:
    hosts, every = report["hosts"], _text.counted(sum(numbers.values()), "listener")
    absent = [item for item in hosts if item["status"] in (results.FAILED, results.UNREACHABLE, results.MISSING)]
    unproven = [item for item in hosts if item["status"] == results.UNPROVEN]
    tones: t.Counter[str] = collections.Counter()
    for (verdict, fails), number in numbers.items():
        tones[view.tone(verdict, fails)] += number
    if tones[view.BAD]:
        verb = "offends" if tones[view.BAD] == 1 else "offend"
        offending = {one["name"] for found in report["findings"] for one in found["hosts"]}
        return view.BAD, f"{tones[view.BAD]} of {every} {verb} the policy, on {_text.counted(len(offending), 'host')}"
    if absent:
        return view.BAD, f"{len(absent)} of {_text.counted(len(hosts), 'host')} could not be validated"
    if unproven:
        tone = view.BAD if any(item["fails"] for item in unproven) else view.UNSURE
        return tone, f"{len(unproven)} of {_text.counted(len(hosts), 'host')} could not be proven"
    if not tones:
        return view.NEUTRAL, "No listeners were probed"
    if set(tones) == {view.GOOD}:
        return view.GOOD, f"All {every} comply" if tones.total() > 1 else "The one listener complies"
    if not tones[view.UNSURE]:
        return view.GOOD, "No listener offends the policy"
    unsure = _text.counted(tones[view.UNSURE], "listener")
    return view.UNSURE, f"No listener offends the policy, {unsure} could not be decided"
