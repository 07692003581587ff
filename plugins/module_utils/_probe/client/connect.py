# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection of our own to what is probed: opened without blocking, and given up after a while."""

import errno
import socket
import struct
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _text
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import (
    accept_queue,
    connection_limit,
    destination,
    event_loop,
    failures,
    receive,
)
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import interfaces, netns

RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def nothing(connection: socket.socket) -> None:
    pass


class ConnectContext(t.NamedTuple):
    """What every connection of one call shares. ``prepare`` is called with a socket before it connects."""

    options: types.Options
    limit: connection_limit.ConnectionLimit
    prepare: t.Callable[[socket.socket], None] = nothing


def connect(
    target: types.Target, context: ConnectContext, over_ipv4: bool = False
) -> event_loop.Coroutine[t.Tuple[socket.socket, types.Target]]:
    """The connection, which the caller closes (``limit.release``), and the target at the address that was reached. With
    ``over_ipv4`` a listener for both families is reached that way; see ``destination.over_ipv4``.

    Raises:
        ConnectFailed: there is none.
    """
    if target.listener is None:
        return (yield from _to_host(target, context))
    try:
        with netns.inside(target.listener.namespace):
            where = destination.find(target, context.options.source_address)
    except _errors.KeepaliveError as error:
        raise failures.before_connect(error, target) from error
    other = None if context.options.source_address else destination.over_ipv4(target)
    try:
        return (yield from _open(target, other if over_ipv4 and other else where, context)), target
    except failures.NoWay:
        if other is None or over_ipv4:
            raise
    return (yield from _open(target, other, context)), target


def _to_host(
    target: types.Target, context: ConnectContext
) -> event_loop.Coroutine[t.Tuple[socket.socket, types.Target]]:
    """As every client does: each address of a host is tried until one is reached."""
    failed: t.List[failures.ConnectFailed] = []
    for family, address in ((target.family, target.address),) + target.others:
        one = target._replace(family=family, address=address)
        try:
            return (yield from _open(one, destination.Destination(family, _elsewhere(one)), context)), one
        except failures.ResetAtOnce:
            raise
        except failures.ConnectFailed as failure:
            failed.append(failure)
    raise failures.AllFailed(target, failed)


def _elsewhere(target: types.Target) -> t.Tuple[t.Any, ...]:
    """Another host's address for ``connect()``. Raises ``ConnectFailed`` for an interface that is not there."""
    address, _percent, interface = target.address.partition("%")
    if target.family == socket.AF_INET:
        return address, target.port
    try:
        scope = int(interface or 0) if interface.isdigit() or not interface else socket.if_nametoindex(interface)
    except OSError as error:
        why = "the prober has no network interface {0}".format(_errors.shown(interface))
        raise failures.ConnectFailed(target, why) from error
    return address, target.port, 0, scope


def _open(
    target: types.Target, where: destination.Destination, context: ConnectContext
) -> event_loop.Coroutine[socket.socket]:
    try:
        connection = yield from context.limit.acquire(where.family, target.namespace)
    except (OSError, _errors.KeepaliveError) as error:
        raise failures.before_connect(error, target) from error
    try:
        context.prepare(connection)
        yield from _connect(connection, target, where, context.options)
        # A host may switch keepalive on for all its connections. The answers to our own probes would look like the peer's probes.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 0)
    except BaseException:
        context.limit.release(connection)
        raise
    return connection


def _connect(
    connection: socket.socket, target: types.Target, where: destination.Destination, options: types.Options
) -> event_loop.Coroutine[None]:
    if where.interface:
        interfaces.bind(connection, where.interface)
    if options.source_address:
        _bind(connection, target, options.source_address)
    code = connection.connect_ex(where.address)
    if code == errno.EINPROGRESS:
        code = connection.connect_ex(where.address)  # this machine has answered by now
    if code == errno.EALREADY:
        try:
            answered = yield event_loop.Pause(event_loop.now() + options.timeout, connection, event_loop.WRITE)
        except OSError as error:  # the loop cannot wait for this socket
            raise failures.before_connect(error, target) from error
        code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) if answered else errno.ETIMEDOUT
    if code == errno.ETIMEDOUT:
        raise _unanswered(connection, target, where, options.timeout)
    try:
        # Where nothing listens on a port that was drawn as our own, TCP connects a socket with itself.
        if not code and connection.getsockname()[:2] == where.address[:2]:
            code = errno.ECONNREFUSED
    except OSError as error:
        code = error.errno or errno.ECONNRESET
    if code:
        raise failures.at_connect(code, target)


def _bind(connection: socket.socket, target: types.Target, address: str) -> None:
    try:
        connection.bind((address, 0))
    except OSError as error:
        why = "source_address is {0}: {1}".format(_errors.shown(address), _text.why(error))
        raise failures.SourceUnusable(target, why) from error


def _unanswered(
    connection: socket.socket, target: types.Target, where: destination.Destination, timeout: float
) -> failures.ConnectFailed:
    if target.listener is None:
        return failures.Unanswered(target, timeout)
    full = accept_queue.full_queue(target, connection, where.address, where.interface)
    return full or failures.ListenerUnanswered(target, timeout)


def reset_on_close(connection: socket.socket) -> None:
    """From now on its end vanishes with a reset, even when the prober is killed, and leaves nothing half closed."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)


def close(connection: socket.socket, limit: connection_limit.ConnectionLimit, was_accepted: bool) -> None:
    """Close as a polite client does, with a FIN: a reset would stand in the application's log. A connection that was not
    accepted is reset: its FIN would stay in the queue for as long as the application does not accept."""
    if was_accepted:
        drain(connection)
    else:
        reset_on_close(connection)
    limit.release(connection)


def drain(connection: socket.socket) -> None:
    """Data that was not taken would turn the FIN into a reset."""
    for _turn in range(receive.CHUNKS):
        try:
            if not connection.recv(receive.CHUNK):
                return
        except OSError:
            return
