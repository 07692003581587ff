# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings: the offending listeners of all hosts, grouped by what cures them together. Pure."""

from __future__ import annotations

import collections
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _text
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import listener as returned_listener
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned.shapes import Absent, Items, Key, Keys, Text
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import grouping, listeners

Result = dict[str, t.Any]
Mapping = t.Mapping[str, t.Any]
PARTS = ("application", "group", "host_values_help", "text", "source")
LATE = ("time_too_long", "drops_too_late")
VALUES_OF = {
    "application": "with values of its own",
    "host": "with the host's values",
    "always": "switched on by tcp_keepalive_always",
}
# A program in a container or pod has the values of that.
OF_NAMESPACE = "with the values of its network namespace"
# The other keys of a finding are those of its listeners.
OF_LISTENER = {key.name: key for key in returned_listener.REPORTED.keys}
FINDING = Keys(
    (
        Key(
            "id",
            Text(shortest=1),
            "Holds from run to run: numbers, such as pids and ports, are no part of it.",
            Absent.REFUSED,
        ),
        Key("program", Text(shortest=1), "The application, otherwise its process.", Absent.REFUSED),
        Key("verdict", OF_LISTENER["verdict"].kind, "The verdict on its listeners.", Absent.REFUSED),
        OF_LISTENER["set_by"],
        Key("reason", Text(), "The reason that most of them have."),
        Key("remedy", OF_LISTENER["remedy"].kind, "What to do, in the wording that most of them have."),
        Key(
            "wordings",
            returned_listener.COUNT,
            "How many wordings it has. They differ in numbers, such as a port.",
            Absent.REFUSED,
        ),
        Key("listeners", returned_listener.COUNT, "The number of its listeners.", Absent.REFUSED),
        Key(
            "hosts",
            Items(
                Keys(
                    (
                        Key("name", Text(shortest=1), "The name in the inventory.", Absent.REFUSED),
                        Key(
                            "places",
                            Items(Text(), returned_listener.MOST_LISTENERS),
                            "Where it listens there, each once.",
                            Absent.REFUSED,
                        ),
                    )
                ),
                returned_listener.MOST_LISTENERS,
            ),
            "The hosts that have it.",
            Absent.REFUSED,
        ),
    )
)


def findings(hosts: t.Iterable[Mapping]) -> list[Result]:
    """The findings of these hosts, those that cure the most listeners first. Each offender knows its finding already."""
    gathered = Gathered()
    for host in hosts:
        gathered.add(host)
    return gathered.findings()


class Gathered:
    """The findings of hosts that come one by one. No listener is kept, as a large fleet has too many."""

    def __init__(self) -> None:
        self.known: dict[str, OneFinding] = {}

    def add(self, host: Mapping) -> None:
        found: dict[str, list[Mapping]] = {}
        for entry in host["listeners"] or ():
            if entry["finding"]:
                found.setdefault(entry["finding"], []).append(entry)
        for identifier, offenders in found.items():
            if identifier not in self.known:
                self.known[identifier] = OneFinding(identifier, offenders[0])
            self.known[identifier].add(host["name"], offenders)

    def findings(self) -> list[Result]:
        return ordered(one.finding() for one in self.known.values())


class OneFinding:
    def __init__(self, identifier: str, first: Mapping) -> None:
        self.first = {"id": identifier, "verdict": first["verdict"], "set_by": first["set_by"]}
        self.programs: set[str] = set()
        self.reasons: collections.Counter[str | None] = collections.Counter()
        self.remedies: collections.Counter[tuple[t.Any, ...] | None] = collections.Counter()
        self.wordings: dict[tuple[t.Any, ...] | None, Mapping | None] = {}
        self.hosts: list[Result] = []

    def add(self, host: str, offenders: list[Mapping]) -> None:
        for entry in offenders:
            self.programs.add(listeners.program(entry))
            self.reasons[entry["reason"]] += 1
            key = wording(entry["remedy"])
            self.remedies[key] += 1
            self.wordings.setdefault(key, entry["remedy"])
        self.hosts.append({"name": host, "places": grouping.places(offenders)})

    def finding(self) -> Result:
        return {
            "id": self.first["id"],
            "program": grouping.one_name(list(self.programs)),
            "verdict": self.first["verdict"],
            "set_by": self.first["set_by"],
            "reason": self.reasons.most_common(1)[0][0],
            # The wording of most listeners. Others differ in a port, a unit or the numbers of another policy.
            "remedy": self.wordings[self.remedies.most_common(1)[0][0]],
            "wordings": len(self.remedies),
            "listeners": self.remedies.total(),
            "hosts": self.hosts,
        }


def wording(remedy: Mapping | None) -> tuple[t.Any, ...] | None:
    return (*(remedy[key] for key in PARTS), *remedy["lines"]) if remedy else None


def ordered(found: t.Iterable[Result]) -> list[Result]:
    return sorted(found, key=lambda one: (-one["listeners"], -len(one["hosts"]), one["program"], one["id"]))


def title(found: Mapping) -> str:
    """``sshd: drops too late, with the host's values``."""
    words = "{0}: {1}".format(found["program"], found["verdict"].replace("_", " "))
    return ", ".join(filter(None, (words, whose(found))))


def whose(found: Mapping) -> str:
    """Whose values they are, if it has values that break the policy."""
    if found["verdict"] not in LATE:
        return ""
    if found["set_by"] == "host" and (found["remedy"] or {}).get("host_values_help") is False:
        return OF_NAMESPACE
    return VALUES_OF.get(found["set_by"], "")


def extent(found: Mapping) -> str:
    """``46 listeners on 12 hosts``."""
    return "{0} on {1}".format(
        _text.counted(found["listeners"], "listener"), _text.counted(len(found["hosts"]), "host")
    )


def share(found: t.Sequence[Mapping], most: int) -> int | None:
    """The percentage of all offending listeners that the first ``most`` findings cure, never rounded up to 100."""
    every = sum(one["listeners"] for one in found)
    return int(100 * sum(one["listeners"] for one in found[:most]) / every) if every else None
