# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the path keep an idle connection? One is left idle, then asked. It is a connection of its own, without a filter."""

import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _text
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import (
    channel,
    connect,
    event_loop,
    failures,
    handshake,
    liveness,
    receive,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import session as dead_peer_session
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import timing
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import tcp_info
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

Path = observation.Path
Found = t.Tuple[t.Optional[Path], t.Tuple[str, ...]]

FAILED = "The path was not tried (hold): {0}."
CLOSED = "The application closed the idle connection (hold) after {0:.1f} s: that says nothing about the path."
RESET = "The idle connection (hold) was reset after {0:.1f} s, by the application or by something on the way."
FORGOTTEN = "After {0:.1f} s the other side no longer knew the idle connection (hold)."
SILENT = "After {0:.1f} s nothing answered on the idle connection (hold): something on the way forgot it."
ENDED = {receive.CLOSED: CLOSED, receive.RESET: RESET, receive.SILENT: SILENT}
UNANSWERED = {liveness.CLOSED: CLOSED, liveness.RESET: FORGOTTEN, liveness.SILENT: SILENT}
KEPT = (
    "The connection of hold was not idle: {0} segments came from the application's side (its own keepalive probes, or data), "
    "and they keep a path open."
)


def observe(target: types.Target, session: dead_peer_session.Session) -> event_loop.Coroutine[Found]:
    """Whether a connection that was left idle for ``target.hold`` seconds still answers."""
    try:
        connection, target = yield from connect.connect(target, session.context)
    except failures.ConnectFailed as failure:
        return None, (FAILED.format(failure),)
    timeout = session.options.timeout
    try:
        yield from handshake.complete(connection, target, timeout)
        yield from receive.until_quiet(connection, session.options.settle, event_loop.now() + timeout)
        return (yield from hold(connection, target, session))
    except (channel.HandshakeFailed, OSError) as failure:
        return None, (FAILED.format(_text.why(failure)),)
    finally:
        session.context.limit.release(connection)


def hold(
    connection: socket.socket, target: types.Target, session: dead_peer_session.Session
) -> event_loop.Coroutine[Found]:
    start, heard = event_loop.now(), tcp_info.read(connection).segments_in or 0
    ended = yield from receive.until_over(connection, start + (target.hold or 0.0))
    held = timing.rounded(event_loop.now() - start)
    kept = (tcp_info.read(connection).segments_in or 0) - heard - (ended in (receive.CLOSED, receive.RESET))
    limits = (KEPT.format(kept),) if kept > 0 else ()
    if ended is not None:
        return Path(held, None if ended == receive.CLOSED else False), limits + (ENDED[ended].format(held),)
    answer = yield from liveness.ask(connection, session.options.timeout)
    session.tell("{0}: idle for {1:.1f} s (hold): {2}".format(target.called, held, answer))
    if answer == liveness.ANSWERED:
        return Path(held, True), limits
    return Path(held, None if answer == liveness.CLOSED else False), limits + (UNANSWERED[answer].format(held),)
