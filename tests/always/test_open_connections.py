# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections that were open before: which are switched on, with what, how they are spread, and what takes it back."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.support.always.opened import held, wait_until_it_has_ended
from tests.support.always.scene import Ends, Scene

VALUES = {"scope": "host", "loopback": True, "time": 120, "interval": 30, "probes": 4}
OPEN = {**VALUES, "connections": True}
ABSENT = {"state": "absent"}
OFF, ON = [0, 7200, 75, 9, 0], [1, 120, 30, 4, 0]
OWN = {"keepalive": 1, "time": 77, "interval": 7}
KEPT, TIMEOUT = [1, 77, 7, 9, 0], [0, 7200, 75, 9, 9000]
# The values of an option stay when keepalive is switched off again.
OFF_AGAIN = [0, 120, 30, 4, 0]
BACK = "open connections keep the keepalive that they were given until they end"

MARKS = """
import socket
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import marks, sock_diag
with sock_diag.Diag() as diag:
    found = [one for family in (2, 10) for one in marks.read(diag, family, range(1, 65536), 1 << 1).values()]
print(len(found), set(map(tuple, found)))
"""

CASES: dict[str, tuple[dict[str, Any], Ends]] = {
    "off": ({}, (ON, ON)),
    "IPv6": ({"address": "::1"}, (ON, ON)),
    "mapped": ({"address": "::", "to": "::ffff:127.0.0.1"}, (ON, ON)),
    "values of the application": ({"listener": OWN, "client": OWN}, (KEPT, KEPT)),
    "values of the client alone": ({"client": OWN}, (ON, KEPT)),
    "a user timeout": ({"listener": {"user_timeout": 9000}}, (TIMEOUT, ON)),
    "excluded port": ({"port": 7411}, (OFF, OFF)),
    "excluded address of the peer": ({"source": "127.0.0.9"}, (OFF, ON)),
}


def test_what_is_open_is_switched_on_like_what_is_new(scene: Scene) -> None:
    with held(scene, *((1, case) for case, _expected in CASES.values())) as there:
        task = {**OPEN, "exclude_ports": [7411], "exclude_remotes": ["127.0.0.9"]}
        promised = scene.always(check_mode=True, **task)
        assert (OFF, OFF) in there.look()
        real = scene.always(**task)
        assert real == promised
        assert real["connections"] == [{"unit": None, "switched_on": 9, "switched_off": 0, "pending": 0}]
        assert real["diff"][-1]["before_header"] == "open connections of the cgroup /"
        assert scene.sh(f"python3 -c '{MARKS}'") == "9 {(120, 30, 4, 0)}\n", "by them the probe tells set_by: always"
        assert dict(zip(CASES, there.look(), strict=True)) == {
            name: expected for name, (_case, expected) in CASES.items()
        }
        again = scene.always(**task)
        assert (again["changed"], again["diff"]) == (False, [])
        assert again["connections"] == [{"unit": None, "switched_on": 0, "switched_off": 0, "pending": 0}]


def test_one_that_its_application_switched_off_later_stays_off(scene: Scene) -> None:
    with held(scene, (1, {})) as there:
        scene.always(**OPEN)
        assert there.look(keepalive=0) == [(OFF_AGAIN, ON)]
        assert not scene.always(**OPEN)["changed"]
        assert there.look() == [(OFF_AGAIN, ON)]


def test_absent_takes_back_what_was_not_changed_since(scene: Scene) -> None:
    with held(scene, (1, {}), (1, {"listener": OWN})) as there:
        scene.always(**OPEN)
        with held(scene, (1, {})) as newer:
            there.look(time=99)
            promised = scene.always(check_mode=True, **ABSENT, connections=True)
            assert newer.look() == [(ON, ON)]
            assert scene.always(**ABSENT, connections=True) == promised
            assert promised["connections"] == [{"unit": None, "switched_on": 0, "switched_off": 4, "pending": 0}]
            assert newer.look() == [(OFF_AGAIN, OFF_AGAIN)]
            assert there.look() == [([1, 99, 30, 4, 0], OFF_AGAIN), ([1, 99, 7, 9, 0], OFF_AGAIN)]


def test_absent_alone_says_how_many_keep_what_they_got(scene: Scene) -> None:
    with held(scene, (3, {})) as there:
        scene.always(**OPEN)
        promised = scene.always(check_mode=True, **ABSENT)
        assert scene.always(**ABSENT) == promised
        assert any(limit.startswith(f"6 {BACK}") for limit in promised["limits"])
        assert there.ends() == [ON] * 6
        assert scene.always(**ABSENT)["limits"] == []


def test_many_are_spread_and_another_run_leaves_the_process_alone(scene: Scene) -> None:
    with held(scene, (140, {})) as there:
        scene.always(**VALUES)
        scene.always(check_mode=True, **OPEN, spread=6000)
        assert "netops-keepalive-connections" not in scene.sh("ls /run"), "no process goes on"
        real = scene.always(**OPEN, spread=6000)
        assert real["connections"] == [{"unit": None, "switched_on": 100, "switched_off": 0, "pending": 180}]
        again = scene.always(**OPEN, spread=6000)
        assert (again["changed"], again["diff"]) == (False, [])
        assert again["connections"] == [{"unit": None, "switched_on": 0, "switched_off": 0, "pending": 180}]
        assert there.ends().count(ON) == 100
        sooner = scene.always(**OPEN, spread=2)
        assert sooner["connections"] == [{"unit": None, "switched_on": 100, "switched_off": 0, "pending": 80}]
        there.wait_until_all_are(ON)
        wait_until_it_has_ended(scene)


def test_the_process_ends_when_the_program_is_detached(scene: Scene) -> None:
    with held(scene, (140, {})) as there:
        scene.always(**OPEN, spread=6000)
        scene.always(**ABSENT)
        wait_until_it_has_ended(scene)
        assert there.ends().count(ON) == 100


@pytest.mark.long
def test_living_connections_survive(scene: Scene) -> None:
    """Switched on in one moment, thousands of those over the loopback interface died of their own probes."""
    scene.sh(
        "ip netns add peer; ip link add ours type veth peer name theirs netns peer; ip address add 198.18.0.1/24 dev ours; "
        "ip link set ours up; ip -netns peer address add 198.18.0.2/24 dev theirs; ip -netns peer link set theirs up"
    )
    over_veth = {"address": "198.18.0.2", "namespace": "peer"}
    with held(scene, (3000, {}), (6000, over_veth)) as there:
        real = scene.always(**{**OPEN, "time": 20, "interval": 5, "probes": 3, "short_drop": True})
        (scope,) = real["connections"]
        assert (scope["switched_on"], scope["pending"]) == (100, 11900)
        time.sleep(20 + 20 + 3 * 5 + 20)
        ends = there.look()
        assert [None for pair in ends if None in pair] == []
        on = [1, 20, 5, 3, 0]
        assert [client for _accepted, client in ends] == [on] * 9000
        assert [accepted for accepted, _client in ends[:3000]] == [on] * 3000
