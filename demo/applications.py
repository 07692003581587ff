# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The chapter about applications: two servers, one audit, and its report."""

from __future__ import annotations

import json
import pathlib

import servers
from ansible_run import AUDIT, ROOT, Run, Unexpected, play

REPORTS = ROOT / "build" / "demo-report"
PAGE = REPORTS / "report.html"
PRESET = "validate_preset=aws-nat"
EXPECTED = {"web-a": "compliant", "web-b": "keepalive_off"}
FAILED = 2


def verdicts() -> dict[str, tuple[str, str]]:
    """Verdict and reason by name, from the report of the audit."""
    with servers.started(servers.GOOD) as good, servers.started(servers.BAD) as bad:
        wanted: list[dict[str, object]] = [
            {"name": "web-a", "port": good, "method": "dead_peer", "accelerate": True},
            {"name": "web-b", "port": bad},
        ]
        run = audit(wanted, REPORTS, FAILED)
    found = read(REPORTS)
    if {name: verdict for name, (verdict, _reason) in found.items()} != EXPECTED:
        raise Unexpected(f"{run.output}\nThe verdicts are {found}.")
    # The report is in the order of the ports, and the system chose them.
    return {name: found[name] for name in EXPECTED}


def audit(wanted: list[dict[str, object]], reports: pathlib.Path, expected: int) -> Run:
    return play(
        PRESET,
        json.dumps({"validate_applications": wanted}),
        f"validate_report_dir={reports}",
        playbook=AUDIT,
        expected=(expected,),
    )


def read(reports: pathlib.Path) -> dict[str, tuple[str, str]]:
    """Verdict and reason of each application."""
    report = json.loads((reports / "report.json").read_text(encoding="utf-8"))
    return {item["name"]: (item["verdict"], item["reason"]) for host in report["hosts"] for item in host["listeners"]}
