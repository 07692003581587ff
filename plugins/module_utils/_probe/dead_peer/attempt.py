# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection to the application that is measured; where workers share its port, until the one that is meant has it."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _text
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import lookup, reader, workers
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import (
    accept_queue,
    channel,
    connect,
    destination,
    event_loop,
    failures,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import session as dead_peer_session
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import silent_peer, timing
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import options as socket_options
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

Observation = observation.Observation
Session = dead_peer_session.Session
# Seconds: an application that rejects an address closes the connection within these.
REJECTED_WITHIN = 1.0


def observe(target: types.Target, session: Session, seen: Observation) -> event_loop.Coroutine[Observation]:
    """What is seen of one target, added to what is known of it before."""
    seen = seen._replace(limits=session.limits(target))
    own = listener_options(target)
    if own is not None and own.defer_accept >= session.options.timeout and not target.speaks:
        return deferred(target, session, seen, own)
    tries = workers.most_tries(len(session.workers(target)))
    while True:
        try:
            found = yield from connect_and_observe(target, session, seen, is_last=tries == 0)
            if rejected(found) and destination.over_ipv4(target) is not None:
                # The application may reject the address of the prober: it may take the one of the other family.
                second = yield from connect_and_observe(target, session, seen, is_last=True, over_ipv4=True)
                found = found if rejected(second) or second.contact != observation.ACCEPTED else second
            return found
        except workers.AnotherWorker:
            tries -= 1
        except accept_queue.NotAccepted as failure:
            # While the listener waits for data, the handshake is not complete. One that cannot be read may do so, too.
            if failure.half_open and (own is None or own.defer_accept) and not target.speaks:
                return deferred(target, session, seen, own)
            session.tell_problem(target, str(failure))
            return seen._replace(contact=observation.NOT_ACCEPTED, problem=str(failure))


def rejected(seen: Observation) -> bool:
    """Whether the connection was closed or reset at once, and not even its options could be read."""
    at_once = seen.silent_for is None or seen.silent_for < REJECTED_WITHIN
    ended_by = seen.measured.ended_by if seen.measured is not None else None
    return ended_by in (observation.CLOSED, observation.RESET) and at_once and seen.read == observation.UNREAD


def listener_options(target: types.Target) -> t.Optional[socket_options.SocketOptions]:
    """``None`` where it is on another host, or cannot be read."""
    try:
        return lookup.read_listener(target.listener) if target.listener is not None else None
    except _errors.KeepaliveError:
        return None


def deferred(
    target: types.Target, session: Session, seen: Observation, own: t.Optional[socket_options.SocketOptions]
) -> Observation:
    """The application gets no connection before data has come; its connections start with the listener's options."""
    seen = seen._replace(deferred=True, limits=seen.limits + (reader.DEFERRED,))
    if own is None:
        return seen
    if not own.keepalive:
        return seen._replace(read=observation.EXACT, problem=reader.LISTENER_OFF)
    try:
        return reader.with_options(seen, own, session.reader.namespace(target.namespace).host)
    except _errors.HostUnreadable as why:
        return seen._replace(problem=_text.as_part(why))


def connect_and_observe(
    target: types.Target, session: Session, seen: Observation, is_last: bool, over_ipv4: bool = False
) -> event_loop.Coroutine[Observation]:
    """Raises ``NotAccepted``; and ``AnotherWorker``, except the last time."""
    try:
        connection, target = yield from connect.connect(target, session.context, over_ipv4)
    except failures.ConnectFailed as failure:
        session.tell_problem(target, str(failure))
        reset = failure.contact == observation.ACCEPTED
        measured = timing.measured((), observation.RESET, None) if reset else None
        return seen._replace(contact=failure.contact, problem=str(failure), measured=measured)
    seen = seen._replace(contact=observation.ACCEPTED, address=target.address, family=target.family_name)
    try:
        return (yield from silent_peer.SilentPeer(connection, target, session, seen).observe(is_last))
    except channel.HandshakeFailed as failure:
        session.tell_problem(target, str(failure))
        closed = isinstance(failure, channel.Closed)
        measured = timing.measured((), observation.CLOSED, None) if closed else None
        return seen._replace(problem=str(failure), measured=measured)
    except OSError as error:
        return seen._replace(problem="the measurement failed: {0}".format(_text.why(error)))
    finally:
        session.context.limit.release(connection)
