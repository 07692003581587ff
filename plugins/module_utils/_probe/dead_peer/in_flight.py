# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A peer that dies while data for it is on its way: retransmission decides, not keepalive. A connection of its own."""

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
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import schedule, timing
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import session as dead_peer_session
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import bpf, tcp_info
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

InFlight = observation.InFlight
Found = t.Tuple[t.Optional[InFlight], t.Tuple[str, ...]]
# Segments that were sent together are dropped together; a retransmission comes after 200 ms at least, and then ever later.
POLL = 0.02
TOGETHER = 0.1

NOTHING_SENT = "No data was in flight (in_flight): the application sent nothing in {0:g} s{1}."
NO_SEND = "; give send, bytes that it answers"
NOT_GIVEN_UP = (
    "Data in flight was not given up within {0:.1f} s: TCP_USER_TIMEOUT or the limit of retransmissions (tcp_retries2, about "
    "15 minutes by default) is later than max_wait."
)
UNANSWERED = (
    "With data in flight nothing answered any more, and our own kernel gave up after {0:.1f} s: whether the application did "
    "is not known."
)
FAILED = "Data in flight was not measured: {0}."


def observe(target: types.Target, session: dead_peer_session.Session) -> event_loop.Coroutine[Found]:
    """What became of data that was not acknowledged; ``None`` and why, where there was none."""
    # Without bytes to send, the greeting or the server's part of the TLS handshake stays unacknowledged.
    context = session.context._replace(prepare=drop_data) if target.send is None else session.context
    try:
        connection, target = yield from connect.connect(target, context)
    except (failures.ConnectFailed, OSError) as failure:
        return None, (FAILED.format(why(failure)),)
    try:
        dropped = yield from provoke(connection, target, session)
        return (yield from watch(connection, target, session, dropped))
    except (channel.HandshakeFailed, OSError) as failure:
        return None, (FAILED.format(why(failure)),)
    finally:
        session.context.limit.release(connection)


def drop_data(connection: socket.socket) -> None:
    connect.reset_on_close(connection)
    bpf.attach(connection, bpf.DATA)


def why(failure: Exception) -> str:
    if isinstance(failure, OSError) and failure.errno in bpf.NOT_ALLOWED:
        return bpf.refused(failure)
    return _text.why(failure)


def provoke(
    connection: socket.socket, target: types.Target, session: dead_peer_session.Session
) -> event_loop.Coroutine[int]:
    """Have the application send something that stays unacknowledged. How many segments had been dropped before."""
    own = handshake.open_channel(connection, target, session.options.timeout)
    if target.send is None:
        yield from own.start()
        return 0
    yield from own.open()
    yield from receive.until_quiet(connection, session.options.settle, own.until)
    dropped = bpf.dropped(connection)
    bpf.attach(connection, bpf.DATA)
    yield from own.write(target.send)
    return dropped


def watch(
    connection: socket.socket, target: types.Target, session: dead_peer_session.Session, dropped: int
) -> event_loop.Coroutine[Found]:
    timeout = session.options.timeout
    first = yield from first_drop(connection, dropped, event_loop.now() + timeout)
    if first is None:
        return None, (NOTHING_SENT.format(timeout, NO_SEND if target.send is None else ""),)
    # A side that retransmits in vain sends no reset at its end, and looks like a silent one. So it is asked every second: an
    # answer acknowledges nothing, and a reset says that the connection is gone.
    liveness.keep_asking(connection)
    last, counted, retransmissions = first, bpf.dropped(connection), 0
    until = first + schedule.in_flight_wait(target, session.host)
    ended_by, came = observation.OPEN, receive.NOTHING
    while ended_by == observation.OPEN and came != receive.SILENT and event_loop.now() < until:
        pause = event_loop.Pause(event_loop.now() + POLL, connection, event_loop.READ)
        came = receive.take(connection) if (yield pause) else receive.NOTHING
        now, count = event_loop.now(), bpf.dropped(connection)
        if count > counted:
            retransmissions += now - last > TOGETHER
            last, counted = now, count
        if came == receive.RESET:
            ended_by = observation.DROPPED if retransmissions else observation.RESET
        elif came == receive.CLOSED or tcp_info.read(connection).out_of_order:
            # Its FIN is behind the data that never arrived.
            ended_by = observation.CLOSED
    lasted = timing.rounded(event_loop.now() - first)
    session.tell(
        "{0}: with data in flight: {1} after {2:.1f} s, {3} retransmissions".format(
            target.called, ended_by, lasted, retransmissions
        )
    )
    dropped_after = lasted if ended_by == observation.DROPPED else None
    open_because = UNANSWERED if came == receive.SILENT else NOT_GIVEN_UP
    limits = (open_because.format(lasted),) if ended_by == observation.OPEN else ()
    return InFlight(retransmissions, dropped_after, ended_by), limits


def first_drop(connection: socket.socket, dropped: int, until: float) -> event_loop.Coroutine[t.Optional[float]]:
    """When the filter dropped data, where ``dropped`` segments had been dropped before. The kernel counts probes that it
    answers as dropped, too; but those it also counts as come in."""
    came_in = tcp_info.read(connection).segments_in
    while event_loop.now() < until:
        before, came_in = (dropped, came_in), tcp_info.read(connection).segments_in
        dropped = bpf.dropped(connection)
        if dropped > before[0] and came_in == before[1]:
            return event_loop.now()
        yield event_loop.Pause(event_loop.now() + POLL)
    return None
