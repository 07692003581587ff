# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._settings import KERNEL_DEFAULTS, Settings
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy.drift import audit, table

from tests.support.policy_samples import OURS, PARAMETERS, POLICY, THEIRS, found, on_windows

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
    "on Windows, with more probes and a shorter interval": Case(
        on_windows(120, 12), {}, "compliant", "as the policy says"
    ),
    "on Windows, dropped sooner": Case(on_windows(120, 10), {}, "compliant", "as the policy says"),
    "on Windows, dropped sooner, by the default interval": Case(
        on_windows(120, 1), {}, "compliant", "as the policy says"
    ),
    "on Windows, with an interval that is too long for it": Case(
        on_windows(120, 12.5),
        {},
        "drift",
        "interval is 12.5 now and after the next boot (" + PARAMETERS + "KeepAliveInterval), should be 12",
    ),
    "on Windows, with an interval of nothing": Case(
        on_windows(120, 0),
        {},
        "drift",
        "interval is 0 now and after the next boot (" + PARAMETERS + "KeepAliveInterval), should be 12",
    ),
    "on Windows, with the interval of the policy": Case(
        on_windows(120, 30),
        {},
        "drift",
        "drop_after is 420 now and after the next boot (this host always sends 10 probes; interval 12 would do), "
        "should be at most 240",
    ),
    "on Windows, never set": Case(
        on_windows(7200, 1),
        {},
        "drift",
        "time is 7200 now and after the next boot (the system's default), should be 120",
    ),
    "on Windows, not yet in force": Case(
        on_windows(120, 12, runtime=(600, 1.5), reboot_required=True),
        {},
        "drift",
        "time is 600 now (until the next boot), should be 120",
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
    "the registry is left": Case(
        on_windows(120, 1),
        {},
        "drift",
        "time is 120 after the next boot (" + PARAMETERS + "KeepAliveTime), should not come from there; "
        "interval is 1 after the next boot (" + PARAMETERS + "KeepAliveInterval), should not come from there",
    ),
    "the file is left and does not matter": Case(
        found(POLICY, POLICY, *BY_OUR_FILE), {"boot": False}, "compliant", "as the policy says"
    ),
}


@pytest.mark.parametrize("case", GONE.values(), ids=GONE)
def test_verdict_on_a_host_that_shall_have_no_policy(case: Case) -> None:
    result = audit(case.found, NOTHING, file=OURS, **case.options)
    assert (result["status"], result["message"]) == (case.status, case.message)


def test_what_a_host_names_is_made_visible() -> None:
    """A terminal would obey it."""
    hidden = found(POLICY, POLICY, limits=["\x1b[2K/etc/sysctl.d\nis not read"])
    assert audit(hidden, POLICY)["message"] == "as the policy says. But: \\x1b[2K/etc/sysctl.d is not read"
    hidden = found(POLICY, Settings(600, 30, 4), ("/etc/sysctl.d/\x1b[1G.conf", 3), None, None)
    assert "(/etc/sysctl.d/\\x1b[1G.conf:3)" in audit(hidden, POLICY)["message"]


def test_the_differences_are_data_too() -> None:
    result = audit(found(Settings(77, 30, 4), Settings(600, 30, 4), (THEIRS, 3), None, None), POLICY)
    assert result["differences"] == [
        {"parameter": "time", "when": "runtime", "found": 77, "wanted": 120, "file": None, "line": None},
        {"parameter": "time", "when": "boot", "found": 600, "wanted": 120, "file": THEIRS, "line": 3},
    ]


def test_the_cure_for_a_drop_that_comes_too_late_is_data_too() -> None:
    late = {"parameter": "drop_after", "found": 420, "wanted": 240, "file": None, "line": None, "cure": 12}
    assert audit(on_windows(120, 30), POLICY)["differences"] == [{**late, "when": "runtime"}, {**late, "when": "boot"}]


FEW_PROBES = [
    # Ten probes a second apart are already too many: no interval makes up for it.
    (
        Settings(60, 2, 4),
        on_windows(60, 2),
        "drop_after is 80 now and after the next boot (this host always sends 10 probes; no interval makes up for it), "
        "should be at most 68",
    ),
    (Settings(60, 30, None), on_windows(60, 30), "as the policy says"),
    (Settings(None, None, 4), on_windows(60, 30), "as the policy says"),
    # The policy would wait longer: its own interval is good.
    (Settings(60, 30, 20), on_windows(60, 30), "as the policy says"),
    (
        Settings(60, 30, 20),
        on_windows(60, 60),
        "interval is 60 now and after the next boot (" + PARAMETERS + "KeepAliveInterval), should be 30",
    ),
]


@pytest.mark.parametrize(("policy", "host", "message"), FEW_PROBES)
def test_a_number_of_probes_that_nobody_can_set_is_no_drift_in_itself(
    policy: Settings, host: dict[str, Any], message: str
) -> None:
    assert audit(host, policy)["message"] == message


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
