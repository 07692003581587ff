# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection to the application that is measured; where workers share its port, until the one that is meant has it."""

from ansible_collections.netops.keepalive.plugins.module_utils import _observation
from ansible_collections.netops.keepalive.plugins.module_utils._probe import (
    _accepted,
    _contact,
    _conversations,
    _login,
    _measure,
    _silent_peer,
    _surroundings,
    _target,
)

Observation = _observation.Observation


def observe(
    target: _target.Target, around: _surroundings.Surroundings, seen: Observation
) -> _conversations.Conversation[Observation]:
    """What is seen of one target, added to what is known of it before."""
    tries = _accepted.most_tries(len(around.workers(target)))
    while True:
        try:
            return (yield from connect_and_observe(target, around, seen, is_last=tries == 0))
        except _silent_peer.AnotherWorker:
            tries -= 1


def connect_and_observe(
    target: _target.Target, around: _surroundings.Surroundings, seen: Observation, is_last: bool
) -> _conversations.Conversation[Observation]:
    """Raises ``AnotherWorker``, except the last time."""
    seen = seen._replace(limits=around.limits(target))
    try:
        connection, target = yield from _contact.connect(target, around.options, around.crowd)
    except _contact.NoContact as failure:
        around.tell_problem(target, str(failure))
        reset = failure.contact == _observation.ACCEPTED
        measured = _measure.measured((), _observation.RESET, None) if reset else None
        return seen._replace(contact=failure.contact, problem=str(failure), measured=measured)
    around.reader.expect(connection, target.listener)
    seen = seen._replace(contact=_observation.ACCEPTED, address=target.address, family=target.family_name)
    try:
        return (yield from _silent_peer.SilentPeer(connection, target, around, seen).observe(is_last))
    except _login.LoginFailed as failure:
        around.tell_problem(target, str(failure))
        closed = isinstance(failure, _login.Closed)
        return seen._replace(
            problem=str(failure), measured=_measure.measured((), _observation.CLOSED, None) if closed else None
        )
    except OSError as error:
        return seen._replace(problem="the measurement failed: {0}".format(error.strerror or error))
    finally:
        around.reader.forget(connection)
        around.crowd.leave(connection)
