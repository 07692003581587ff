# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A peer that dies while data for it is on its way: then retransmission decides, not keepalive. A connection of its own."""

import socket
import time
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _observation
from ansible_collections.netops.keepalive.plugins.module_utils._probe import (
    _answer,
    _contact,
    _conversations,
    _expected,
    _intake,
    _login,
    _measure,
    _silence,
    _surroundings,
    _target,
    _tcp_info,
)

InFlight = _observation.InFlight
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


def observe(target: _target.Target, around: _surroundings.Surroundings) -> _conversations.Conversation[Found]:
    """What became of data that nobody acknowledged; ``None`` and why, where there was none."""
    try:
        # Without bytes to send it is the greeting that stays unacknowledged, or the server's part of the TLS handshake.
        prepare = turn_deaf if target.send is None else nothing
        connection, target = yield from _contact.connect(target, around.options, around.crowd, prepare)
    except (_contact.NoContact, OSError) as failure:
        return None, (FAILED.format(why(failure)),)
    try:
        dropped = yield from provoke(connection, target, around)
        return (yield from watch(connection, target, around, dropped))
    except (_login.LoginFailed, OSError) as failure:
        return None, (FAILED.format(why(failure)),)
    finally:
        around.crowd.leave(connection)


def turn_deaf(connection: socket.socket) -> None:
    _silence.attach(connection, _silence.DATA)


def nothing(connection: socket.socket) -> None:
    pass


def why(failure: Exception) -> str:
    return _silence.refused(failure) if isinstance(failure, OSError) else str(failure)


def provoke(
    connection: socket.socket, target: _target.Target, around: _surroundings.Surroundings
) -> _conversations.Conversation[int]:
    """Have the application send something that stays unacknowledged. How many segments had been dropped before."""
    channel = _login.channel(connection, target, around.options.timeout)
    if target.send is None:
        yield from channel.start()
        return 0
    yield from channel.open()
    yield from _intake.until_quiet(connection, around.options.settle, channel.until)
    dropped = _silence.dropped(connection)
    turn_deaf(connection)
    yield from channel.write(target.send)
    return dropped


def watch(
    connection: socket.socket, target: _target.Target, around: _surroundings.Surroundings, dropped: int
) -> _conversations.Conversation[Found]:
    first = yield from first_drop(connection, dropped, time.monotonic() + around.options.timeout)
    if first is None:
        hint = NO_SEND if target.send is None else ""
        return None, (NOTHING_SENT.format(around.options.timeout, hint),)
    # A dead connection is not told from a silent one: who retransmits in vain sends no reset at its end. So it is asked
    # every second; an answer to that acknowledges nothing, and a reset says that it is gone.
    _answer.keep_asking(connection)
    last, counted, retransmissions = first, _silence.dropped(connection), 0
    until = first + _expected.in_flight_wait(target, around.host)
    ended_by, came = _observation.OPEN, _intake.NOTHING
    while ended_by == _observation.OPEN and came != _intake.SILENT and time.monotonic() < until:
        pause = _conversations.Pause(time.monotonic() + POLL, connection, _conversations.READ)
        came = _intake.take(connection) if (yield pause) else _intake.NOTHING
        now, count = time.monotonic(), _silence.dropped(connection)
        if count > counted:
            retransmissions += now - last > TOGETHER
            last, counted = now, count
        if came == _intake.RESET:
            ended_by = _observation.DROPPED if retransmissions else _observation.RESET
        elif came == _intake.CLOSED or _tcp_info.read(connection).out_of_order:
            # Its FIN stands behind the data that never arrived.
            ended_by = _observation.CLOSED
    lasted = _measure.rounded(time.monotonic() - first)
    around.tell(
        "{0}: with data in flight: {1} after {2:.1f} s, {3} retransmissions".format(
            _contact.called(target), ended_by, lasted, retransmissions
        )
    )
    dropped_after = lasted if ended_by == _observation.DROPPED else None
    open_because = UNANSWERED if came == _intake.SILENT else NOT_GIVEN_UP
    limits = (open_because.format(lasted),) if ended_by == _observation.OPEN else ()
    return InFlight(retransmissions, dropped_after, ended_by), limits


def first_drop(connection: socket.socket, dropped: int, until: float) -> _conversations.Conversation[t.Optional[float]]:
    """The moment at which the filter dropped data, where the kernel had dropped so many before. It counts the probes that
    it answers as dropped, too; but those it also counts as come in."""
    came_in = _tcp_info.read(connection).segments_in
    while time.monotonic() < until:
        before, came_in = (dropped, came_in), _tcp_info.read(connection).segments_in
        dropped = _silence.dropped(connection)
        if dropped > before[0] and came_in == before[1]:
            return time.monotonic()
        yield _conversations.Pause(time.monotonic() + POLL)
    return None
