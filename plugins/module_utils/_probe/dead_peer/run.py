# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure from outside what applications do when their peer is dead: many at once, each on a connection of its own."""

import functools
import time
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._host import procfs
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import connection_limit, event_loop
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import (
    attempt as dead_peer_attempt,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import (
    hold,
    session,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import (
    in_flight as dead_peer_in_flight,
)
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

Observation = observation.Observation
Tell = t.Callable[[str], None]
# What a connection adds to the observation of its target.
Change = t.Callable[[Observation], Observation]
Talk = event_loop.Conversation[Change]
Part = t.Callable[[session.Surroundings], Talk]


def measure(
    targets: t.Sequence[types.Target], options: types.Options, progress: t.Optional[Tell] = None
) -> t.List[Observation]:
    """One observation per target, in their order. What goes wrong with one of them stands in its observation."""
    plans = [plan(target) for target in targets]
    with connection_limit.room_for(sum(map(len, plans))) as crowd:
        around = session.Surroundings(options, procfs.read_runtime(), crowd, targets, progress)
        try:
            around.tell_total(targets)
            found = iter(event_loop.run(in_turn(plans, around) + [around.heartbeat(unchanged)]))
        finally:
            around.reader.close()
    return [together(target, [next(found) for _part in parts]) for target, parts in zip(targets, plans)]


def plan(target: types.Target) -> t.List[Part]:
    """What is done with a target, each on a connection of its own. All of it at once: the silence may take hours."""
    parts: t.List[Part] = [functools.partial(silence, target)]
    if target.in_flight:
        parts.append(functools.partial(in_flight, target))
    if target.hold is not None:
        parts.append(functools.partial(path, target))
    return parts


def in_turn(plans: t.Sequence[t.Sequence[Part]], around: session.Surroundings) -> t.List[Talk]:
    """The conversations, so that no more connections are opened in a second than the user wants."""
    parts = [part for parts in plans for part in parts]
    between = 1 / around.options.rate if around.options.rate else 0.0
    start = time.monotonic()
    return [later(start + between * number, part(around), around) for number, part in enumerate(parts)]


def later(start: float, talk: Talk, around: session.Surroundings) -> Talk:
    if start > time.monotonic():
        yield event_loop.Pause(start)
    try:
        return (yield from talk)
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not cost the others what they measure for hours
        return functools.partial(with_fault, "{0}: {1}".format(type(error).__name__, error))
    finally:
        around.left -= 1


def silence(target: types.Target, around: session.Surroundings) -> Talk:
    seen = yield from dead_peer_attempt.observe(target, around, unseen(target))
    return lambda _unseen: seen


def in_flight(target: types.Target, around: session.Surroundings) -> Talk:
    found, limits = yield from dead_peer_in_flight.observe(target, around)
    return lambda seen: seen._replace(in_flight=found, limits=seen.limits + limits)


def path(target: types.Target, around: session.Surroundings) -> Talk:
    found, limits = yield from hold.observe(target, around)
    return lambda seen: seen._replace(path=found, limits=seen.limits + limits)


def with_fault(fault: str, seen: Observation) -> Observation:
    return seen._replace(problem=seen.problem or "the measurement failed with a fault of its own, {0}".format(fault))


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
