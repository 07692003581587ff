# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections that were open before, on a host whose kernel lets no program set them: through duplicates of their sockets."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterator

import pytest

from tests.support.always.opened import held, wait_until_it_has_ended
from tests.support.always.scene import MODULE, Scene
from tests.support.hosts import throwaway
from tests.support.hosts.strace import injecting, strace

OPEN = {"scope": "host", "loopback": True, "time": 120, "interval": 30, "probes": 4, "connections": True}
ABSENT = {"state": "absent"}
OFF, ON = [0, 7200, 75, 9, 0], [1, 120, 30, 4, 0]
OFF_AGAIN = [0, 120, 30, 4, 0]
OWN, KEPT = {"keepalive": 1, "time": 77, "interval": 7}, [1, 77, 7, 9, 0]
TIMEOUT = [0, 7200, 75, 9, 9000]
UNMARKED = "Open connections are switched through duplicates of their sockets, "
ACCEPTED_NEVER = """
import socket, sys
listener = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(listener.getsockname())
print("up", flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _no_program_for_open_connections(shared_scene: Scene) -> Iterator[None]:
    """It takes the kernel's types, which not every kernel tells."""
    shared_scene.sh("mount -t tmpfs none /sys/kernel/btf")
    yield
    shared_scene.sh("umount /sys/kernel/btf")


def test_what_is_open_is_switched_on_and_not_marked(scene: Scene) -> None:
    cases = [{}, {"address": "::1"}, {"listener": OWN}, {"listener": {"user_timeout": 9000}}, {"source": "127.0.0.9"}]
    task = {**OPEN, "exclude_remotes": ["127.0.0.9"]}
    with held(scene, *((1, case) for case in cases)) as there:
        promised = scene.always(check_mode=True, **task)
        assert there.look()[0] == (OFF, OFF)
        real = scene.always(**task)
        assert real == promised
        assert real["connections"] == [{"unit": None, "switched_on": 7, "switched_off": 0, "pending": 0}]
        assert any(limit.startswith(UNMARKED) for limit in real["limits"])
        assert there.look() == [(ON, ON), (ON, ON), (KEPT, ON), (TIMEOUT, ON), (OFF, ON)]
        again = scene.always(**task)
        assert (again["changed"], again["diff"], again["connections"][0]["switched_on"]) == (False, [], 0)


def test_absent_takes_back_what_the_program_has_marked(scene: Scene) -> None:
    with held(scene, (1, {})) as older:
        scene.always(**OPEN)
        with held(scene, (2, {})) as newer:
            newer.look(time=99)
            promised = scene.always(check_mode=True, **ABSENT, connections=True)
            assert scene.always(**ABSENT, connections=True) == promised
            assert promised["connections"] == [{"unit": None, "switched_on": 0, "switched_off": 2, "pending": 0}]
            assert newer.look() == [([1, 99, 30, 4, 0], OFF_AGAIN)] * 2
            assert older.look() == [(ON, ON)]


def test_many_are_spread(scene: Scene) -> None:
    with held(scene, (140, {})) as there:
        real = scene.always(**OPEN, spread=2)
        assert real["connections"] == [{"unit": None, "switched_on": 100, "switched_off": 0, "pending": 180}]
        there.wait_until_all_are(ON)
        wait_until_it_has_ended(scene)


def test_what_no_application_has_accepted_is_left_alone(scene: Scene) -> None:
    process = scene.open("python3", "-c", ACCEPTED_NEVER)
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    real = scene.always(**OPEN)
    process.communicate()
    assert real["connections"][0]["switched_on"] == 1
    assert "Left alone: 1 socket, which no process that is seen from here has open." in real["limits"]


def test_if_one_is_refused_the_others_are_put_back(scene: Scene, tmp_path: pathlib.Path) -> None:
    trace = tmp_path / "trace"
    with held(scene, (3, {})) as there:
        scene.always(**OPEN, under=strace("-e", "trace=setsockopt", output=trace))
        last = len(re.findall("^setsockopt", trace.read_text(), re.MULTILINE))
        scene.always(**ABSENT)
    with held(scene, (3, {})) as there:
        effect = f"error=ENOMEM:when={last}"
        process = scene.begin(MODULE, under=injecting("setsockopt", effect), boot=False, **OPEN)
        refused = throwaway.result_of(process)
        assert re.fullmatch(
            r"An open connection of process \d+ cannot be switched: Cannot allocate memory\.", refused["msg"]
        )
        assert scene.attached() == []
        assert [end[0] for end in there.ends()] == [0] * 6


def test_without_either_way_it_is_refused(scene: Scene) -> None:
    with held(scene, (1, {})) as there:
        refused = scene.always(**OPEN, under=injecting("pidfd_getfd", "error=ENOSYS"))
        assert refused["msg"] == (
            "Connections that are open cannot be switched here. No program may set their options (bpf_iter/tcp, Linux 6.1 can: "
            "the program cannot be attached: No such file or directory), and their sockets cannot be duplicated: this kernel has "
            "no pidfd_getfd (Linux 5.6 has). Say connections: false, and each is switched on when it is made anew."
        )
        assert scene.attached() == []
        assert there.look() == [(OFF, OFF)]
