# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the other side of a connection still answer? Asked with a keepalive probe of our own, which no application sees."""

import socket

from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import event_loop, receive
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import tcp_info

ANSWERED = "answered"
CLOSED, RESET, SILENT = receive.CLOSED, receive.RESET, receive.SILENT
# Our kernel asks after one idle second, then every second, and gives up after this many unanswered probes.
ASK = ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 127))
POLL = 0.02
LEAST = 3.5


def ask(connection: socket.socket, timeout: float) -> event_loop.Coroutine[str]:
    """``ANSWERED``, ``SILENT``, ``CLOSED`` or ``RESET``; after ``timeout`` seconds at the latest (and time for three tries)."""
    heard = tcp_info.read(connection).segments_in
    until = event_loop.now() + max(timeout, LEAST)
    keep_asking(connection)
    while event_loop.now() < until:
        if (yield event_loop.Pause(event_loop.now() + POLL, connection, event_loop.READ)):
            came = receive.take(connection)
            if came != receive.NOTHING:
                return ANSWERED if came == receive.DATA else came
        info = tcp_info.read(connection)
        if info.state != tcp_info.CLOSED and info.segments_in != heard:
            return ANSWERED
    return SILENT


def keep_asking(connection: socket.socket) -> None:
    for option, value in ASK:
        connection.setsockopt(socket.IPPROTO_TCP, option, value)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
