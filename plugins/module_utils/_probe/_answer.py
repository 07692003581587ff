# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the other side of a connection still answer? Asked with a keepalive probe of our own, which no application sees."""

import socket
import time

from ansible_collections.netops.keepalive.plugins.module_utils._probe import _conversations, _intake, _tcp_info

ANSWERED = "answered"
CLOSED, RESET, SILENT = _intake.CLOSED, _intake.RESET, _intake.SILENT
# Our kernel asks after a second without a sign of life, and every second until the end, or until it has asked so often in vain.
ASK = ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 127))
POLL = 0.02
LEAST = 3.5


def ask(connection: socket.socket, timeout: float) -> _conversations.Conversation[str]:
    """``ANSWERED``, ``SILENT``, ``CLOSED`` or ``RESET``; after ``timeout`` seconds at the latest (and time for three tries)."""
    heard = _tcp_info.read(connection).segments_in
    until = time.monotonic() + max(timeout, LEAST)
    keep_asking(connection)
    while time.monotonic() < until:
        if (yield _conversations.Pause(time.monotonic() + POLL, connection, _conversations.READ)):
            came = _intake.take(connection)
            if came != _intake.NOTHING:
                return ANSWERED if came == _intake.DATA else came
        info = _tcp_info.read(connection)
        if info.state != _tcp_info.CLOSED and info.segments_in != heard:
            return ANSWERED
    return SILENT


def keep_asking(connection: socket.socket) -> None:
    for option, value in ASK:
        connection.setsockopt(socket.IPPROTO_TCP, option, value)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
