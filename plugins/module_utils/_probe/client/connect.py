# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection of our own to what is probed: opened without blocking, and given up after a while."""

import errno
import os
import socket
import struct
import time
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _text
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import (
    accept_queue,
    connection_limit,
    destination,
    event_loop,
)
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import interfaces, netns
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

# Whatever becomes of the prober, its end of the connection vanishes with a reset and leaves nothing half closed.
NO_LINGER = struct.pack("ii", 1, 0)


class NoContact(Exception):
    """Why there is no connection: one of the words for ``contact`` (accepted, where it was reset at once), and a sentence.
    ``code`` is the number of the kernel's error, where it is one."""

    def __init__(self, contact: str, problem: str, code: int = 0) -> None:
        super().__init__(problem)
        self.contact = contact
        self.problem = problem
        self.code = code


class Way(t.NamedTuple):
    """What every attempt of one call shares. ``prepare`` is done to a socket before it connects."""

    options: types.Options
    crowd: connection_limit.Crowd
    prepare: t.Callable[[socket.socket], None]


def connect(
    target: types.Target,
    options: types.Options,
    crowd: connection_limit.Crowd,
    prepare: t.Callable[[socket.socket], None] = lambda connection: None,
) -> event_loop.Conversation[t.Tuple[socket.socket, types.Target]]:
    """The connection, which the caller closes (``crowd.leave``), and the target at the address that was reached.
    ``prepare`` is done to a socket before it connects.

    Raises:
        NoContact: there is none.
    """
    way = Way(options, crowd, prepare)
    if target.listener is not None:
        return (yield from _to_listener(target, way)), target
    return (yield from _to_host(target, way))


def _to_listener(target: types.Target, way: Way) -> event_loop.Conversation[socket.socket]:
    try:
        return (yield from _open(target, _place(target, way.options), way))
    except NoContact as failure:
        without_ipv6 = failure.code in destination.NO_IPV6 and not way.options.source_address
        over_ipv4 = destination.over_ipv4(target) if without_ipv6 else None
        if over_ipv4 is None:
            raise
    return (yield from _open(target, over_ipv4, way))


def _place(target: types.Target, options: types.Options) -> destination.Place:
    """Where to connect to: a listener of this machine may need another address than its own, or an interface."""
    try:
        with netns.inside(target.listener.namespace if target.listener is not None else None):
            return destination.place(target, options.source_address)
    except _errors.KeepaliveError as error:
        raise NoContact(observation.NOT_TRIED, str(error)) from error


def _to_host(target: types.Target, way: Way) -> event_loop.Conversation[t.Tuple[socket.socket, types.Target]]:
    """As every client does: a host that is not reached at one of its addresses may be at the next."""
    failures: t.List[NoContact] = []
    for family, address in ((target.family, target.address),) + target.others:
        one = target._replace(family=family, address=address)
        try:
            return (yield from _open(one, destination.Place(family, elsewhere(one)), way)), one
        except NoContact as failure:
            if failure.contact == observation.ACCEPTED:
                raise
            failures.append(failure)
    raise _all_of(failures)


def _all_of(failures: t.Sequence[NoContact]) -> NoContact:
    """What the first of them that was tried says; the sentence has all."""
    tried = [failure for failure in failures if failure.contact != observation.NOT_TRIED]
    return NoContact((tried or failures)[0].contact, "; ".join(dict.fromkeys(map(str, failures))))


def _open(target: types.Target, where: destination.Place, way: Way) -> event_loop.Conversation[socket.socket]:
    connection = yield from _new_socket(target, where, way.crowd)
    try:
        way.prepare(connection)
        yield from _connect(connection, target, where, way.options)
    except BaseException:
        way.crowd.leave(connection)
        raise
    return connection


def elsewhere(target: types.Target) -> t.Tuple[t.Any, ...]:
    """Another host's address for ``connect()``. Raises ``NoContact`` for an interface that is not there."""
    address, _percent, interface = target.address.partition("%")
    if target.family == socket.AF_INET:
        return address, target.port
    try:
        scope = int(interface or 0) if interface.isdigit() or not interface else socket.if_nametoindex(interface)
    except OSError as error:
        problem = "the prober has no network interface {0}".format(_errors.shown(interface))
        raise NoContact(observation.NOT_TRIED, problem) from error
    return address, target.port, 0, scope


