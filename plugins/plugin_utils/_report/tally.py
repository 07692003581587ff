# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many listeners have each verdict. It takes the place of the listeners where a fleet has too many to keep. Pure."""

from __future__ import annotations

import collections
import typing as t

Mapping = t.Mapping[str, t.Any]
# The finding and the verdict of a listener; the finding is none for a listener that does not offend.
Group = tuple[str | None, str | None]
Tally = t.Counter[Group]


def of_host(host: Mapping) -> Tally:
    return collections.Counter((entry["finding"], entry["verdict"]) for entry in host["listeners"] or ())


def of(report: Mapping) -> Tally:
    return together(map(of_host, report["hosts"]))


def together(tallies: t.Iterable[Tally]) -> Tally:
    every: Tally = collections.Counter()
    for one in tallies:
        every.update(one)
    return every


def by_verdict(tally: Tally) -> t.Counter[tuple[str | None, bool]]:
    """The same by verdict, and by whether it fails its host."""
    found: t.Counter[tuple[str | None, bool]] = collections.Counter()
    for (finding, verdict), number in tally.items():
        found[verdict, finding is not None] += number
    return found
