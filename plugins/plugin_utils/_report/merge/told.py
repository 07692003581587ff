# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of reports that were merged: lines for the console, counts for programs, why the run fails. Pure."""

from __future__ import annotations

import pathlib
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _text
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import audits, console, model
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import summary as report_summary
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.merge import merged, slices
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import policy_audit
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import results

Mapping = t.Mapping[str, t.Any]


class Found(t.NamedTuple):
    merged: merged.Merged
    damaged: list[str]
    """Why a file or an artifact is not merged."""
    folder: pathlib.Path | None
    unwritten: str
    """Why there is no report; empty where there is one or none was asked for."""
    lost: str | None
    source: str

    @property
    def problems(self) -> list[str]:
        return [*self.damaged, *([self.unwritten] if self.unwritten else [])]


def of_files(given: t.Sequence[slices.Slice]) -> str:
    return f"Merged from {_text.counted(len(given), 'report')}"


def of_artifacts(given: t.Sequence[slices.Slice]) -> str:
    text = f"Merged from the artifacts of {_text.counted(len(given), 'job')}"
    return (
        text if given and given[0].kinds == [model.POLICY] else f"{text}, which have findings and counts, no listeners"
    )


def lines(found: Found, view: str) -> list[str]:
    page = str(found.folder / "report.html") if found.folder else None
    shown = console.lines(found.merged.whole, view, page, found.merged.counts)
    outcome = [*found.problems, "outcome={0}".format(summary(found)["outcome"])]
    return [*shown, *([] if view == console.NONE else about(found)), *outcome]


def about(found: Found) -> list[str]:
    twice = found.merged.twice
    named = console.some(twice, console.MOST_HOSTS)
    return [found.source, *([f"In more than one of them, so that the newest result counts: {named}"] if twice else [])]


def summary(found: Found) -> model.Result:
    counts = report_summary.summary(found.merged.whole, found.merged.counts)
    if found.unwritten:
        counts["outcome"] = report_summary.REPORT_FAILED
    elif found.damaged and counts["outcome"] != report_summary.OFFENDERS:
        counts["outcome"] = report_summary.INVALID
    return counts


def failure(found: Found, enforce: bool) -> str:
    """Why the run fails, in one line; empty if it does not, or only for hosts that are missing."""
    hosts = found.merged.whole["hosts"]
    names = [host["name"] for host in hosts if fails(host, enforce) and host["status"] != results.MISSING]
    every = _text.counted(len(hosts), "host")
    told = (
        f"{len(names)} of {every} {'fails' if len(names) == 1 else 'fail'}: {console.some(names, console.MOST_HOSTS)}"
    )
    return "; ".join([*found.problems, *([told] if names else [])])


def fails(host: Mapping, enforce: bool) -> bool:
    """A host that was not audited always fails, and so does one whose own values are not those of its policy."""
    has_listeners = host["status"] in (results.OK, results.UNPROVEN)
    return bool(host["fails"]) and (
        enforce or not has_listeners or audits.status(host) not in (None, policy_audit.COMPLIANT)
    )


def missing(whole: model.Result) -> list[str]:
    """The hosts that no report has; all of them are in the inventory."""
    return [host["name"] for host in whole["hosts"] if host["status"] == results.MISSING]
