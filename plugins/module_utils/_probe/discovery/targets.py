# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run looks at: the listeners that were asked for, the addresses of other hosts; and what needs no look."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._probe import request as probe_request
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.discovery import listeners, resolve, select
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

Observation = observation.Observation
Result = t.Tuple[types.Target, Observation]


def listeners_here(request: probe_request.Request) -> listeners.Found:
    """Raises ``HostUnreadable``."""
    if request.wanted and all(wanted.target.host for wanted in request.wanted):
        return listeners.Found([], ())
    return listeners.look_around(full_command=request.options.full_command, namespaces=request.namespaces)


def find(
    request: probe_request.Request,
    here: t.Sequence[types.Listener],
    progress: t.Optional[t.Callable[[str], None]] = None,
) -> t.Tuple[t.List[types.Target], t.List[Result]]:
    """The targets; and the results that are known already: ports without a listener, names without an address."""
    chosen = select.choose(request, here)
    known = [(wanted.target, without_listener(wanted)) for wanted in chosen.missing]
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


def without_address(wanted: probe_request.Wanted, problem: str) -> Observation:
    return Observation(
        address=wanted.target.host or "",
        port=wanted.ports.low,
        family="",
        method=wanted.target.method,
        contact=observation.UNREACHABLE,
        problem=problem,
    )


def without_listener(wanted: probe_request.Wanted) -> Observation:
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
        problem="nothing listens on {0}TCP {1} of this host{2}".format(where, what, udp),
    )


def udp_listens(port: int) -> bool:
    """Whether a UDP socket has the port: then it was not mistyped."""
    for path in ("/proc/net/udp", "/proc/net/udp6"):
        try:
            with open(path, encoding="ascii") as table:
                if any(line.split()[1].endswith(":{0:04X}".format(port)) for line in list(table)[1:]):
                    return True
        except OSError:
            continue
    return False
