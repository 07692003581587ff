# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import summary

from tests.support import report_samples
from tests.support.report_samples import CREATED, ENTRIES, NGINX, host, reported


def test_counts_and_findings() -> None:
    report = reported(
        host("web", *ENTRIES[:3]),
        host("away", status="unreachable", message="no route"),
        host("good", ENTRIES[0]),
    )
    found = summary.summary(report)
    assert found["hosts"] == {"ok": 2, "unproven": 0, "failed": 0, "unreachable": 1, "missing": 0}
    assert (found["kinds"], found["policy"]) == (["listeners"], None)
    assert (found["created"], found["outcome"], found["listeners"]) == (CREATED, "offenders", 4)
    assert found["verdicts"] == {"keepalive_off": 1, "time_too_long": 1, "compliant": 2}
    assert (found["failed_host_count"], found["failed_hosts"]) == (2, ["away", "web"])
    assert (found["offender_count"], found["finding_count"]) == (2, 2)
    nginx = next(one for one in found["findings"] if one["program"] == "nginx")
    assert nginx == {
        "id": nginx["id"],
        "program": "nginx",
        "verdict": "keepalive_off",
        "set_by": None,
        "listeners": 1,
        "hosts": 1,
        "remedy": NGINX["text"],
    }


def test_it_stays_small_for_any_fleet() -> None:
    found = summary.summary(report_samples.large(120, 20))
    assert (found["failed_host_count"], len(found["failed_hosts"])) == (120, 50)
    assert found["offender_count"] > 500
    assert len(json.dumps(found)) < 10_000


GOOD = host("good", ENTRIES[0])
UNPROVEN = host("dark", ENTRIES[12], status="unproven")
AWAY = host("away", status="unreachable", message="no route")
SICK = host("sick", status="failed", message="a variable is wrong")
OUTCOMES: list[tuple[list[dict[str, Any]], str]] = [
    ([], "ok"),
    ([GOOD], "ok"),
    ([GOOD, UNPROVEN], "unproven"),
    ([GOOD, UNPROVEN, AWAY], "unreachable"),
    ([UNPROVEN, AWAY, SICK], "invalid"),
    ([UNPROVEN, AWAY, SICK, host("bad", ENTRIES[1])], "offenders"),
]


@pytest.mark.parametrize(("hosts", "word"), OUTCOMES)
def test_the_outcome_is_one_word(hosts: list[dict[str, Any]], word: str) -> None:
    assert summary.outcome(reported(*hosts)) == word
