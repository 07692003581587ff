# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the exact options of what applications accept: on this machine, through a test connection to each listener."""

import contextlib
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings
from ansible_collections.netops.keepalive.plugins.module_utils._host import procfs
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import connection_counts, lookup
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import connection_limit
from ansible_collections.netops.keepalive.plugins.module_utils._probe.discovery import listeners as discovery_listeners
from ansible_collections.netops.keepalive.plugins.module_utils._probe.inspect import (
    attempt as inspect_attempt,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.inspect import (
    observation as inspect_observation,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.inspect import (
    visits as inspect_visits,
)
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import (
    netns,
    pidfd,
    processes,
    sock_diag,
)
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import (
    options as socket_options,
)
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

Target = types.Target
Seen = inspect_observation.Seen
Visit = inspect_attempt.Visit
Look = t.Tuple[Target, Seen]

GONE = "The listener was closed before it could be read."
UNSAID = "What comes first could not be said, so the options are those before it: {0}."
FULL = "The listener takes no connection: {0} wait to be accepted, and its queue holds {1}."


class Room(t.NamedTuple):
    """A network namespace: its table of sockets, the values in force in it, the open connections of the targets."""

    diag: sock_diag.Diag
    host: _settings.Settings
    counts: t.Dict[int, connection_counts.Count]


Rooms = t.Dict[t.Optional[str], t.Union[Room, str]]


def inspect(targets: t.Sequence[Target], options: types.Options) -> t.List[observation.Observation]:
    """One observation per target, in their order. What goes wrong with one of them stands in its observation."""
    with contextlib.ExitStack() as stack:
        rooms = open_rooms(stack, targets, options)
        looks = [at_rest(target, rooms[inspect_visits.namespace_of(target)]) for target in targets]
        looks = looked_again(looks, options)
        visits = [visit(look, rooms[inspect_visits.namespace_of(look[0])], options) for look in looks]
        made = [one for one in visits if one is not None]
        if made:
            with connection_limit.room_for(len(made)) as crowd:
                inspect_visits.Round(made, options, crowd).run()
        full = full_queues(made)
        by_target = {id(one.target): one for one in made}
        return [conclude(look, by_target.get(id(look[0])), options, full) for look in looks]


def open_rooms(stack: contextlib.ExitStack, targets: t.Sequence[Target], options: types.Options) -> Rooms:
    """Each network namespace that the targets are in; a sentence for one that cannot be entered."""
    listeners: t.Dict[t.Optional[str], t.List[types.Listener]] = {}
    for target in targets:
        here = listeners.setdefault(inspect_visits.namespace_of(target), [])
        if target.listener is not None:
            here.append(target.listener)
    rooms: Rooms = {}
    for path, here in listeners.items():
        try:
            with netns.inside(path):
                diag = stack.enter_context(sock_diag.Diag())
                counts = connection_counts.count(diag, here) if options.connections else {}
                rooms[path] = Room(diag, procfs.read_runtime(), counts)
        except _errors.HostUnreadable as why:
            rooms[path] = str(why)
    return rooms


def at_rest(target: Target, room: t.Union[Room, str]) -> Look:
    """What is seen without a connection."""
    if isinstance(room, str):
        return target, Seen(problem=room)
    seen = Seen(host=room.host)
    if target.listener is None:
        return target, seen
    return target, at_listener(seen._replace(connections=room.counts.get(target.listener.cookie)), target.listener)


def looked_again(looks: t.List[Look], options: types.Options) -> t.List[Look]:
    """Applications that were started again meanwhile are looked at as they are now: found together, as each search is one
    of the whole machine."""
    gone = [target.listener for target, seen in looks if target.listener is not None and seen.problem == GONE]
    if not gone:
        return looks
    there = {target.listener.cookie for target, seen in looks if target.listener is not None and seen.problem != GONE}
    now = discovery_listeners.again(gone, there, options.full_command)
    result = []
    for target, seen in looks:
        found = now.get(target.listener.cookie) if target.listener is not None and seen.problem == GONE else None
        if found is None:
            result.append((target, seen))
        else:
            result.append((target._replace(listener=found), at_listener(seen._replace(problem=None), found)))
    return result


def at_listener(seen: Seen, listener: types.Listener) -> Seen:
    try:
        return with_listener(seen, listener)
    except _errors.SocketGone:
        return seen._replace(problem=GONE)


def with_listener(seen: Seen, listener: types.Listener) -> Seen:
    """Raises ``SocketGone`` where none of its processes has it any more."""
    if not listener.holders:
        return seen._replace(unreadable=lookup.not_shown("listens"))
    for holder in listener.holders:
        try:
            with pidfd.duplicate(holder, listener.cookie, listener.family) as copy:
                options = socket_options.read(copy, listener=True)
            return seen._replace(listener=options, deferred=options.defer_accept)
        except _errors.SocketUnreadable as why:
            return seen._replace(unreadable=str(why))
        except _errors.SocketGone:
            continue
    raise _errors.SocketGone(GONE)


def visit(look: Look, room: t.Union[Room, str], options: types.Options) -> t.Optional[Visit]:
    """The test connection, where one is to be made."""
    target, seen = look
    waits_for_data = seen.deferred and not says_something(target)
    if isinstance(room, str) or not target.connect or waits_for_data:
        return None
    return Visit(target, room.diag, options)


def says_something(target: Target) -> bool:
    return bool(target.send) or target.tls


def conclude(
    look: Look, made: t.Optional[Visit], options: types.Options, full: t.Mapping[int, str]
) -> observation.Observation:
    target, seen = look
    if made is None:
        return inspect_observation.conclude(target, seen)
    contact, problem = made.contact, made.problem
    deferred = made.half_open and seen.listener is None and not says_something(target)
    if is_stuck(made) and target.listener is not None and target.listener.cookie in full:
        contact, problem = observation.NOT_ACCEPTED, full[target.listener.cookie]
    elif deferred:
        contact, problem = observation.NOT_TRIED, None
    target = with_new_process(target, made, options)
    limits = seen.limits
    if made.by_another and made.accepted and made.accepted.holder:
        limits += (inspect_observation.BY_ANOTHER.format(made.accepted.holder.pid),)
    if made.unsaid:
        limits += (UNSAID.format(made.unsaid),)
    return inspect_observation.conclude(
        target,
        seen._replace(
            contact=contact,
            problem=problem,
            connection=made.reading,
            steady=made.steady,
            closed=made.closed,
            unreadable=made.unreadable or seen.unreadable,
            timer=made.timer,
            deferred=seen.deferred or deferred,
            limits=limits,
        ),
    )


def is_stuck(made: Visit) -> bool:
    return made.contact in (observation.UNREACHABLE, observation.NOT_ACCEPTED)


def full_queues(visits: t.Sequence[Visit]) -> t.Dict[int, str]:
    """Which applications do not accept: the kernel then answers to nobody any more. One look into each namespace."""
    full = {}
    for diag in {one.diag for one in visits if is_stuck(one)}:
        for family in discovery_listeners.FAMILIES:
            for seen, _mptcp in diag.listeners(family):
                if seen.queued > seen.backlog:
                    full[seen.cookie] = FULL.format(seen.queued, seen.backlog)
    return full


def with_new_process(target: Target, made: Visit, options: types.Options) -> Target:
    """Where the processes that listened have ended, the one that accepted is who was read."""
    listener, accepted = target.listener, made.accepted
    if listener is None or accepted is None or accepted.holder is None:
        return target
    if accepted.holder.pid in listener.pids or any(processes.started(pid) for pid in listener.pids):
        return target
    process = processes.read(accepted.holder.pid, options.full_command)
    return target._replace(listener=listener._replace(process=process))
