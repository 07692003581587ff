# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection to the application that is measured; where workers share its port, until the one that is meant has it."""

from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import lookup
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import connect, event_loop, handshake
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import session, silent_peer, timing
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

Observation = observation.Observation


def observe(
    target: types.Target, around: session.Surroundings, seen: Observation
) -> event_loop.Conversation[Observation]:
    """What is seen of one target, added to what is known of it before."""
    tries = lookup.most_tries(len(around.workers(target)))
    while True:
        try:
            return (yield from connect_and_observe(target, around, seen, is_last=tries == 0))
        except silent_peer.AnotherWorker:
            tries -= 1


def connect_and_observe(
    target: types.Target, around: session.Surroundings, seen: Observation, is_last: bool
) -> event_loop.Conversation[Observation]:
    """Raises ``AnotherWorker``, except the last time."""
    seen = seen._replace(limits=around.limits(target))
    try:
        connection, target = yield from connect.connect(target, around.options, around.crowd)
    except connect.NoContact as failure:
        around.tell_problem(target, str(failure))
        reset = failure.contact == observation.ACCEPTED
        measured = timing.measured((), observation.RESET, None) if reset else None
        return seen._replace(contact=failure.contact, problem=str(failure), measured=measured)
    around.reader.expect(connection, target.listener)
    seen = seen._replace(contact=observation.ACCEPTED, address=target.address, family=target.family_name)
    try:
        return (yield from silent_peer.SilentPeer(connection, target, around, seen).observe(is_last))
    except handshake.LoginFailed as failure:
        around.tell_problem(target, str(failure))
        closed = isinstance(failure, handshake.Closed)
        return seen._replace(
            problem=str(failure), measured=timing.measured((), observation.CLOSED, None) if closed else None
        )
    except OSError as error:
        return seen._replace(problem="the measurement failed: {0}".format(error.strerror or error))
    finally:
        around.reader.forget(connection)
        around.crowd.leave(connection)
