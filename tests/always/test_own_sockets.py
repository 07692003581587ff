# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A prober on a host that switches keepalive on for all its connections."""

from __future__ import annotations

from tests.support.always.scene import Scene

QUICK = {"time": 1, "interval": 1, "probes": 3, "short_drop": True}
SERVER = """
import socket, sys, threading
own = socket.create_server(("127.0.0.1", 7420))
kept = []
def serve():
    while True:
        kept.append(own.accept())
threading.Thread(target=serve, daemon=True).start()
print("up", flush=True)
sys.stdin.read()
"""


def test_a_probe_does_not_take_answers_to_its_own_keepalive_probes_for_the_applications(scene: Scene) -> None:
    """The application leaves keepalive off. Only outgoing connections are switched on: those of the prober."""
    server = scene.open("python3", "-c", SERVER)
    assert server.stdout is not None
    assert server.stdout.readline() == b"up\n"
    scene.always(scope="host", loopback=True, direction="outgoing", **QUICK)
    target = {"host": "127.0.0.1", "port": 7420, "policy": {"time": 1}}
    result = scene.module("tcp_keepalive_probe", method="dead_peer", targets=[target], max_wait=5, settle=0.1)
    server.communicate(timeout=10)  # it ends with its input
    (seen,) = result["listeners"]
    assert (seen["verdict"], seen["measured"]["probe_times"]) == ("not_seen", [])
