# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts of a report as columns of numbers: the page's script makes its rows from them. Pure.

A row in HTML takes about 3 kB, and thirty thousand of them a minute to open. Hosts are much alike: each text, each set of values and
each set of facts stands in a table once, and a listener is a handful of numbers that lead there.
"""

from __future__ import annotations

import json
import typing as t

from ansible_collections.netops.keepalive.plugins.plugin_utils._report.html import view

# Facts that differ from listener to listener have columns of their own, the others are common to many.
PROCESSES, CONNECTIONS = "Processes", "Open connections"
# Measured times are alike nowhere, and the worst come first: beyond this many there are no pictures.
MOST_DRAWN = 1000
ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


class Table:
    """Each value once, and the place of each."""

    def __init__(self) -> None:
        self.values: list[t.Any] = []
        self.places: dict[t.Any, int] = {}

    def place(self, value: t.Any, key: t.Any = None) -> int:
        key = value if key is None else key
        if key not in self.places:
            self.places[key] = len(self.values)
            self.values.append(value)
        return self.places[key]


class Columns:
    """What the script of the page reads; ``page.js`` names the same keys."""

    def __init__(self) -> None:
        self.texts, self.judgements, self.sheets = Table(), Table(), Table()
        self.drawn, self.remedies, self.details = Table(), Table(), Table()
        self.hosts: list[list[t.Any]] = []
        self.listeners: list[list[t.Any]] = [[] for _column in range(9)]

    def host(self, found: view.Host) -> None:
        self.hosts.append([found.name, found.status, found.tone, found.rank, found.message, len(found.rows)])
        for entry in found.rows:
            known = {fact.label: fact.text for fact in entry.facts}
            row = (
                self.judgements.place((entry.verdict, entry.word, entry.tone, entry.rank)),
                self.texts.place(entry.title),
                self.texts.place(entry.where),
                self.texts.place(entry.reason),
                self.detail(entry),
                self.sheet(entry),
                entry.port,
                steps(known.get(PROCESSES, "")),
                self.texts.place(known.get(CONNECTIONS, "")),
            )
            for column, value in zip(self.listeners, row):
                column.append(value)

    def detail(self, entry: view.Listener) -> int:
        """What follows from the values, the program and the policy: most listeners share it with others."""
        drawn = self.drawn.place((entry.cells, entry.rows, entry.drop, self.picture(entry)), id(entry.rows))
        remedy = None if entry.remedy is None else self.remedy(entry.remedy)
        limits = tuple(map(self.texts.place, entry.limits))
        return self.details.place((drawn, remedy, entry.finding, limits))

    def picture(self, entry: view.Listener) -> t.Any:
        return entry.timeline if len(self.drawn.values) < MOST_DRAWN else None

    def remedy(self, found: t.Mapping[str, t.Any]) -> int:
        lines = tuple(found["lines"])
        text, source = self.texts.place(found["text"] or ""), self.texts.place(found["source"] or "")
        return self.remedies.place((text, lines, found["host_values_help"], source))

    def sheet(self, entry: view.Listener) -> int:
        common = (fact for fact in entry.facts if fact.label not in (PROCESSES, CONNECTIONS))
        facts = tuple((self.texts.place(fact.label), self.texts.place(fact.text)) for fact in common)
        return self.sheets.place(facts)

    def data(self) -> dict[str, t.Any]:
        return {
            "texts": self.texts.values,
            "judgements": self.judgements.values,
            "drawn": self.drawn.values,
            "remedies": self.remedies.values,
            "details": self.details.values,
            "sheets": self.sheets.values,
            "hosts": self.hosts,
            "listeners": self.listeners,
        }


def steps(pids: str) -> int | list[int]:
    """``800, 803, 804`` as the first one and the steps to the next ones, which take less room; 0 if there is none."""
    numbers = [int(pid) for pid in pids.split(", ") if pid.isdecimal()]
    each = [number - before for number, before in zip(numbers, [0, *numbers])]
    return each[0] if len(each) == 1 else each or 0


def script(hosts: t.Iterable[view.Host]) -> str:
    """JSON for a script element: a browser sees no end of the element in it, whatever a host is called."""
    columns = Columns()
    for host in hosts:
        columns.host(host)
    text = json.dumps(columns.data(), separators=(",", ":"))
    for character, escape in ESCAPES.items():
        text = text.replace(character, escape)
    return text
