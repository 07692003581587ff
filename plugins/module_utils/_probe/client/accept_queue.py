# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for ``accept()``: until the application has taken a connection, and whether its queue is full."""

import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import event_loop, failures
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import netns, tcp_info
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import sock_diag

# Seconds between two looks: more each time.
SOONEST, LATEST = 0.0005, 0.05
# A connection that the kernel does not list after this many seconds is not the application's.
CERTAINLY_LISTED = 0.2

NOT_ACCEPTED = "the application did not accept the connection in {0:g} s: it waits in the listener's queue"
CLOSED = "the application closed the connection before its options could be read"
REDIRECTED = (
    "another socket than the application's answers at this address: the connection was redirected on this host, by a "
    "proxy or by address translation"
)
QUEUED = "{0} wait to be accepted, and it holds {1}"

LookUp = t.Callable[[], sock_diag.Socket]
# Waits until a moment; whether the connection ended meanwhile.
Sleep = t.Callable[[float], event_loop.Coroutine[bool]]


class EndUnseen(Exception):
    """The application's end of a connection is not seen; the message is a sentence without a full stop."""


class NotAccepted(EndUnseen):
    """``half_open``: the handshake is not complete on the application's side, which waits for data."""

    def __init__(self, problem: str, half_open: bool) -> None:
        super().__init__(problem)
        self.half_open = half_open


class ClosedEarly(EndUnseen):
    def __init__(self) -> None:
        super().__init__(CLOSED)


class Redirected(EndUnseen):
    def __init__(self) -> None:
        super().__init__(REDIRECTED)


def until_accepted(
    connection: socket.socket, target: types.Target, start: float, timeout: float, look_up: LookUp, sleep: Sleep
) -> event_loop.Coroutine[sock_diag.Socket]:
    """The application's end as the kernel lists it, once it was accepted; the connection was made at ``start``. ``look_up``
    raises ``SocketGone``.

    Raises:
        EndUnseen: it was not accepted in time, or is not there.
    """
    pause = SOONEST
    while True:
        now = event_loop.now()
        try:
            seen: t.Optional[sock_diag.Socket] = look_up()
        except _errors.SocketGone:
            refuse_what_is_gone(connection, now >= start + CERTAINLY_LISTED)
            seen = None
        if seen is not None and seen.inode:
            return seen
        if seen is not None and now >= start + timeout:
            raise not_accepted(target, connection, timeout, seen)
        if (yield from sleep(now + pause)):
            raise ClosedEarly
        pause = min(2 * pause, LATEST)


def sleep(moment: float) -> event_loop.Coroutine[bool]:
    yield event_loop.Pause(moment)
    return False


def refuse_what_is_gone(connection: socket.socket, is_certain: bool) -> None:
    """No socket of this machine is the other end of the connection: it was closed, or never was the application's."""
    if tcp_info.read(connection).state != tcp_info.ESTABLISHED:
        raise ClosedEarly
    if is_certain:
        raise Redirected


def not_accepted(
    target: types.Target, connection: socket.socket, seconds: float, seen: sock_diag.Socket
) -> NotAccepted:
    full = full_queue(target, connection, connection.getpeername())
    if full is not None:
        return NotAccepted(str(full), half_open=False)
    return NotAccepted(NOT_ACCEPTED.format(seconds), half_open=seen.state == sock_diag.SYN_RECV)


def full_queue(
    target: types.Target, connection: socket.socket, address: t.Tuple[t.Any, ...], interface: int = 0
) -> t.Optional[failures.QueueFull]:
    """The failure of a connection to that address, where the listener's queue is full; the kernel then answers no SYN.
    ``None`` where the queue has room, or the kernel does not tell."""
    try:
        here = connection.getsockname()
        family = socket.AF_INET6 if len(address) == 4 else socket.AF_INET
        there, ours = sock_diag.end(family, address), sock_diag.end(family, here)
        scope = (address[3] if len(address) == 4 else 0) or interface
        with netns.inside(target.namespace), sock_diag.Diag() as diag:
            # For a connection that does not exist, the kernel names the listener that would get it.
            seen = diag.lookup(family, there, ours, scope)
            if seen is not None and seen.state != sock_diag.LISTEN:
                seen = diag.lookup(family, there, (ours[0], 0), scope)
    except (_errors.KeepaliveError, OSError):
        return None
    if seen is None or seen.state != sock_diag.LISTEN or seen.queued <= seen.backlog:
        return None
    return failures.QueueFull(target, QUEUED.format(seen.queued, seen.backlog))
