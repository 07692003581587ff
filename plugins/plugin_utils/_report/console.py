# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as lines of text, for the end of a run. Pure."""

from __future__ import annotations

import collections
import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings, _text
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import drift
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import findings, model, summary, tally
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.changes import since
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import text as returned_text
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import grouping, results

Mapping = t.Mapping[str, t.Any]
FINDINGS, HOSTS, NONE = "findings", "hosts", "none"
VIEWS = (FINDINGS, HOSTS, NONE)
# What is beyond these is in the report.
MOST_HOSTS, MOST_PLACES, MOST_POLICIES, MOST_MESSAGES, MOST_UNITS = 10, 4, 5, 20, 10
LONGEST_MESSAGE = 300
WHOLE = r"(?<![\w.-]){0}(?![\w.-])"
CURED = "Keepalive is off and has no setting in these units. Role policy can switch it on with this variable:"
NO_PROOF = "no listener could be proven"
# How many findings the first line is about.
FEW = 5


def lines(whole: model.Result, view: str, report: str | None, counts: tally.Tally | None = None) -> list[str]:
    """The view that was asked for, and what was counted; ``report`` is the path of the page, if there is one.

    The audits of a policy are a table. ``counts`` stands for listeners that are not at hand.
    """
    if view == NONE:
        return []
    if whole["kinds"] == [model.POLICY]:
        return [*drift.table({host["name"]: host["policy"] or host for host in whole["hosts"]}), *path_of(report)]
    shown = by_host(whole) if view == HOSTS else [*by_finding(whole, report), *without_verdict(whole)]
    held = policies(whole, (tally.of(whole) if counts is None else counts).total())
    units = for_policy(whole["always_keepalive"], MOST_UNITS)
    changed = changes(whole["since"])
    return [
        *shown,
        *([CURED] if units else []),
        *units,
        *changed,
        *held,
        counted_hosts(whole["hosts"]),
        *path_of(report),
    ]


def changes(found: Mapping | None) -> list[str]:
    """What changed since an earlier report, if there is one to compare with."""
    if found is None:
        return []
    told = "; ".join(filter(None, (since.headline(found, found["created"]), since.extent(found))))
    return [told, *(f"     {note}" for note in since.notes(found))]


def path_of(report: str | None) -> list[str]:
    return [f"Report: {report}"] if report else []


def by_finding(whole: model.Result, report: str | None) -> list[str]:
    found, most = whole["findings"], summary.MOST_FINDINGS
    shown = [text for number, one in enumerate(found[:most], 1) for text in of_finding(number, one)]
    if len(found) > most:
        rest = _text.counted(len(found) - most, "finding")
        shown.append(f"And {rest} more: {report or 'validate_report_dir names a folder for the whole report'}")
    return [headline(found), *shown] if found else []


def headline(found: t.Sequence[Mapping]) -> str:
    """``7 findings: the first 5 cure 96 % of 412 offending listeners``."""
    listeners = sum(one["listeners"] for one in found)
    text = _text.counted(listeners, "offending listener")
    if len(found) > FEW:
        return f"{len(found)} findings: the first {FEW} cure {findings.share(found, FEW)} % of {text}"
    return f"{_text.counted(len(found), 'finding')}: {text}"


def of_finding(number: int, found: Mapping) -> list[str]:
    remedy = found["remedy"] or {"text": None, "lines": []}
    told = [found["reason"], f"Remedy: {remedy['text']}" if remedy["text"] else None]
    return [
        f"{number:>3}. {findings.title(found)}: {findings.extent(found)}",
        *(f"     {returned_text.one_line(text)}" for text in told if text),
        *(f"         {text}" for text in remedy["lines"]),
        *([f"     The numbers differ: {found['wordings']} wordings"] if found["wordings"] > 1 else []),
        f"     {where(found['hosts'])}",
    ]


def where(hosts: t.Sequence[Mapping]) -> str:
    """``web1 *:80, *:443; web2 *:80; and 7 more hosts``."""
    named = [f"{host['name']} {some(host['places'], MOST_PLACES)}".rstrip() for host in hosts[:MOST_HOSTS]]
    rest = len(hosts) - MOST_HOSTS
    return "; ".join([*named, *([f"and {_text.counted(rest, 'more host')}"] if rest > 0 else [])])


def some(texts: t.Sequence[str], most: int) -> str:
    more = [f"and {len(texts) - most} more"] if len(texts) > most else []
    return ", ".join([*texts[:most], *more])


