# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report that takes over the other part of an earlier one: listeners and policy of the same hosts become one report. Pure."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import audits, model
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import policy_audit
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import listeners, results

Mapping = t.Mapping[str, t.Any]
# The two audits run one after the other; a part that is older is of another day's work.
FRESH = datetime.timedelta(hours=1)
OLD = "it is not of the hour before this one"
OTHER_HOSTS = "its hosts are not those of this one"


class Completed(t.NamedTuple):
    report: model.Result
    added: bool
    problem: str | None
    """Why the other part is not taken over; ``None`` where there is none, or no report that could be read."""


def completed(whole: model.Result, earlier: object) -> Completed:
    """``earlier`` is what was read back, which may be anything."""
    try:
        other = other_part(whole, earlier)
        if other is None:
            return Completed(whole, False, None)
        age = model.moment(whole["created"]) - model.moment(model.moment_given(other["created"]))
        if not datetime.timedelta(0) <= age <= FRESH:
            return Completed(whole, False, OLD)
        if {host["name"] for host in whole["hosts"]} != {host["name"] for host in other["hosts"]}:
            return Completed(whole, False, OTHER_HOSTS)
        return Completed(both(whole, model.report(other)), True, None)
    except (_errors.KeepaliveError, KeyError, TypeError):
        return Completed(whole, False, None)


def other_part(whole: Mapping, earlier: object) -> Mapping | None:
    """The earlier report if it has a kind that the new one does not have."""
    if not isinstance(earlier, t.Mapping) or not isinstance(earlier.get("kinds"), list):
        return None
    return earlier if set(earlier["kinds"]) - set(whole["kinds"]) else None


def both(whole: model.Result, earlier: model.Result) -> model.Result:
    """As old as its older part, so that none of it is older than it says."""
    old = {host["name"]: host for host in earlier["hosts"]}
    merge = with_listeners if whole["kinds"] == [model.POLICY] else with_policy
    return model.report(
        {
            "created": min(whole["created"], earlier["created"]),
            "kinds": model.KINDS,
            "policy": [*whole["policy"], *earlier["policy"]],
            # It is about the listeners.
            "since": (earlier if whole["kinds"] == [model.POLICY] else whole)["since"],
            "hosts": [merge(host, old[host["name"]]) for host in whole["hosts"]],
        }
    )


def with_listeners(host: Mapping, old: Mapping) -> model.Result:
    return {**old, "policy": host["policy"], "fails": host["fails"] or listeners_fail(old)}


def with_policy(host: Mapping, old: Mapping) -> model.Result:
    drifts_or_missing = audits.status(old) != policy_audit.COMPLIANT
    return {**host, "policy": old["policy"], "fails": host["fails"] or drifts_or_missing}


def listeners_fail(host: Mapping) -> bool:
    """Whether it fails without its policy. Of a host without proof, a report does not say which of the two it is."""
    if audits.status(host) in (None, policy_audit.COMPLIANT):
        return bool(host["fails"])
    if host["status"] == results.UNPROVEN and host["cause"] in listeners.FAIL_ON:
        return True
    return host["status"] in (results.FAILED, results.UNREACHABLE) or bool(results.offenders(host["listeners"] or ()))
