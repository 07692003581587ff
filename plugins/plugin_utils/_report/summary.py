# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report in one word, and in a few counts for the artifacts of a job. Pure."""

import collections
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._verdict import rules
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import audits, model, tally
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import policy_audit
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import text as returned_text
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import results

# More are too many for a person, and for AWX.
MOST_FINDINGS = 20
MOST_HOSTS = 50
LONGEST_REMEDY = 300
OK, OFFENDERS, INVALID, REPORT_FAILED = "ok", "offenders", "invalid", "report_failed"
WORDS = {
    results.UNPROVEN: results.UNPROVEN,
    results.UNREACHABLE: results.UNREACHABLE,
    results.FAILED: INVALID,
    results.MISSING: INVALID,
}
# An offender or a drift is proven, whatever became of the other hosts. Without one the word says what keeps the run from being ok.
ORDER = (results.FAILED, results.MISSING, results.UNREACHABLE, results.UNPROVEN)


def outcome(whole: model.Result) -> str:
    if whole["findings"] or any(map(audits.drifts, whole["hosts"])):
        return OFFENDERS
    statuses = {status for host in whole["hosts"] for status in (host["status"], audits.status(host))}
    return next((WORDS[status] for status in ORDER if status in statuses), OK)


def summary(whole: model.Result, counts: tally.Tally | None = None) -> model.Result:
    """Counts and the first findings, small enough for the artifacts of a job; ``counts`` stands for listeners that are not at hand."""
    counts = tally.of(whole) if counts is None else counts
    verdicts: t.Counter[str | None] = collections.Counter()
    for (_finding, verdict), number in counts.items():
        verdicts[verdict] += number
    statuses = collections.Counter(host["status"] for host in whole["hosts"])
    audited = collections.Counter(map(audits.status, whole["hosts"]))
    failed = [host["name"] for host in whole["hosts"] if host["fails"]]
    return {
        "created": whole["created"],
        "kinds": whole["kinds"],
        "outcome": outcome(whole),
        "hosts": {status: statuses[status] for status in model.STATUSES},
        "policy": {status: audited[status] for status in policy_audit.STATUSES}
        if model.POLICY in whole["kinds"]
        else None,
        "listeners": counts.total(),
        "verdicts": {verdict: verdicts[verdict] for verdict in rules.VERDICTS if verdicts[verdict]},
        "failed_host_count": len(failed),
        "failed_hosts": failed[:MOST_HOSTS],
        "offender_count": sum(one["listeners"] for one in whole["findings"]),
        "finding_count": len(whole["findings"]),
        "findings": [counted(one) for one in whole["findings"][:MOST_FINDINGS]],
    }


def counted(finding: t.Mapping[str, t.Any]) -> model.Result:
    text = (finding["remedy"] or {}).get("text")
    return {
        **{key: finding[key] for key in ("id", "program", "verdict", "set_by", "listeners")},
        "hosts": len(finding["hosts"]),
        "remedy": text and returned_text.clipped(text, LONGEST_REMEDY),
    }