def for_policy(units: t.Sequence[Mapping], most: int) -> list[str]:
    """Lines for a file of variables. If not all hosts have the same units, each unit names its hosts."""
    if not units:
        return []
    are_alike = all(set(one["hosts"]) == set(units[0]["hosts"]) for one in units)
    shown = [
        "  - {0}".format(one["unit"]) + ("" if are_alike else "  # {0}".format(some(one["hosts"], MOST_PLACES)))
        for one in units[:most]
    ]
    rest = [f"  # and {len(units) - most} more, which report.json names"] if len(units) > most else []
    return ["policy_always_keepalive:", *shown, *rest]


def without_verdict(whole: model.Result) -> list[str]:
    """Hosts that were not validated or are unproven, by what is the matter with them."""
    groups = [(f"{status}: {text}", names) for (status, text), names in by_message(whole["hosts"]).items()]
    shown = [f"     {text}: {some(names, MOST_HOSTS)}" for text, names in groups[:MOST_MESSAGES]]
    rest = sum(len(names) for _text_, names in groups[MOST_MESSAGES:])
    more = [f"     and {_text.counted(rest, 'more host')}"] if rest else []
    return ["Hosts without a verdict:", *shown, *more] if groups else []


def by_message(hosts: t.Iterable[Mapping]) -> dict[tuple[str, str], list[str]]:
    """The names of these hosts, by status and message; the worst first. What is unproven has its cause and its cure."""
    groups: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for host in sorted(hosts, key=results.rank):
        if host["status"] == results.OK:
            continue
        message = returned_text.one_line(host["message"]).rstrip(".")  # the hosts follow it
        if host["status"] == results.UNPROVEN:
            message = "{0}; {1}".format(host["cause"], results.CURES[host["cause"]]) if host["cause"] else NO_PROOF
        message = returned_text.clipped(message, LONGEST_MESSAGE)
        # ssh names the host and its address in what it says.
        alike = grouping.NUMBER.sub("*", re.sub(WHOLE.format(re.escape(host["name"])), "*", message))
        groups.setdefault((host["status"], alike), []).append((host["name"], message))
    return {
        (status, one_message(alike, group)): [name for name, _said in group]
        for (status, alike), group in groups.items()
    }


def one_message(alike: str, group: t.Sequence[tuple[str, str]]) -> str:
    messages = {message for _name, message in group}
    return messages.pop() if len(messages) == 1 else alike


def by_host(whole: model.Result) -> list[str]:
    """A line for each host, the worst first, and below it a line for each of its findings."""
    known = sorted(whole["hosts"], key=lambda host: (results.rank(host), host["name"]))
    width = max([len(host["name"]) for host in known] + [4])
    below: dict[str, list[str]] = {}
    for found in whole["findings"]:
        for host in found["hosts"]:
            text = "{0}: {1}".format(findings.title(found), some(host["places"], MOST_PLACES))
            below.setdefault(host["name"], []).append(f"{'':<{width}}    {text}".removesuffix(": "))
    return [
        text
        for host in known
        for text in (f"{host['name']:<{width}}  {results.told_of(host)}", *below.get(host["name"], ()))
    ]


def policies(whole: model.Result, listeners: int) -> list[str]:
    """The policies that counted, in case the name of a variable is mistyped and the host's own values count."""
    every = _text.counted(listeners, "listener")
    return [f"Held against {held_to(one)}: {one['listeners']} of {every}" for one in whole["policy"][:MOST_POLICIES]]


def held_to(policy: Mapping) -> str:
    """``time 60, interval 20, probes 3, drop after 120 s (validate_preset: aws-nat)``."""
    named = _settings.in_words({name: policy[name] for name in _settings.NAMES if policy[name] is not None})
    text = named if policy["drop_after"] is None else "{0}, drop after {1} s".format(named, policy["drop_after"])
    return f"{text} ({policy['source']})" if policy["source"] else text


def counted_hosts(known: t.Sequence[Mapping]) -> str:
    """``3 hosts: 1 ok, 1 offends, 1 unproven (kernel)``."""
    words = collections.Counter(word(one) for one in sorted(known, key=results.rank, reverse=True))
    return "{0}: {1}".format(
        _text.counted(len(known), "host"), ", ".join(f"{number} {name}" for name, number in words.items()) or "none"
    )


def word(host: Mapping) -> str:
    if host["status"] == results.UNPROVEN:
        return f"{results.UNPROVEN} ({host['cause']})" if host["cause"] else results.UNPROVEN
    return "offends" if host["status"] == results.OK and host["fails"] else str(host["status"])
