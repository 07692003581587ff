# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The numbers in an application's lines: the largest that meet the policy, and what is said if none does."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._settings import Settings
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate.remedies import remedy
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate.remedy_numbers import largest

from tests.support.remedies.listeners import cure, entry

SINGLE: dict[str, tuple[dict[str, int], Settings, int]] = {
    "a third, and time enough": ({"divisor": 3, "probes": 3}, Settings(60, 20, 3), 60),
    "a third, and the drop decides": ({"divisor": 3, "probes": 3}, Settings(60, 5, 3), 38),
    "the same": ({"divisor": 1, "probes": 9}, Settings(60, 10, 6), 12),
    "less than a second between them is a second": ({"divisor": 9, "probes": 3}, Settings(5, 1, 1), 3),
    "the probes alone take longer": ({"divisor": 3, "probes": 10}, Settings(2, 1, 3), 0),
}


@pytest.mark.parametrize(("rule", "policy", "number"), SINGLE.values(), ids=list(SINGLE))
def test_the_largest_single_number_that_meets_the_policy(rule: dict[str, int], policy: Settings, number: int) -> None:
    assert largest(rule, policy) == number


@pytest.mark.parametrize("divisor", [1, 2, 3, 7])
@pytest.mark.parametrize("probes", [1, 2, 3, 9])
@pytest.mark.parametrize("drop_after", [2, 5, 11, 12, 59, 60, 61, 119, 120])
def test_the_largest_single_number_is_the_one_that_counting_finds(divisor: int, probes: int, drop_after: int) -> None:
    in_time = [time for time in range(1, 61) if time + max(1, time // divisor) * probes <= drop_after]
    policy = Settings(min(60, drop_after - 1), 1, drop_after - min(60, drop_after - 1))
    assert largest({"divisor": divisor, "probes": probes}, policy) == max(
        (time for time in in_time if time <= (policy.time or 0)), default=0
    )


class Fixed(NamedTuple):
    process: str
    policy: Settings
    lines: list[str]


FIXED = {
    "time enough": Fixed("node", Settings(60, 10, 6), ["{0}60000{1}"]),
    "the drop decides": Fixed("node", Settings(60, 5, 1), ["{0}55000{1}"]),
    "a server of Go": Fixed("telegraf", Settings(60, 15, 9), ['keep_alive_period = "60s"']),
    "a server of Go, and the drop decides": Fixed("telegraf", Settings(60, 10, 9), ['keep_alive_period = "15s"']),
    "three lines": Fixed("caddy", Settings(30, 15, 9), ["servers {", "    keepalive_interval 30s", "}"]),
    "minutes": Fixed("tnslsnr", Settings(600, 30, 4), ["SQLNET.EXPIRE_TIME = 10"]),
}


@pytest.mark.parametrize("name", FIXED)
def test_a_setting_that_reaches_the_time_alone_gets_the_largest_that_meets_the_policy(name: str) -> None:
    process, policy, lines = FIXED[name]
    ends = ("http.createServer({keepAlive: true, keepAliveInitialDelay: ", "}, ...)")
    wanted = [line.format(*ends) if "{0}" in line else line for line in lines]
    found = remedy(entry("time_too_long", process, set_by="application"), policy)
    assert found is not None
    assert found["lines"] == wanted


OUT_OF_REACH = {
    "caddy": Settings(60, 10, 6),
    "telegraf": Settings(60, 14, 5),
    "node": Settings(2, 1, 3),
    "tnslsnr": Settings(30, 10, 3),
}


@pytest.mark.parametrize("process", OUT_OF_REACH)
def test_a_policy_that_its_setting_cannot_reach_is_said(process: str) -> None:
    found = remedy(entry("drops_too_late", process, set_by="application"), OUT_OF_REACH[process])
    assert found is not None
    assert found["lines"] == []
    assert "It can change the time before the first probe only" in found["text"]
    assert found["text"].endswith(": allow it a longer drop.")


def test_a_setting_in_minutes_that_is_too_coarse_is_said() -> None:
    """The 10 probes in 60 s would be in time, but the first comes too late."""
    found = remedy(entry("time_too_long", "tnslsnr", set_by="application"), Settings(50, 10, 10))
    assert found is not None
    assert found["lines"] == []
    assert found["text"].endswith(
        "It counts in whole minutes, so its first probe comes after 60 s at the earliest, which cannot meet "
        "time 50, interval 10, probes 10: allow it a longer time."
    )


def test_the_earliest_drop_of_a_setting_that_reaches_the_time_alone_is_said() -> None:
    found = cure("drops_too_late", "caddy", set_by="application")
    assert (
        "its 9 probes stay 15 s apart. So it drops a dead peer after more than 135 s, which cannot meet time 60, interval 10, probes 6"
        in found["text"]
    )


def test_a_policy_that_its_one_number_cannot_meet_is_said() -> None:
    found = cure("time_too_long", "redis-server", policy={"time": 1, "interval": 1, "probes": 1})
    assert found["lines"] == []
    assert found["text"].endswith(
        "It derives all its values from one, and no value meets time 1, interval 1, probes 1: allow it a longer drop."
    )
