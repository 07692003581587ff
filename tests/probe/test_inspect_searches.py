# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What takes a look at the whole machine is done once for many listeners, not once for each."""

from __future__ import annotations

import socket

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import accept_queue
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import sock_diag

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


def test_a_full_queue_is_looked_up_without_a_list_of_the_listeners(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list has every listener of the machine, and each of 1,000 that are stuck would ask for one."""
    monkeypatch.delattr(sock_diag.Diag, "listeners")
    family = int(socket.AF_INET)
    with (
        socket.create_server(("127.0.0.1", 0), backlog=0) as own,
        socket.create_server(("127.0.0.1", 0)) as other,
        socket.socket() as ours,
        socket.create_connection(own.getsockname()),
    ):
        found = []
        for port in (own.getsockname()[1], other.getsockname()[1]):
            target = types.Target("127.0.0.1", port, family, types.Listener(family, "127.0.0.1", port, 1, 1))
            found.append(accept_queue.full_queue(target, ours, ("127.0.0.1", port)))
    full, free = found
    assert str(full).partition(": ")[2] == "its queue is full; 1 wait to be accepted, and it holds 0"
    assert free is None
