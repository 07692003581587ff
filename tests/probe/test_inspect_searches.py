# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What takes a look at the whole machine is done once for many listeners, not once for each."""

from __future__ import annotations

import socket

from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.inspect import (
    attempt as inspect_attempt,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.inspect import (
    run as inspect_run,
)
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import sock_diag
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

from tests.support.hosts.throwaway import ThrowawayHost
from tests.support.probe.inspecting import scene

SERVERS = 60
OWN = {"time": 60}


def test_connections_that_were_handed_to_children_are_searched_together(shared_host: ThrowawayHost) -> None:
    with scene.servers(shared_host, *[{"fork": True, "accepted": OWN}] * SERVERS) as servers:
        found = scene.inspected(shared_host, [server.port for server in servers])
    assert [one["values"]["time"] for one in found.answer["observations"]] == [60] * SERVERS
    assert found.answer["listings"] < SERVERS / 2


def test_applications_that_were_started_again_are_searched_together(shared_host: ThrowawayHost) -> None:
    with scene.servers(shared_host, *[{"listener": OWN}] * SERVERS) as old:
        ports = [server.port for server in old]
        process = scene.prober(shared_host, ports=ports, wait=True, target={"connect": False})
        assert process.stdout is not None
        assert process.stdout.readline() == b"discovered\n"
    with scene.servers(shared_host, *[{"listener": {"time": 61}, "port": port} for port in ports]):
        found = scene.resumed(process)
    assert [one["values"]["time"] for one in found.answer["observations"]] == [61] * SERVERS
    assert found.answer["listings"] == 1


class Counting(sock_diag.Diag):
    dumps = 0

    def listeners(self, family: int) -> list[tuple[sock_diag.Socket, bool]]:
        self.dumps += 1
        return super().listeners(family)


def test_full_queues_are_looked_for_once() -> None:
    diag = Counting()
    with (
        diag,
        socket.create_server(("127.0.0.1", 0), backlog=0) as own,
        socket.create_connection(own.getsockname()),
    ):
        target = types.Target("127.0.0.1", own.getsockname()[1], socket.AF_INET)
        visits = [inspect_attempt.Visit(target, diag, types.Options()) for _ in range(SERVERS)]
        assert inspect_run.full_queues(visits) == {}
        assert diag.dumps == 0, "nobody is stuck"
        for visit in visits:
            visit.contact = observation.UNREACHABLE
        full = "The listener takes no connection: 1 wait to be accepted, and its queue holds 0."
        assert full in inspect_run.full_queues(visits).values()
        assert diag.dumps == len(("IPv4", "IPv6"))
