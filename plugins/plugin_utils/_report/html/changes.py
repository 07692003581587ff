# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What changed since an earlier report, as the page shows it. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.netops.keepalive.plugins.plugin_utils._report import findings
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.changes import since as report_since
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.html import view

Mapping = t.Mapping[str, t.Any]
# The tone and the icon of each word; a finding that is there is as bad as it is further down.
TONES = {
    report_since.NEW: (view.BAD, "failed"),
    report_since.LEFT: (view.BAD, "failed"),
    report_since.CURED: (view.GOOD, "compliant"),
    report_since.GONE: (view.NEUTRAL, "exempt"),
    report_since.CHANGED: (view.NEUTRAL, "exempt"),
}
UNSURE = (view.UNSURE, "inconclusive")
# A page of more would be slow to open; report.json has the rest.
MOST_FINDINGS = 100


class Finding(t.NamedTuple):
    word: str
    tone: str
    icon: str
    title: str
    link: str | None
    """The id of a finding that is shown further down."""
    then: int
    now: int
    listeners: str


class Since(t.NamedTuple):
    headline: str
    extent: str
    findings: list[Finding]
    more: int
    notes: list[str]


def changes(found: Mapping | None, shown: t.Container[str]) -> Since | None:
    """``shown`` has the ids of the findings that the page shows."""
    if found is None:
        return None
    rows = found["findings"]
    return Since(
        headline=report_since.headline(found, view.moment(found["created"])),
        extent=report_since.extent(found),
        findings=[finding(one, shown) for one in rows[:MOST_FINDINGS]],
        more=max(0, len(rows) - MOST_FINDINGS),
        notes=report_since.notes(found),
    )


def finding(found: Mapping, shown: t.Container[str]) -> Finding:
    tone, icon = TONES.get(found["change"], UNSURE)
    return Finding(
        word=report_since.word(found["change"]).capitalize(),
        tone=tone,
        icon=icon,
        title=findings.title(found),
        link=found["id"] if found["id"] in shown else None,
        then=found["then"],
        now=found["now"],
        listeners=report_since.listeners(found),
    )
