# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of the probe: find the listeners, look at each, judge."""

import sys
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _json
from ansible_collections.netops.keepalive.plugins.module_utils._probe import (
    request as probe_request,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe import (
    result as probe_result,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe import (
    types,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.discovery import (
    listeners as discovery_listeners,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.discovery import (
    resolve,
    select,
)
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

Target = types.Target
Observation = observation.Observation
Result = t.Tuple[Target, Observation]
Progress = t.Optional[t.Callable[..., None]]


def probe(request: probe_request.Request, progress: Progress = None, connect: bool = True) -> t.Dict[str, t.Any]:
    """Everything that the module returns. With ``connect`` false no connection is opened.

    Raises:
        ProbeImpossible: this is not Linux, or a measurement is asked for that this machine cannot make, and nothing less
            will do.
        HostUnreadable: the sockets of this machine cannot be listed.
    """
    if not sys.platform.startswith("linux"):
        raise _errors.ProbeImpossible(
            "the probe runs on {0}: allowed is Linux; another system is measured from a Linux machine, with host.".format(
                _errors.shown(sys.platform)
            )
        )
    here = listeners_here(request)
    found, done = targets(request, here.listeners, progress)
    to_measure = [target for target in found if target.method == observation.DEAD_PEER]
    if to_measure and request.require_filter:
        refuse_without_filter()
    would_connect = [probe_result.where(target) for target in found if target.connect]
    if not connect:
        found = [passively(target) for target in found if target.listener is not None]
    results = done + observe(request, found, progress)
    results.sort(key=lambda result: len(request.wanted) if result[0].place is None else result[0].place)
    listeners = [probe_result.entry(*result) for result in results]
    # A process may call itself anything, also what is no text.
    return _json.fit_for_json({"listeners": listeners, "would_connect": would_connect, "limits": list(here.limits)})


def refuse_without_filter() -> None:
    from ansible_collections.netops.keepalive.plugins.module_utils._sockets import bpf

    problem = bpf.trial()
    if problem:
        raise _errors.ProbeImpossible("this machine cannot measure a dead peer: {0}".format(problem))


def passively(target: Target) -> Target:
    return target._replace(method=observation.INSPECT, connect=False)


def targets(
    request: probe_request.Request, here: t.Sequence[types.Listener], progress: Progress = None
) -> t.Tuple[t.List[Target], t.List[Result]]:
    """What to look at, and what needs no looking at: ports where nobody listens, names that lead nowhere."""
    chosen = select.choose(request, here)
    done = [(wanted.target, nobody_listens(wanted)) for wanted in chosen.missing]
    found = list(chosen.targets)
    hosts = [(wanted, wanted.target.host) for wanted in request.wanted if wanted.target.host]
    addresses = resolve.look_up([host for _wanted, host in hosts], request.options.source_address, progress)
    for wanted, host in hosts:
        known = addresses[host]
        if isinstance(known, str):
            done.append((wanted.target, unresolved(wanted, known)))
        else:
            found.append(elsewhere(wanted, known))
    return found, done


def listeners_here(request: probe_request.Request) -> discovery_listeners.Found:
    if request.wanted and all(wanted.target.host for wanted in request.wanted):
        return discovery_listeners.Found([], ())
    return discovery_listeners.look_around(full_command=request.options.full_command, namespaces=request.namespaces)


def elsewhere(wanted: probe_request.Wanted, addresses: t.Tuple[resolve.Address, ...]) -> Target:
    """The target on another host."""
    family, address = addresses[0]
    return wanted.target._replace(address=address, port=wanted.ports.low, family=family, others=addresses[1:])


def unresolved(wanted: probe_request.Wanted, problem: str) -> Observation:
    return Observation(
        address=wanted.target.host or "",
        port=wanted.ports.low,
        family="",
        method=wanted.target.method,
        contact=observation.UNREACHABLE,
        problem=problem,
    )


def nobody_listens(wanted: probe_request.Wanted) -> Observation:
    ports, address = wanted.ports, wanted.ports.address
    where = "{0}:".format(address) if address else ""
    what = "any of the ports {0}-{1}".format(ports.low, ports.high) if ports.is_range else "port {0}".format(ports.low)
    udp = "; a UDP socket does, and UDP has no keepalive" if not ports.is_range and udp_listens(ports.low) else ""
    return Observation(
        address=address or "",
        port=ports.low,
        family="inet6" if address and ":" in address else "inet",
        method=wanted.target.method,
        contact=observation.REFUSED,
        problem="nobody listens on {0}{1} of this host{2}".format(where, "TCP " + what, udp),
    )


def udp_listens(port: int) -> bool:
    """Whether a UDP socket has the port: then it is not a mistyped one."""
    for path in ("/proc/net/udp", "/proc/net/udp6"):
        try:
            with open(path, encoding="ascii") as table:
                if any(line.split()[1].endswith(":{0:04X}".format(port)) for line in list(table)[1:]):
                    return True
        except OSError:
            continue
    return False


def observe(request: probe_request.Request, found: t.Sequence[Target], progress: Progress = None) -> t.List[Result]:
    """Look at each target, in their order."""
    read = [target for target in found if target.method == observation.INSPECT]
    originals = [target for target in found if target.method == observation.DEAD_PEER]
    measured = [briefly(target) for target in originals]
    results: t.Dict[int, Observation] = {}
    # Each run compiles what it imports, and most need only one of the two.
    if read:
        from ansible_collections.netops.keepalive.plugins.module_utils._probe.inspect import run as inspect_run

        results.update(zip(map(id, read), inspect_run.inspect(read, request.options)))
    if measured:
        from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import open_connections
        from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import run as dead_peer_run

        counts = open_connections.count(measured) if request.options.connections else {}
        seen = dead_peer_run.measure(measured, request.options, progress)
        results.update(zip(map(id, originals), open_connections.added(measured, seen, counts)))
    return [(target, with_spared(target, results[id(target)])) for target in found]


def with_spared(target: Target, seen: Observation) -> Observation:
    if target.spared is None:
        return seen
    limit = "It was read without a connection, as {0}: name its port to have it probed.".format(target.spared)
    return seen._replace(limits=seen.limits + (limit,))


def briefly(target: Target) -> Target:
    """Of what is exempt only the contact matters: nobody waits for its probes."""
    return target._replace(max_wait=0.0, in_flight=False, hold=None) if target.exempt else target
