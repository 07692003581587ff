# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measuring a listener of the same machine: its accepted socket is read as well, and may be hastened."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.hosts.throwaway import ThrowawayHost
from tests.support.probe.dead_peer.table import Case, Results, measure_all, on_time

SLOW = {"time": 7200, "interval": 75, "probes": 9}
CASES = {
    "short": Case({"time": 1, "interval": 1, "probes": 3}),
    "every address": Case({"time": 1, "interval": 1, "probes": 3, "address": "::"}),
    "of the host": Case({"keepalive": True}, {"max_wait": 1}),
    "off": Case({}, {"max_wait": 60}),
    "late": Case({"time": 1, "interval": 1, "probes": 3, "late": 1.2}, {"max_wait": 10}),
    "sets more": Case({"time": 2, "interval": 1, "probes": 2, "sets_more_after": 1}),
    "accepts late": Case({"time": 1, "interval": 1, "probes": 3, "accepts_after": 2.5}),
    "closes at once": Case({**SLOW, "closes_after": 0.001}),
    "closes": Case({**SLOW, "closes_after": 2}, {"max_wait": 60}),
    "hastened": Case(SLOW, {"accelerate": True}),
    "hastened, many probes": Case({**SLOW, "probes": 2}, {"accelerate": True}),
    "hastened, user timeout": Case({**SLOW, "user_timeout": 7500}, {"accelerate": True}),
    "hastened, accepts late": Case({**SLOW, "accepts_after": 3}, {"accelerate": True, "max_wait": None}),
    "hastened, and not waited for": Case(SLOW, {"accelerate": True, "max_wait": 2}),
    "hastened, off": Case({}, {"accelerate": True, "max_wait": 60}),
    "never accepts": Case({"accepts": False}),
    "never accepts, behind TLS": Case({"accepts": False}, {"tls": True}),
    "never accepts, behind TLS, defers": Case({"accepts": False, "defer": 30}, {"tls": True}),
    "silent behind TLS": Case({}, {"tls": True}),
    "never accepts, and is full": Case({"accepts": False, "full": True, "backlog": 0}),
    "never accepts, and is full, every address": Case({"accepts": False, "full": True, "backlog": 0, "address": "::"}),
    "behind a firewall": Case({"drops_syn": True}),
    "behind a firewall, every address": Case({"drops_syn": True, "address": "::"}),
    "defers": Case({**SLOW, "on_listener": True, "defer": 30}),
    "defers for a moment": Case({"time": 1, "interval": 1, "probes": 3, "defer": 1}),
    "defers for a moment, off": Case({"defer": 1}, {"max_wait": 60}),
    "defers, asked": Case(
        {"time": 1, "interval": 1, "probes": 3, "defer": 30, "after_login": True}, {"send": "hi\r\n"}
    ),
}


@pytest.fixture(scope="module")
def seen(shared_host: ThrowawayHost) -> Iterator[Results]:
    yield measure_all(shared_host, CASES, local=True, options={"settle": 0.3, "timeout": 3.5})


@pytest.mark.parametrize("name", ["short", "every address"])
def test_values_and_measurement(seen: Results, name: str) -> None:
    observation = seen[name]
    assert observation["read"] == "exact"
    assert observation["values"] == {"time": 1, "interval": 1, "probes": 3, "user_timeout": 0}
    assert observation["set_by"] == "application"
    assert observation["process"]["pid"]
    assert observation["measured"]["probes"] == 3
    assert on_time(observation["measured"]["dropped_after"], 4)


def test_values_of_the_host(seen: Results) -> None:
    assert seen["of the host"]["keepalive"] is True
    assert seen["of the host"]["set_by"] == "host"
    assert seen["of the host"]["measured"]["ended_by"] == "open"


def test_off_is_known_and_not_waited_for(seen: Results) -> None:
    assert seen["off"]["keepalive"] is False
    assert seen["off"]["read"] == "exact"
    assert seen["off"]["measured"] is None
    assert "Keepalive is off" in seen["off"]["limits"][0]
    assert seen["off"]["silent_for"] < 10


def test_what_is_switched_on_late_is_not_called_off(seen: Results) -> None:
    assert seen["late"]["keepalive"] is True
    assert seen["late"]["measured"]["ended_by"] == "dropped"


def test_what_is_set_later_is_read_again(seen: Results) -> None:
    assert seen["sets more"]["values"]["probes"] == 3
    assert seen["sets more"]["measured"]["probes"] == 3


