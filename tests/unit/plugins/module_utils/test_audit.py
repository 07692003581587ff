# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._audit import audit, table
from ansible_collections.netops.keepalive.plugins.module_utils._settings import KERNEL_DEFAULTS, NAMES, Settings

POLICY = Settings(120, 30, 4)
OURS = "/etc/sysctl.d/99-tcp-keepalive.conf"
THEIRS = "/etc/sysctl.d/99-zz.conf"
Place = tuple[str, int]


def found(runtime: Settings, boot: Settings, *places: Place | None, **more: Any) -> dict[str, Any]:
    """What tcp_keepalive_info returns; `places` are the files and lines that decide at boot."""
    sources = places or (None, None, None)
    return {
        "runtime": runtime.report(),
        "boot": boot.report(),
        "boot_source": {name: place and {"file": place[0], "line": place[1]} for name, place in zip(NAMES, sources)},
        "defaults": KERNEL_DEFAULTS.report(),
        "conflicts": [],
        "limits": [],
        **more,
    }


BY_OUR_FILE = ((OURS, 2), (OURS, 3), (OURS, 4))
CONFLICT = {"parameter": "time", "value": 300, "file": "/etc/sysctl.conf", "line": 7, "reader": "procps"}


class Case(NamedTuple):
    found: dict[str, Any]
    options: dict[str, Any]
    status: str
    message: str


