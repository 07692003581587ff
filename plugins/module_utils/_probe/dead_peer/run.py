# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure what many applications do when their peer is dead: all at once, each on a connection of its own."""

import contextlib
import functools
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _local_host
from ansible_collections.netops.keepalive.plugins.module_utils._host import procfs
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import connection_counts
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import reader as accepted_reader
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import (
    connect,
    connection_limit,
    event_loop,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import attempt, hold, schedule
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import in_flight as dead_peer_in_flight
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import session as dead_peer_session
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

Observation = observation.Observation
Session = dead_peer_session.Session
# What a connection adds to the observation of its target.
Change = t.Callable[[Observation], Observation]
Part = event_loop.Coroutine[Change]


def measure(
    targets: t.Sequence[types.Target], options: types.Options, progress: t.Optional[t.Callable[[str], None]] = None
) -> t.List[Observation]:
    """One observation per target, in their order. What goes wrong with one of them stands in its observation."""
    counts = connection_counts.of_targets(targets) if options.connections else {}
    connections = sum(map(schedule.connections, targets))
    with contextlib.closing(accepted_reader.Reader()) as reader, connection_limit.limited(
        connections, options.rate
    ) as limit:
        context = connect.ConnectContext(options, limit, connect.reset_on_close)
        found = observe(Session(targets, context, procfs.read_runtime(_local_host.THIS), reader, progress))
    return [
        connection_counts.with_count(seen, counts.get(target.listener.cookie) if target.listener is not None else None)
        for target, seen in zip(targets, found)
    ]


def observe(session: Session) -> t.List[Observation]:
    session.tell_total()
    plans = [[one(session) for one in parts(target)] for target in session.targets]
    coroutines = [part for plan in plans for part in plan] + [session.heartbeat(unchanged)]
    changes = iter(event_loop.run(coroutines, session.context.limit.network, fault))
    return [together(target, [next(changes) for _part in plan]) for target, plan in zip(session.targets, plans)]


def parts(target: types.Target) -> t.List[t.Callable[[Session], Part]]:
    """What is done with a target, each on a connection of its own. All of it at once: the silence may take hours."""
    methods = [idle]
    if target.in_flight:
        methods.append(in_flight)
    if target.hold is not None:
        methods.append(path)
    return [functools.partial(counted, method, target) for method in methods]


def counted(method: t.Callable[[types.Target, Session], Part], target: types.Target, session: Session) -> Part:
    try:
        return (yield from method(target, session))
    finally:
        session.left -= 1


def idle(target: types.Target, session: Session) -> Part:
    seen = yield from attempt.observe(target, session, unseen(target))
    return lambda _unseen: seen


def in_flight(target: types.Target, session: Session) -> Part:
    found, limits = yield from dead_peer_in_flight.observe(target, session)
    return lambda seen: seen._replace(in_flight=found, limits=seen.limits + limits)


def path(target: types.Target, session: Session) -> Part:
    found, limits = yield from hold.observe(target, session)
    return lambda seen: seen._replace(path=found, limits=seen.limits + limits)


def fault(problem: str) -> Change:
    sentence = "the measurement failed with a fault of its own, {0}".format(problem)
    return lambda seen: seen._replace(problem=seen.problem or sentence)


def unchanged(seen: Observation) -> Observation:
    return seen


def together(target: types.Target, changes: t.Sequence[Change]) -> Observation:
    seen = unseen(target)
    for change in changes:
        seen = change(seen)
    return seen


def unseen(target: types.Target) -> Observation:
    """What is known before anything was seen."""
    return Observation(
        address=target.address,
        port=target.port,
        family=target.family_name,
        method=observation.DEAD_PEER,
    )