def test_a_slow_accept(seen: Results) -> None:
    assert seen["accepts late"]["contact"] == "accepted"
    assert seen["accepts late"]["keepalive"] is True
    assert seen["accepts late"]["measured"]["ended_by"] == "dropped"


def test_closed_before_it_could_be_read(seen: Results) -> None:
    assert seen["closes at once"]["measured"]["ended_by"] == "closed"
    assert seen["closes at once"]["values"] is None


def test_values_are_known_although_the_application_closes(seen: Results) -> None:
    assert seen["closes"]["measured"]["ended_by"] == "closed"
    assert seen["closes"]["values"] == {**SLOW, "user_timeout": 0}


@pytest.mark.parametrize(
    ("name", "probes"),
    [
        ("hastened", 3),
        ("hastened, many probes", 2),
        ("hastened, user timeout", 3),
    ],
)
def test_hastened(seen: Results, name: str, probes: int) -> None:
    """The drop is proven in seconds; the values are what they were before."""
    observation = seen[name]
    assert observation["accelerated"] is True
    assert observation["values"]["time"] == 7200
    assert observation["values"]["interval"] == 75
    assert observation["measured"]["ended_by"] == "dropped"
    assert observation["measured"]["probes"] == probes
    assert on_time(observation["measured"]["dropped_after"], 1 + probes)
    assert not any("did not arrive" in limit for limit in observation["limits"])


def test_a_slow_accept_leaves_time_enough_for_the_hastened_drop(seen: Results) -> None:
    observation = seen["hastened, accepts late"]
    assert (observation["accelerated"], observation["measured"]["ended_by"]) == (True, "dropped")
    assert not any("did not arrive" in limit for limit in observation["limits"])


def test_hastened_and_given_up_before_the_drop_was_due(seen: Results) -> None:
    observation = seen["hastened, and not waited for"]
    assert (observation["accelerated"], observation["measured"]) == (True, None)
    assert observation["limits"][-1:] == ["The drop was not proven (accelerate): max_wait ended before it was due."]


def test_what_is_off_is_never_switched_on(seen: Results) -> None:
    observation = seen["hastened, off"]
    assert observation["keepalive"] is False
    assert observation["accelerated"] is False
    assert observation["measured"] is None
    assert all(not segment.at or segment.payload for segment in seen.segments("hastened, off", to_us=True)[2:])


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("never accepts")])
def test_never_accepts(seen: Results, name: str) -> None:
    assert seen[name]["contact"] == "not_accepted"
    assert "queue" in seen[name]["problem"]
    assert seen[name]["measured"] is None


@pytest.mark.parametrize("name", ["behind a firewall", "behind a firewall, every address"])
def test_a_firewall_is_no_full_queue(seen: Results, name: str) -> None:
    assert seen[name]["contact"] == "unreachable"
    assert seen[name]["problem"].endswith(
        "gave no answer in 3.5 s although it listens: a firewall on this host drops the connection"
    )


def test_the_full_queue_is_told(seen: Results) -> None:
    problem = seen["never accepts, and is full"]["problem"]
    assert problem.endswith("takes no connection: its queue is full; 1 wait to be accepted, and it holds 0")


def test_accepted_but_silent_behind_tls(seen: Results) -> None:
    assert seen["silent behind TLS"]["contact"] == "accepted"
    assert "did not answer in time" in seen["silent behind TLS"]["problem"]


def test_deferred(seen: Results) -> None:
    """Nothing is accepted before data has come; what the listener has is what the connection will have."""
    assert seen["defers"]["deferred"] is True
    assert seen["defers"]["values"] == {**SLOW, "user_timeout": 0}
    assert "TCP_DEFER_ACCEPT" in seen["defers"]["limits"][0]


def test_deferred_for_a_moment(seen: Results) -> None:
    assert seen["defers for a moment"]["values"]["time"] == 1
    assert seen.measured("defers for a moment")["ended_by"] == "dropped"
    assert seen["defers for a moment, off"]["keepalive"] is False


def test_deferred_and_asked(seen: Results) -> None:
    assert seen["defers, asked"]["deferred"] is False
    assert seen["defers, asked"]["measured"]["probes"] == 3


def test_no_listener_waits_for_another(seen: Results) -> None:
    assert seen.found["took"] < 10
