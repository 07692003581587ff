# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A peer that dies while data for it is on its way: then retransmission decides, not keepalive. A connection of its own."""

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
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import schedule, session, timing
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import bpf, tcp_info
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

InFlight = observation.InFlight
Found = t.Tuple[t.Optional[InFlight], t.Tuple[str, ...]]
# What was sent at once is dropped at once; a retransmission comes after 200 ms at least, and then ever later.
POLL = 0.02
TOGETHER = 0.1

NOTHING_SENT = "No data was in flight (in_flight): the application sent nothing in {0:g} s{1}."
NO_SEND = "; with send, bytes that it answers, it would"
NOT_GIVEN_UP = (
    "Data in flight was not given up within {0:.1f} s: TCP_USER_TIMEOUT or the limit of retransmissions (tcp_retries2, about "
    "15 minutes by default) is later than max_wait."
)
UNANSWERED = (
    "With data in flight nothing answered any more, for so long that the prober gave up after {0:.1f} s: whether the "
    "application did is not known."
)
FAILED = "Data in flight was not measured: {0}."


def observe(target: types.Target, around: session.Surroundings) -> event_loop.Conversation[Found]:
    """What became of data that nobody acknowledged; ``None`` and why, where there was none."""
    try:
        # Without bytes to send it is the greeting that stays unacknowledged, or the server's part of the TLS handshake.
        prepare = turn_deaf if target.send is None else nothing
        connection, target = yield from connect.connect(target, around.options, around.crowd, prepare)
    except (connect.NoContact, OSError) as failure:
        return None, (FAILED.format(why(failure)),)
    try:
        dropped = yield from provoke(connection, target, around)
        return (yield from watch(connection, target, around, dropped))
    except (handshake.LoginFailed, OSError) as failure:
        return None, (FAILED.format(why(failure)),)
    finally:
        around.crowd.leave(connection)


def turn_deaf(connection: socket.socket) -> None:
    bpf.attach(connection, bpf.DATA)


def nothing(connection: socket.socket) -> None:
    pass


def why(failure: Exception) -> str:
    return bpf.refused(failure) if isinstance(failure, OSError) else str(failure)


def provoke(
    connection: socket.socket, target: types.Target, around: session.Surroundings
) -> event_loop.Conversation[int]:
    """Have the application send something that stays unacknowledged. How many segments had been dropped before."""
    channel = handshake.channel(connection, target, around.options.timeout)
    if target.send is None:
        yield from channel.start()
        return 0
    yield from channel.open()
    yield from receive.until_quiet(connection, around.options.settle, channel.until)
    dropped = bpf.dropped(connection)
    turn_deaf(connection)
    yield from channel.write(target.send)
    return dropped


def watch(
    connection: socket.socket, target: types.Target, around: session.Surroundings, dropped: int
) -> event_loop.Conversation[Found]:
    first = yield from first_drop(connection, dropped, time.monotonic() + around.options.timeout)
    if first is None:
        hint = NO_SEND if target.send is None else ""
        return None, (NOTHING_SENT.format(around.options.timeout, hint),)
    # A dead connection is not told from a silent one: who retransmits in vain sends no reset at its end. So it is asked
    # every second; an answer to that acknowledges nothing, and a reset says that it is gone.
    liveness.keep_asking(connection)
    last, counted, retransmissions = first, bpf.dropped(connection), 0
    until = first + schedule.in_flight_wait(target, around.host)
    ended_by, came = observation.OPEN, receive.NOTHING
    while ended_by == observation.OPEN and came != receive.SILENT and time.monotonic() < until:
        pause = event_loop.Pause(time.monotonic() + POLL, connection, event_loop.READ)
        came = receive.take(connection) if (yield pause) else receive.NOTHING
        now, count = time.monotonic(), bpf.dropped(connection)
        if count > counted:
            retransmissions += now - last > TOGETHER
            last, counted = now, count
        if came == receive.RESET:
            ended_by = observation.DROPPED if retransmissions else observation.RESET
        elif came == receive.CLOSED or tcp_info.read(connection).out_of_order:
            # Its FIN stands behind the data that never arrived.
            ended_by = observation.CLOSED
    lasted = timing.rounded(time.monotonic() - first)
    around.tell(
        "{0}: with data in flight: {1} after {2:.1f} s, {3} retransmissions".format(
            connect.called(target), ended_by, lasted, retransmissions
        )
    )
    dropped_after = lasted if ended_by == observation.DROPPED else None
    open_because = UNANSWERED if came == receive.SILENT else NOT_GIVEN_UP
    limits = (open_because.format(lasted),) if ended_by == observation.OPEN else ()
    return InFlight(retransmissions, dropped_after, ended_by), limits


def first_drop(connection: socket.socket, dropped: int, until: float) -> event_loop.Conversation[t.Optional[float]]:
    """The moment at which the filter dropped data, where the kernel had dropped so many before. It counts the probes that
    it answers as dropped, too; but those it also counts as come in."""
    came_in = tcp_info.read(connection).segments_in
    while time.monotonic() < until:
        before, came_in = (dropped, came_in), tcp_info.read(connection).segments_in
        dropped = bpf.dropped(connection)
        if dropped > before[0] and came_in == before[1]:
            return time.monotonic()
        yield event_loop.Pause(time.monotonic() + POLL)
    return None
