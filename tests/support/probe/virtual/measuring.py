# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure virtual applications: with the code that measures real ones, in milliseconds."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import reader
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import (
    connect,
    connection_limit,
    event_loop,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import run, session
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import options as socket_options
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import marks, sock_diag
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

from tests.support.probe.virtual.application import Application
from tests.support.probe.virtual.network import VirtualNetwork
from tests.support.probe.virtual.sockets import VirtualSocket

HOST = _settings.Settings(7200, 75, 9)
OPTIONS = types.Options(settle=0.5, timeout=2.0)
ADDRESS, PORT = "192.0.2.1", 6379
HERE = types.Listener(int(socket.AF_INET), "127.0.0.1", PORT, 1, 1)


class VirtualReader:
    """Stands for `accepted.reader.Reader`: the application's end is on this machine, and may be read."""

    def end_of(self, connection: VirtualSocket, target: types.Target) -> VirtualEnd:
        return VirtualEnd(connection)

    def marks_of(self, asked: Mapping[int, reader.Place]) -> dict[int, marks.Mark]:
        return {}


class VirtualEnd:
    host = HOST

    def __init__(self, prober: VirtualSocket) -> None:
        assert prober.peer is not None
        self.peer = prober.peer
        self.accepted: object = None

    def look_up(self) -> sock_diag.Socket:
        if not self.peer.is_there:
            raise _errors.SocketGone("gone")
        is_accepted = self.peer.network.time - self.peer.start >= self.peer.application.accepts_after
        inode = 77 if is_accepted else 0
        return sock_diag.Socket(2, sock_diag.ESTABLISHED, 0, 0, 0, 0, b"", b"", 0, 1, 0, 0, 0, 0, 0, inode)

    def found(self, seen: sock_diag.Socket, holder: object) -> None:
        self.accepted = seen

    def place(self, accepted: sock_diag.Socket) -> tuple[int, reader.Place]:
        return accepted.cookie, (None, accepted.family, PORT)

    def read(self) -> socket_options.SocketOptions:
        if not self.peer.is_there:
            raise _errors.SocketGone("gone")
        return socket_options.SocketOptions(self.peer.is_on, self.peer.values())

    def lower(self, values: _settings.Values) -> None:
        self.peer.lower(values)


def measured(
    application: Application,
    *,
    local: bool = False,
    may_filter: bool = True,
    options: types.Options = OPTIONS,
    told: list[str] | None = None,
    **target: Any,
) -> observation.Observation:
    """What is seen of one application; `target` are fields of it. `local` says that its end can be read."""
    address = HERE.address if local else ADDRESS
    wanted = types.Target(address, PORT, int(socket.AF_INET), HERE if local else None, **target)
    network = VirtualNetwork({(address, PORT): application}, may_filter=may_filter)
    limit = connection_limit.ConnectionLimit(None, options.rate, network)
    context = connect.ConnectContext(options, limit, connect.reset_on_close)
    progress = told.append if told is not None else None
    made = session.Session([wanted], context, HOST, VirtualReader(), progress)  # type: ignore[arg-type]
    made.holders = event_loop.Batch(lambda wanted: {})  # no search of the real machine
    (seen,) = run.observe(made)
    assert limit.open == 0, "every connection was closed"
    return seen