def _new_socket(
    target: types.Target, where: destination.Place, crowd: connection_limit.Crowd
) -> event_loop.Conversation[socket.socket]:
    namespace = target.listener.namespace if target.listener is not None else None
    while True:
        try:
            connection = crowd.enter(where.family, namespace)
        except OSError as error:
            raise _no_socket(error) from error
        except _errors.KeepaliveError as error:
            raise NoContact(observation.NOT_TRIED, str(error)) from error
        if connection is not None:
            return connection
        yield event_loop.Pause(time.monotonic() + connection_limit.PATIENCE)


def _no_socket(error: OSError) -> NoContact:
    if error.errno in connection_limit.NO_ROOM:
        return NoContact(
            observation.NOT_TRIED,
            "the prober could not open a connection: {0}; raise its limit of open files (ulimit -n)".format(
                os.strerror(error.errno or 0)
            ),
        )
    return NoContact(observation.NOT_TRIED, "the prober could not open a connection: {0}".format(error))


def _connect(
    connection: socket.socket, target: types.Target, where: destination.Place, options: types.Options
) -> event_loop.Conversation[None]:
    connection.setblocking(False)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    if where.interface:
        interfaces.bind(connection, where.interface)
    if options.source_address:
        _bind(connection, options.source_address)
    code = connection.connect_ex(where.address)
    if code == errno.EINPROGRESS:
        until = time.monotonic() + options.timeout
        if not (yield event_loop.Pause(until, connection, event_loop.WRITE)):
            raise _unanswered(connection, target, where, options.timeout)
        code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code == errno.ETIMEDOUT:
        raise _unanswered(connection, target, where, options.timeout)
    if code:
        raise _failed(code, target)
    try:
        met_itself = connection.getsockname() == connection.getpeername()
    except OSError as error:
        raise _failed(errno.ECONNRESET, target) from error
    if met_itself:
        # A port of ours that nobody listens on, drawn as our own: TCP then connects a socket with itself.
        raise _failed(errno.ECONNREFUSED, target)


def _bind(connection: socket.socket, address: str) -> None:
    try:
        connection.bind((address, 0))
    except OSError as error:
        raise NoContact(
            observation.NOT_TRIED,
            "source_address {0} cannot be used here: {1}; allowed is an address of the prober, of the same family as "
            "the target's".format(address, error.strerror or error),
        ) from error


def _failed(code: int, target: types.Target) -> NoContact:
    where = described(target)
    if code == errno.ECONNREFUSED:
        return NoContact(observation.REFUSED, "{0} refused the connection: nobody listens there".format(where))
    if code == errno.ECONNRESET:
        # Of a connection that was made: a SYN is refused.
        return NoContact(observation.ACCEPTED, "{0} reset the connection at once".format(where))
    if code == errno.EADDRNOTAVAIL:
        problem = "the prober could not open a connection to {0}: no port is free, or it has no address to reach that one from"
        return NoContact(observation.NOT_TRIED, problem.format(where), code)
    if code == errno.ENETUNREACH and target.listener is not None:
        problem = "the prober could not open a connection to {0}: no route leads there, as where lo is down"
        return NoContact(observation.NOT_TRIED, problem.format(where), code)
    return NoContact(observation.UNREACHABLE, "{0} cannot be reached: {1}".format(where, os.strerror(code)), code)


def _unanswered(connection: socket.socket, target: types.Target, where: destination.Place, timeout: float) -> NoContact:
    begin = "{0} gave no answer in {1:g} s".format(described(target), timeout)
    if target.listener is None:
        return NoContact(
            observation.UNREACHABLE,
            "{0}: a firewall drops the connection, nothing is there, or its queue of connections that wait to be accepted is "
            "full".format(begin),
        )
    full = accept_queue.full(target.listener, connection, where)
    if full is None:
        return NoContact(
            observation.UNREACHABLE,
            "{0} although it listens: a firewall on this host drops the connection".format(begin),
        )
    return NoContact(
        observation.NOT_ACCEPTED,
        "{0}: {1} wait to be accepted, and its queue holds {2}".format(begin, full.queued, full.backlog),
    )


def called(target: types.Target) -> str:
    """As a person who named it knows it."""
    return "{0} ({1})".format(target.name, described(target)) if target.name else described(target)


def described(target: types.Target) -> str:
    return _text.endpoint(target.address, target.port)
