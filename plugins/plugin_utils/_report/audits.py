# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policy audits in a report: a host as its audit left it, and which hosts drift. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import drift
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import policy_audit
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import results

Result = dict[str, t.Any]
Mapping = t.Mapping[str, t.Any]


def result(found: Mapping | None) -> Result:
    """A host of a report from what role policy registered there; without a status, the host failed before its audit."""
    audit = found if found and "status" in found else drift.verdict(policy_audit.FAILED, drift.NOT_AUDITED)
    missing = audit["status"] in (policy_audit.FAILED, policy_audit.UNREACHABLE)
    return {
        "status": audit["status"] if missing else results.OK,
        "fails": audit["status"] != policy_audit.COMPLIANT,
        "message": audit.get("message"),
        "policy": audit,
    }


def status(host: Mapping) -> str | None:
    """What its policy audit found; ``None`` if there was none."""
    return host["policy"] and host["policy"]["status"]


def drifts(host: Mapping) -> bool:
    return status(host) == policy_audit.DRIFT


def differs(audit: Mapping, when: str) -> bool:
    return any(one["when"] == when for one in audit["differences"])
