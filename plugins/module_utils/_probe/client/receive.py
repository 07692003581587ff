# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes in on a connection of our own is taken, acknowledged at once, and forgotten."""

import errno
import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import event_loop
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

DATA, NOTHING, SILENT = "data", "nothing", "silent"
CLOSED, RESET = observation.CLOSED, observation.RESET
# The connection is over after these.
OVER = (CLOSED, RESET, SILENT)
# Errors that a reset causes. Any other comes from our own kernel, which gave up because nothing answered; it may repeat
# what a router told, such as that there is no route.
BY_RESET = (errno.ECONNRESET, errno.EPIPE, errno.ENOTCONN, errno.ECONNABORTED)
CHUNK = 65536
# A flood is taken in parts, so that it delays no other connection.
CHUNKS = 16
# A connection that floods us is not read all the time.
A_MOMENT = 0.02


def take(connection: socket.socket) -> str:
    """``DATA``, ``NOTHING``, ``CLOSED`` (FIN), ``RESET``, or ``SILENT`` when our own kernel gave up asking."""
    taken = NOTHING
    for _turn in range(CHUNKS):
        try:
            data = connection.recv(CHUNK)
        except (BlockingIOError, InterruptedError):
            break
        except OSError as error:
            return RESET if error.errno in BY_RESET else SILENT
        if not data:
            return CLOSED
        taken = DATA
        acknowledge(connection)
    return taken


def is_closed(connection: socket.socket) -> bool:
    """Whether the other side has closed it, and nothing is left to take."""
    try:
        return not connection.recv(1, socket.MSG_PEEK)
    except OSError:  # nothing has come; or a reset, which the next call reports
        return False


def acknowledge(connection: socket.socket) -> None:
    """Now, not up to 200 ms later: times count from this acknowledgement."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def until_quiet(connection: socket.socket, settle: float, latest: float) -> event_loop.Coroutine[None]:
    """Take what comes, until nothing has come for ``settle`` seconds, or it is ``latest``."""
    quiet_at = event_loop.now() + settle
    while event_loop.now() < min(quiet_at, latest):
        if (yield event_loop.Pause(min(quiet_at, latest), connection, event_loop.READ)):
            came = take(connection)
            if came in OVER:
                return
            quiet_at = event_loop.now() + settle


def until_over(connection: socket.socket, until: float) -> event_loop.Coroutine[t.Optional[str]]:
    """Take what comes until that moment; how the connection ended (one of ``OVER``), if it ended before."""
    while event_loop.now() < until:
        if (yield event_loop.Pause(until, connection, event_loop.READ)):
            came = take(connection)
            if came in OVER:
                return came
            yield event_loop.Pause(min(until, event_loop.now() + A_MOMENT))
    return None
