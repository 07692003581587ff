# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An application with 10,000 connections does not feel that it is read, over and over, while it closes and restarts."""

from __future__ import annotations

import json
import sys

from tests.support.hosts.throwaway import ThrowawayHost
from tests.support.probe.inspecting import scene

CONNECTIONS = 10_000
CYCLES = 3


def test_closes_and_restarts_are_not_delayed(shared_host: ThrowawayHost) -> None:
    application = shared_host.open(sys.executable, str(scene.HERE / "busy.py"), str(CONNECTIONS))
    assert application.stdin is not None
    assert application.stdout is not None
    port = int(application.stdout.readline())
    prober = scene.prober(shared_host, ports=[port], loop=True, options={"settle": 0.05, "timeout": 1})
    for _ in range(CYCLES):
        application.stdin.write(b"\n")
        application.stdin.flush()
        said = application.stdout.readline()
        assert said == b"cycle\n", said
    found = scene.resumed(prober)
    output, _errors = application.communicate(timeout=60)
    noted = json.loads(output)
    assert found.answer["rounds"] > CYCLES, "it was read all the while"
    assert noted["refused"] == []
    assert len(noted["late"]) == 200 * CYCLES
    # The clients read one after the other, on a machine that is busy with all of this: hence the slack.
    assert noted["late"][-1] < 0.5


def test_ten_thousand_connections_are_counted_and_do_not_slow_the_reading(shared_host: ThrowawayHost) -> None:
    program = (
        "import socket, sys, resource; resource.setrlimit(7, (12000, 12000));"
        "kept = [socket.create_connection(('127.0.0.1', int(sys.argv[1]))) for _ in range(10000)]; print(flush=True); input()"
    )
    with scene.servers(shared_host, {"accepted": {"time": 60}, "files": 12000, "backlog": 4096}) as (server,):
        clients = shared_host.open(sys.executable, "-c", program, str(server.port))
        assert clients.stdout is not None
        clients.stdout.readline()
        timers = f"ss -tnHo state established sport = :{server.port} | grep -c timer:.keepalive"
        shared_host.sh(f"until [ $({timers}) = {CONNECTIONS} ]; do sleep 0.2; done")
        found = scene.inspected(shared_host, [server.port], options={"settle": 0.1})
        clients.communicate(b"\n", timeout=60)
    observation = found.observation(server.port)
    assert observation["connections"] == {"open": CONNECTIONS, "with_keepalive": CONNECTIONS}
    assert (observation["read"], observation["values"]["time"]) == ("exact", 60)
    assert found.answer["took"] < 1