CASES = {
    "as it should be": Case(found(POLICY, POLICY, *BY_OUR_FILE), {}, "compliant", "as the policy says"),
    "as far as could be learnt": Case(
        found(POLICY, POLICY, *BY_OUR_FILE, limits=["/etc/sysctl.d/x.conf cannot be read by this user.", "So it is."]),
        {},
        "compliant",
        "as the policy says. But: /etc/sysctl.d/x.conf cannot be read by this user. So it is.",
    ),
    "never set": Case(
        found(KERNEL_DEFAULTS, KERNEL_DEFAULTS),
        {},
        "drift",
        "time is 7200, interval 75, probes 9 now and after the next boot (the system's default), should be 120, 30, 4",
    ),
    "set by hand": Case(
        found(POLICY._replace(time=77), POLICY, *BY_OUR_FILE),
        {},
        "drift",
        "time is 77 now (no file says so), should be 120",
    ),
    "back to the kernel's default": Case(
        found(POLICY._replace(time=7200), POLICY, *BY_OUR_FILE),
        {},
        "drift",
        "time is 7200 now (the system's default), should be 120",
    ),
    "another reader's value is in force": Case(
        found(POLICY._replace(time=300), POLICY, *BY_OUR_FILE, conflicts=[CONFLICT]),
        {},
        "drift",
        "time is 300 now (/etc/sysctl.conf:7), should be 120",
    ),
    "not yet in force": Case(
        found(KERNEL_DEFAULTS, POLICY, *BY_OUR_FILE),
        {},
        "drift",
        "time is 7200, interval 75, probes 9 now (the system's default), should be 120, 30, 4",
    ),
    "not in force and not asked for": Case(
        found(KERNEL_DEFAULTS, POLICY, *BY_OUR_FILE), {"runtime": False}, "compliant", "as the policy says"
    ),
    "overridden by one file": Case(
        found(POLICY, POLICY._replace(time=600, probes=8), (THEIRS, 1), (OURS, 3), (THEIRS, 9)),
        {},
        "drift",
        "time is 600, probes 8 after the next boot (/etc/sysctl.d/99-zz.conf:1,9), should be 120, 4",
    ),
    "overridden and not asked for": Case(
        found(POLICY, POLICY._replace(time=600), (THEIRS, 1), None, None),
        {"boot": False},
        "compliant",
        "as the policy says",
    ),
    "for different reasons": Case(
        found(Settings(600, 30, 9), Settings(600, 75, 4), (THEIRS, 1), None, (OURS, 4)),
        {},
        "drift",
        "time is 600 now and after the next boot (/etc/sysctl.d/99-zz.conf:1), should be 120; "
        "interval is 75 after the next boot (the system's default), should be 30; "
        "probes is 9 now (the system's default), should be 4",
    ),
    "no such values": Case(
        found(Settings(), POLICY, *BY_OUR_FILE),
        {},
        "drift",
        "time is unknown, interval unknown, probes unknown now (the host shows none), should be 120, 30, 4",
    ),
    "unreachable": Case(
        {"unreachable": True, "msg": "Task failed: Failed to connect\nto the host"},
        {},
        "unreachable",
        "Failed to connect to the host",
    ),
    "failed": Case({"failed": True, "msg": "Task failed: Module failed: no"}, {}, "failed", "no"),
    "failed without a word": Case({"failed": True}, {}, "failed", "failed"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_verdict_on_a_host(case: Case) -> None:
    result = audit(case.found, POLICY, **case.options)
    assert (result["status"], result["message"]) == (case.status, case.message)
    assert bool(result["differences"]) == (case.status == "drift")


NOTHING = Settings()
GONE = {
    "nothing is left": Case(found(KERNEL_DEFAULTS, KERNEL_DEFAULTS), {}, "compliant", "as the policy says"),
    "what is left comes from elsewhere": Case(
        found(POLICY, POLICY, *[(THEIRS, 1)] * 3), {}, "compliant", "as the policy says"
    ),
    "all is left": Case(
        found(POLICY, POLICY, *BY_OUR_FILE),
        {},
        "drift",
        "time is 120, interval 30, probes 4 after the next boot (/etc/sysctl.d/99-tcp-keepalive.conf:2,3,4), should not come from there",
    ),
    "the running kernel is left": Case(
        found(Settings(120, 75, 9), KERNEL_DEFAULTS), {}, "drift", "time is 120 now (no file says so), should be 7200"
    ),
    "the running kernel is left and does not matter": Case(
        found(Settings(120, 75, 9), KERNEL_DEFAULTS), {"runtime": False}, "compliant", "as the policy says"
    ),
    "the file is left and does not matter": Case(
        found(POLICY, POLICY, *BY_OUR_FILE), {"boot": False}, "compliant", "as the policy says"
    ),
}


@pytest.mark.parametrize("case", GONE.values(), ids=GONE)
def test_verdict_on_a_host_that_shall_have_no_policy(case: Case) -> None:
    result = audit(case.found, NOTHING, file=OURS, **case.options)
    assert (result["status"], result["message"]) == (case.status, case.message)


def test_the_differences_are_data_too() -> None:
    result = audit(found(Settings(77, 30, 4), Settings(600, 30, 4), (THEIRS, 3), None, None), POLICY)
    assert result["differences"] == [
        {"parameter": "time", "when": "runtime", "found": 77, "wanted": 120, "file": None, "line": None},
        {"parameter": "time", "when": "boot", "found": 600, "wanted": 120, "file": THEIRS, "line": 3},
    ]


def row(status: str, message: str) -> dict[str, Any]:
    return {"status": status, "message": message, "differences": []}


def test_the_worst_hosts_come_first_and_the_count_last() -> None:
    results = {
        "web2": row("compliant", "as the policy says"),
        "web1": row("compliant", "as the policy says"),
        "database": row("drift", "time is 77 now\n(no file says so), should be 120"),
        "gone": row("unreachable", "no route"),
        "sick": row("failed", "no Python"),
        "lost": None,
    }
    assert table(results) == [
        "HOST      STATUS       WHY",
        "lost      failed       the host was not audited",
        "sick      failed       no Python",
        "gone      unreachable  no route",
        "database  drift        time is 77 now (no file says so), should be 120",
        "web1      compliant    as the policy says",
        "web2      compliant    as the policy says",
        "6 hosts: 2 compliant, 1 drift, 1 unreachable, 2 failed",
    ]


def test_one_host_is_not_hosts() -> None:
    assert table({"web": row("compliant", "as the policy says")})[-1] == "1 host: 1 compliant"
