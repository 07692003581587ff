# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The targets of a run, on this host and on others, and the results of ports without a listener."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._probe import ports as probe_ports
from ansible_collections.netops.keepalive.plugins.module_utils._probe import request as probe_request
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.discovery import listeners, resolve, select
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

Observation = observation.Observation
Result = t.Tuple[types.Target, Observation]
Wanted = probe_request.Wanted
# More neighbouring ports than these, named alike and without a listener, have one result.
FEW = 20


def listeners_here(request: probe_request.Request) -> listeners.Found:
    """Raises ``HostUnreadable``."""
    if request.wanted and all(wanted.target.host for wanted in request.wanted):
        return listeners.Found([], ())
    return listeners.discover(full_command=request.options.full_command, namespaces=request.namespaces)


def find(
    request: probe_request.Request,
    here: t.Sequence[types.Listener],
    progress: t.Optional[t.Callable[[str], None]] = None,
) -> t.Tuple[t.List[types.Target], t.List[Result]]:
    """The targets; and the results that are known already: ports without a listener, names without an address."""
    chosen = select.choose(request, here)
    known = without_listeners(chosen.missing)
    found = list(chosen.targets)
    hosts = [(wanted, wanted.target.host) for wanted in request.wanted if wanted.target.host]
    addresses = resolve.look_up([host for _wanted, host in hosts], request.options.source_address, progress)
    for wanted, host in hosts:
        resolved = addresses[host]
        if isinstance(resolved, str):
            known.append((wanted.target, without_address(wanted, resolved)))
        else:
            family, address = resolved[0]
            target = wanted.target._replace(address=address, port=wanted.ports.low, family=family, others=resolved[1:])
            found.append(target)
    return found, known


def without_address(wanted: Wanted, problem: str) -> Observation:
    return Observation(
        address=wanted.target.host or "",
        port=wanted.ports.low,
        family="",
        method=wanted.target.method,
        contact=observation.UNREACHABLE,
        problem=problem,
    )


def as_ranges(missing: t.Iterable[Wanted]) -> t.List[Wanted]:
    """Many neighbouring ports that are named alike, as the ranges that they are."""
    runs: t.List[t.List[Wanted]] = []
    for one in missing:
        if runs and follows(runs[-1][-1], one):
            runs[-1].append(one)
        else:
            runs.append([one])
    found: t.List[Wanted] = []
    for run in runs:
        whole = run[0]._replace(ports=run[0].ports._replace(high=run[-1].ports.high))
        found += [whole] if len(run) > FEW else run
    return found


def follows(before: Wanted, one: Wanted) -> bool:
    if before.ports.is_range or one.ports.is_range or one.ports.low != before.ports.high + 1:
        return False
    alike = before.target._replace(target_index=one.target.target_index)
    return one.ports.address == before.ports.address and one.target == alike


def without_listeners(missing: t.Sequence[Wanted]) -> t.List[Result]:
    udp = udp_ports() if missing else set()
    return [(wanted.target, without_listener(wanted.ports, wanted.target.method, udp)) for wanted in as_ranges(missing)]


def without_listener(ports: probe_ports.Ports, method: str, udp: t.Collection[int]) -> Observation:
    what = "ports {0}-{1}".format(ports.low, ports.high) if ports.is_range else "port {0}".format(ports.low)
    but = "; a UDP socket does, and UDP has no keepalive" if not ports.is_range and ports.low in udp else ""
    return Observation(
        address=ports.address or "",
        port=ports.low,
        last_port=ports.high if ports.is_range else None,
        family="inet6" if ports.address and ":" in ports.address else "inet",
        method=method,
        contact=observation.REFUSED,
        problem="nothing listens on TCP {0} of {1}{2}".format(what, ports.address or "this host", but),
    )


def udp_ports() -> t.Set[int]:
    """The ports of UDP sockets: one that is named for TCP was not mistyped."""
    found: t.Set[int] = set()
    for path in ("/proc/net/udp", "/proc/net/udp6"):
        try:
            with open(path, encoding="ascii") as table:
                found.update(int(line.split()[1].rpartition(":")[2], 16) for line in list(table)[1:])
        except OSError:
            continue
    return found
