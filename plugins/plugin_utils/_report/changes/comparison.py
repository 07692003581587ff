# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What changed since an earlier report: findings that are cured, left or new. Pure.

Listeners are compared one by one, by host and address, so an offender is left whatever its finding is called now. Only hosts that both
audits looked at are compared: what is not known of a listener is never a cure.
"""

from __future__ import annotations

import collections
import itertools
import typing as t

from ansible_collections.netops.keepalive.plugins.plugin_utils._report import findings, policies
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.changes import since
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import grouping, listeners, results

Result = dict[str, t.Any]
Mapping = t.Mapping[str, t.Any]
Place = tuple[t.Any, ...]
# The ids of the findings of the offenders at each place.
Offenders = dict[Place, list[str]]
PLACE = ("namespace", "host", "address", "port", "last_port", "family")


class Before:
    """The earlier report. Its hosts come one by one, and only their offenders are kept."""

    def __init__(self, created: str, policy: t.Iterable[Mapping]) -> None:
        self.created = created
        self.policies = set(map(policies.values, policy))
        self.hosts: dict[str, Offenders | None] = {}
        self.programs: dict[str, set[str]] = {}
        self.titles: dict[str, Result] = {}
        self.listeners: collections.Counter[str] = collections.Counter()

    def add(self, host: Mapping) -> None:
        self.hosts[host["name"]] = offenders(host) if audited(host) else None
        for entry in host["listeners"] or ():
            if entry["finding"]:
                self.count(entry)

    def count(self, entry: Mapping) -> None:
        identifier, program = entry["finding"], listeners.program(entry)
        self.listeners[identifier] += 1
        self.programs.setdefault(identifier, set()).add(program)
        if identifier not in self.titles:
            self.titles[identifier] = {"id": identifier, **{key: entry[key] for key in ("verdict", "set_by", "remedy")}}

    def title(self, identifier: str) -> Result:
        return {**self.titles[identifier], "program": grouping.one_name(list(self.programs[identifier]))}


def audited(host: Mapping) -> bool:
    return host["status"] in (results.OK, results.UNPROVEN) and host["listeners"] is not None


def place(entry: Mapping) -> Place:
    return tuple(entry[key] for key in PLACE)


def offenders(host: Mapping) -> Offenders:
    found: Offenders = {}
    for entry in host["listeners"] or ():
        if entry["finding"]:
            found.setdefault(place(entry), []).append(entry["finding"])
    return found


def compared(before: Before, whole: Mapping) -> Result:
    """What changed from ``before`` to the report ``whole``."""
    changes: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    cured_on: dict[str, list[str]] = collections.defaultdict(list)
    now = {host["name"]: host for host in whole["hosts"]}
    both = {name for name, host in now.items() if before.hosts.get(name) is not None and audited(host)}
    for name in sorted({*before.hosts, *now}):
        found = of_host(before.hosts.get(name) or {}, now.get(name), name in both)
        for identifier, change in found:
            changes[identifier][change] += 1
        for identifier in dict.fromkeys(one for one, change in found if change == since.CURED):
            cured_on[identifier].append(name)
    titles = {one["id"]: {key: one[key] for key in since.OF_FINDING} for one in whole["findings"]}
    rows = [
        row(
            titles.get(identifier) or before.title(identifier),
            before.listeners[identifier],
            counts,
            cured_on[identifier],
        )
        for identifier, counts in changes.items()
    ]
    return {
        "created": before.created,
        "same_policy": before.policies == set(map(policies.values, whole["policy"])),
        "findings": sorted(rows, key=order),
        "hosts": hosts(before, now, both),
    }


def of_host(then: Offenders, host: Mapping | None, is_compared: bool) -> list[tuple[str, str]]:
    """Each offender of both reports once, by its finding, and what became of it."""
    if is_compared and host:
        return list(of_listeners(then, host["listeners"]))
    now = offenders(host) if host else {}
    return [
        *((one, since.AWAY) for ids in then.values() for one in ids),
        *((one, since.ADDED) for ids in now.values() for one in ids),
    ]


def of_listeners(then: Offenders, entries: t.Iterable[Mapping]) -> t.Iterator[tuple[str, str]]:
    now: dict[Place, list[Mapping]] = {}
    for entry in entries:
        now.setdefault(place(entry), []).append(entry)
    for at in dict.fromkeys((*then, *now)):
        yield from at_place(collections.Counter(then.get(at, ())), now.get(at, []))


def at_place(then: collections.Counter[str], entries: t.Sequence[Mapping]) -> t.Iterator[tuple[str, str]]:
    """Several workers may share an address."""
    now = collections.Counter(entry["finding"] for entry in entries if entry["finding"])
    same = then & now
    yield from ((one, since.LEFT) for one in same.elements())
    old, new = list((then - same).elements()), list((now - same).elements())
    both = min(len(old), len(new))
    yield from ((one, since.CHANGED) for one in old[:both])
    yield from ((one, since.FROM_ANOTHER) for one in new[:both])
    yield from ((one, since.NEW) for one in new[both:])
    others = [entry["verdict"] for entry in entries if not entry["finding"]]
    complies = others.count("compliant")
    ends = [since.UNDECIDED] * (len(others) - complies) + [since.CURED] * complies
    yield from zip(old[both:], itertools.chain(ends, itertools.repeat(since.GONE)))


def row(title: Mapping, then: int, counts: collections.Counter[str], cured_on: list[str]) -> Result:
    return {
        **title,
        "change": change(then, counts),
        **{key: counts[key] for key in (since.CURED, since.LEFT, since.FROM_ANOTHER, since.NEW, *since.OTHERS)},
        since.NOT_COMPARED: counts[since.AWAY] + counts[since.ADDED],
        "then": then,
        "now": sum(counts[key] for key in (since.LEFT, since.FROM_ANOTHER, since.NEW, since.ADDED)),
        "cured_on": cured_on,
    }


def change(then: int, counts: collections.Counter[str]) -> str:
    """A finding is cured if no host has it, and all is known of the hosts that had it."""
    if counts[since.LEFT] or counts[since.FROM_ANOTHER] or (counts[since.NEW] and then):
        return since.LEFT
    if counts[since.NEW]:
        return since.NEW
    if counts[since.AWAY] or counts[since.ADDED]:
        return since.NOT_COMPARED
    return next(key for key in (since.UNDECIDED, since.CHANGED, since.CURED, since.GONE) if counts[key])


def hosts(before: Before, now: t.Collection[str], both: t.Collection[str]) -> Result:
    names = sorted({*before.hosts, *now})
    return {
        "compared": len(both),
        "only_before": [name for name in names if name not in now],
        "only_now": [name for name in names if name not in before.hosts],
        "not_audited": [name for name in names if name in before.hosts and name in now and name not in both],
    }


def order(found: Mapping) -> tuple[t.Any, ...]:
    """What is to be done comes first."""
    return since.CHANGES.index(found["change"]), -found["now"], -found["cured"], findings.title(found), found["id"]
