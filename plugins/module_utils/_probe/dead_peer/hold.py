# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the path keep an idle connection? One is left idle, then asked. A connection of its own, without a filter."""

import socket
import time
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import (
    connect,
    event_loop,
    handshake,
    liveness,
    receive,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import session, timing
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import tcp_info
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

Path = observation.Path
Found = t.Tuple[t.Optional[Path], t.Tuple[str, ...]]

FAILED = "The path was not tried (hold): {0}."
CLOSED = "The application closed the connection that was held, after {0:.1f} s: it says nothing about the path."
RESET = "The connection that was held was reset after {0:.1f} s, by the application or by something on the way."
FORGOTTEN = "After {0:.1f} s the other side did not know the connection that was held any more."
SILENT = "After {0:.1f} s nothing answered on the connection that was held: something on the way forgot it."
ENDED = {receive.CLOSED: CLOSED, receive.RESET: RESET, receive.SILENT: SILENT}
KEPT = (
    "The connection that was held was not idle: segments came from the application's side meanwhile ({0}; its own keepalive "
    "probes, or data), and they keep a path open."
)


def observe(target: types.Target, around: session.Surroundings) -> event_loop.Conversation[Found]:
    """Whether a connection that was left idle for ``target.hold`` seconds still answers."""
    try:
        connection, target = yield from connect.connect(target, around.options, around.crowd)
    except connect.NoContact as failure:
        return None, (FAILED.format(failure),)
    try:
        yield from handshake.log_in(connection, target, around.options.timeout)
        yield from receive.until_quiet(connection, around.options.settle, time.monotonic() + around.options.timeout)
        return (yield from hold(connection, target, around))
    except (handshake.LoginFailed, OSError) as failure:
        return None, (FAILED.format(failure),)
    finally:
        around.crowd.leave(connection)


def hold(
    connection: socket.socket, target: types.Target, around: session.Surroundings
) -> event_loop.Conversation[Found]:
    start, heard = time.monotonic(), tcp_info.read(connection).segments_in or 0
    until = start + (target.hold or 0.0)
    ended = yield from receive.until_over(connection, until)
    held = timing.rounded(time.monotonic() - start)
    kept = (tcp_info.read(connection).segments_in or 0) - heard - (ended in (receive.CLOSED, receive.RESET))
    limits = (KEPT.format(kept),) if kept > 0 else ()
    if ended is not None:
        return Path(held, None if ended == receive.CLOSED else False), limits + (ENDED[ended].format(held),)
    answer = yield from liveness.ask(connection, around.options.timeout)
    around.tell("{0}: held for {1:.1f} s: {2}".format(connect.called(target), held, answer))
    why = {liveness.CLOSED: CLOSED, liveness.RESET: FORGOTTEN, liveness.SILENT: SILENT}.get(answer)
    answered = None if answer == liveness.CLOSED else answer == liveness.ANSWERED
    return Path(held, answered), limits + ((why.format(held),) if why else ())
