# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A prober on a host that switches keepalive on for all its connections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.always.scene import Scene

QUICK = {"time": 1, "interval": 1, "probes": 3, "short_drop": True}
SERVERS = """
import socket, sys, threading
kept = []
def serve(address, port, set_late):
    own = socket.create_server((address, port), family=socket.AF_INET6 if ":" in address else socket.AF_INET)
    def accept():
        while True:
            kept.append(own.accept()[0])
            if set_late:
                kept[-1].setsockopt(6, socket.TCP_KEEPIDLE, 77)
    threading.Thread(target=accept, daemon=True).start()
serve("127.0.0.1", 7421, False)
serve("::1", 7422, False)
serve("127.0.0.1", 7423, True)
print("up", flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def servers(scene: Scene) -> Iterator[None]:
    process = scene.open("python3", "-c", SERVERS)
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    yield
    process.communicate(timeout=10)  # they end with their input


def test_a_probe_does_not_take_answers_to_its_own_keepalive_probes_for_the_applications(scene: Scene) -> None:
    """The application leaves keepalive off. Only outgoing connections are switched on: those of the prober."""
    scene.always(scope="host", loopback=True, direction="outgoing", **QUICK)
    target = {"host": "127.0.0.1", "port": 7421, "policy": {"time": 1}}
    result = scene.module("tcp_keepalive_probe", method="dead_peer", targets=[target], max_wait=5, settle=0.1)
    (seen,) = result["listeners"]
    assert (seen["verdict"], seen["measured"]["probe_times"]) == ("not_seen", [])


def test_the_probe_tells_whose_values_they_are(scene: Scene) -> None:
    """Of a connection that was switched on, with values and without, and of one whose application sets a value after that."""
    policy = {"time": 120, "interval": 30, "probes": 4}
    targets = [{"port": port, "policy": policy} for port in (7421, 7422, 7423)]

    def set_by(**more: Any) -> list[tuple[str, str | None]]:
        result = scene.module("tcp_keepalive_probe", targets=targets, settle=0.1, **more)
        return [(seen["verdict"], seen["set_by"]) for seen in result["listeners"]]

    assert set_by() == [("keepalive_off", None)] * 3
    scene.always(scope="host", loopback=True, **policy)
    cured = ("compliant", "always")
    assert set_by() == [cured, cured, ("compliant", "application")]
    assert set_by(method="dead_peer", max_wait=1) == [cured, cured, ("compliant", "application")]
    scene.always(scope="host", loopback=True)
    assert set_by() == [("time_too_long", "always")] * 2 + [("drops_too_late", "application")]
