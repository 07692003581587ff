# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a target is waited for, and what is told about it before."""

from __future__ import annotations

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import schedule
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import rules

HOST = _settings.Settings(600, 60, 5)
TARGET = types.Target("192.0.2.1", 6379, 2)
OPTIONS = types.Options(settle=0.5, timeout=5)


@pytest.mark.parametrize(
    ("change", "seconds"),
    [
        ({}, rules.latest(900)),
        ({"policy": _settings.Settings(60, 20, 3)}, rules.latest(120)),
        ({"policy": _settings.Settings(time=60)}, rules.latest(60 + 60 * 5)),
        ({"max_wait": 7.0}, 7.0),
        ({"max_wait": 7.0, "policy": _settings.Settings(60, 20, 3)}, 7.0),
        ({"max_wait": 0.0}, 0.0),
        ({"accelerate": True, "policy": _settings.Settings(60, 20, 3)}, rules.latest(4)),
    ],
)
def test_max_wait(change: dict[str, object], seconds: float) -> None:
    assert schedule.max_wait(TARGET._replace(**change), HOST) == seconds


def test_a_host_that_does_not_tell() -> None:
    assert schedule.max_wait(TARGET, _settings.Settings()) == rules.latest(7200 + 75 * 9)


def test_a_host_whose_time_is_negative() -> None:
    assert schedule.max_wait(TARGET, _settings.Settings(-1000, 1, 1)) == rules.SLACK


def test_data_in_flight_is_not_hastened() -> None:
    target = TARGET._replace(accelerate=True, in_flight=True, policy=_settings.Settings(60, 20, 3))
    assert schedule.in_flight_wait(target, HOST) == rules.latest(120)
    assert schedule.longest(target, OPTIONS, HOST) > rules.latest(120)


def test_total_is_the_longest_and_the_pace() -> None:
    targets = [TARGET._replace(max_wait=10.0), TARGET._replace(max_wait=100.0, hold=5.0, in_flight=True)]
    at_once = schedule.total(targets, OPTIONS, HOST)
    assert 100 < at_once < 120
    assert schedule.total(targets, OPTIONS._replace(rate=0.1), HOST) == at_once + 30
    assert schedule.total([], OPTIONS._replace(rate=0.1), HOST) == 0


def test_a_long_hold_counts() -> None:
    assert 200 < schedule.longest(TARGET._replace(max_wait=1.0, hold=200.0), OPTIONS, HOST) < 215


def test_schedule() -> None:
    target = TARGET._replace(policy=_settings.Settings(60, 20, 3), hold=30.0)
    assert schedule.schedule(target, HOST) == [
        (30.0, "the idle connection (hold) is asked whether it still answers"),
        (60.0, "the first keepalive probe is due by the policy"),
        (120.0, "the drop is due by the policy"),
        (136.0, "the measurement ends at the latest"),
    ]


def test_schedule_that_ends_before_anything_is_due() -> None:
    assert schedule.schedule(TARGET._replace(max_wait=5.0), HOST) == [(5.0, "the measurement ends at the latest")]


def test_schedule_without_a_policy() -> None:
    assert schedule.schedule(TARGET, HOST)[0] == (600.0, "the first keepalive probe is due by this host's values")


def test_each_further_address_of_a_host_may_take_its_time() -> None:
    further = TARGET._replace(others=((2, "192.0.2.2"), (2, "192.0.2.3")))
    once = schedule.longest(TARGET, OPTIONS, HOST)
    assert schedule.longest(further, OPTIONS, HOST) == once + 2 * OPTIONS.timeout
