# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inspect many listeners at once: read each at rest, make the test connections, and conclude."""

import contextlib
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _text
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import (
    connection_counts,
    lookup,
    workers,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import reader as accepted_reader
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import (
    connect,
    connection_limit,
    event_loop,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.inspect import attempt
from ansible_collections.netops.keepalive.plugins.module_utils._probe.inspect import observation as inspect_observation
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import processes
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import types as sockets_types
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

RawReading = inspect_observation.RawReading
Outcome = attempt.Outcome
Result = t.Tuple[types.Target, observation.Observation]
# A target, and what was read of it so far.
Probe = t.Tuple[types.Target, RawReading]
# What listens now in the place of listeners that are gone, by their cookies; the second are the cookies that are there.
Refind = t.Callable[[t.Sequence[types.Listener], t.Collection[int]], t.Dict[int, types.Listener]]

GONE = _text.as_part(lookup.CLOSED)


def inspect(targets: t.Sequence[types.Target], options: types.Options, refind: Refind) -> t.List[Result]:
    """The observation of each target, in their order, with the target as it is now: its application may have been started
    again. What goes wrong with one of them stands in its observation."""
    with contextlib.closing(accepted_reader.Reader()) as reader:
        counts = connection_counts_in(targets, reader) if options.connections else {}
        probes = refound([(target, at_rest(target, reader, counts)) for target in targets], reader, counts, refind)
        chosen = [index for index, probe in enumerate(probes) if wants_connection(probe, options)]
        outcomes = dict(zip(chosen, attempts([probes[index][0] for index in chosen], options, reader)))
        return [conclude(probe, outcomes.get(index), options) for index, probe in enumerate(probes)]


def connection_counts_in(targets: t.Sequence[types.Target], reader: accepted_reader.Reader) -> connection_counts.Counts:
    """The open connections of all targets, by the cookies of their listeners."""
    listeners: t.Dict[t.Optional[str], t.List[types.Listener]] = {}
    for target in targets:
        if target.listener is not None:
            listeners.setdefault(target.namespace, []).append(target.listener)
    counts: connection_counts.Counts = {}
    for path, here in listeners.items():
        try:
            counts.update(connection_counts.count(reader.namespace(path).diag, here))
        except _errors.HostUnreadable:  # it is told for each of its targets
            continue
    return counts


def at_rest(target: types.Target, reader: accepted_reader.Reader, counts: connection_counts.Counts) -> RawReading:
    """What the listener itself shows."""
    try:
        host = reader.namespace(target.namespace).host
    except _errors.HostUnreadable as why:
        return RawReading(problem=_text.as_part(why))
    if target.listener is None:
        return RawReading(host=host)
    count = counts.get(target.listener.cookie)
    try:
        options = lookup.read_listener(target.listener)
    except _errors.SocketUnreadable as why:
        return RawReading(unreadable=str(why), connections=count, host=host)
    except _errors.SocketGone as why:
        return RawReading(problem=_text.as_part(why), connections=count, host=host)
    return RawReading(listener=options, deferred=options.defer_accept > 0, connections=count, host=host)


def refound(
    probes: t.List[Probe], reader: accepted_reader.Reader, counts: connection_counts.Counts, refind: Refind
) -> t.List[Probe]:
    """Applications that were started again meanwhile, as they are now: one search of the machine for all of them."""
    gone = [target.listener for target, raw in probes if target.listener is not None and raw.problem == GONE]
    if not gone:
        return probes
    there = {target.listener.cookie for target, raw in probes if target.listener is not None and raw.problem != GONE}
    new = refind(gone, there)
    found = []
    for target, raw in probes:
        if target.listener is not None and raw.problem == GONE and target.listener.cookie in new:
            target = target._replace(listener=new[target.listener.cookie])
            raw = at_rest(target, reader, counts)._replace(connections=raw.connections)
        found.append((target, raw))
    return found


def wants_connection(probe: Probe, options: types.Options) -> bool:
    target, raw = probe
    defer = raw.listener.defer_accept if raw.listener is not None else 0
    waits_for_data = defer >= options.timeout and not target.speaks
    cannot_be_entered = raw.problem is not None and raw.problem != GONE
    return target.connect and not waits_for_data and not cannot_be_entered


def attempts(
    targets: t.Sequence[types.Target], options: types.Options, reader: accepted_reader.Reader
) -> t.List[Outcome]:
    """What became of the test connections, in the order of the targets."""
    if not targets:
        return []
    with connection_limit.limited(len(targets), options.rate) as limit:
        call = attempt.Call(
            connect.ConnectContext(options, limit),
            reader,
            event_loop.Batch(lookup.search),
            workers.Workers(targets),
            event_loop.Batch(reader.marks_of),
        )
        found = event_loop.run((attempt.observe(number, call) for number in range(len(targets))), fault=fault)
    by_target = dict(zip(call.workers.target_of, found))
    return [by_target[index] for index in range(len(targets))]


def fault(problem: str) -> Outcome:
    return Outcome(observation.NOT_TRIED, "the probe failed with a fault of its own, {0}".format(problem))


def conclude(probe: Probe, outcome: t.Optional[Outcome], options: types.Options) -> Result:
    target, raw = probe
    if outcome is None:
        return target, inspect_observation.conclude(target, raw)
    # While the listener waits for data, the handshake is not complete. One that cannot be read may do so, too.
    deferred = outcome.half_open and (raw.listener is None or raw.deferred) and not target.speaks
    target = with_new_process(target, outcome.holder, options)
    raw = raw._replace(
        contact=observation.NOT_TRIED if deferred else outcome.contact,
        problem=None if deferred else outcome.problem,
        connection=outcome.connection,
        steady=outcome.steady,
        closed=outcome.closed,
        unreadable=outcome.unreadable or raw.unreadable,
        timer=outcome.timer,
        mark=outcome.mark,
        deferred=raw.deferred or deferred,
        limits=raw.limits + outcome.limits,
    )
    return target, inspect_observation.conclude(target, raw)


def with_new_process(
    target: types.Target, holder: t.Optional[sockets_types.Holder], options: types.Options
) -> types.Target:
    """Where the processes that listened have ended, the process is the one that accepted."""
    listener = target.listener
    if listener is None or holder is None or holder.pid in listener.pids:
        return target
    if any(processes.started(pid) for pid in listener.pids):
        return target
    return target._replace(listener=listener._replace(process=processes.read(holder.pid, options.full_command)))
