# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a report as its hosts come one by one: of each there is one in memory at a time."""

from __future__ import annotations

import collections
import typing as t

from ansible_collections.netops.keepalive.plugins.plugin_utils._report import formats, junit, model, prometheus

Mapping = t.Mapping[str, t.Any]


class Parts:
    """The hosts' parts of the files. What stands before them is known at the end: findings, totals, which metrics there are."""

    def __init__(self, created: str, kinds: t.Sequence[str], new: t.Callable[[], t.BinaryIO]) -> None:
        self.created, self.kinds = created, kinds
        self.hosts, self.suites = new(), new()
        self.families = [new() for _gauge in prometheus.GAUGES]
        self.totals = junit.Totals()

    def add(self, host: model.Result, text: bytes, findings: t.Sequence[Mapping] = ()) -> None:
        """``text`` is the host in JSON, ``findings`` are those of a host whose listeners are not at hand."""
        self.hosts.write((b",\n" if self.hosts.tell() else b"") + text)
        self.suites.write(junit.written(junit.suite(host, self.created, self.kinds, findings), self.totals).encode())
        for family, found in zip(self.families, prometheus.samples(host, self.kinds)):
            family.write(found.encode())

    def files(self, whole: model.Result, page: str) -> dict[str, list[str | t.BinaryIO]]:
        return {
            "report.json": [formats.before_hosts(whole), self.hosts, formats.after_hosts(whole)],
            "report.html": [page],
            "junit.xml": [junit.before(self.totals), self.suites, junit.AFTER],
            "keepalive.prom": [prometheus.before(whole), *self.metrics()],
        }

    def metrics(self) -> t.Iterator[str | t.BinaryIO]:
        for gauge, family in zip(prometheus.GAUGES, self.families):
            if family.tell():
                yield prometheus.head(gauge)
                yield family


def of_hosts(findings: t.Iterable[Mapping]) -> dict[str, list[Mapping]]:
    """The findings of each host."""
    found: dict[str, list[Mapping]] = collections.defaultdict(list)
    for one in findings:
        for host in one["hosts"]:
            found[host["name"]].append(one)
    return found
