# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the wanted entries and the listeners of this machine to the targets of a run. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._probe import request as probe_request
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.discovery import no_connect
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

Listeners = t.Sequence[types.Listener]


class Chosen(t.NamedTuple):
    """The targets, in the order of what was wanted; and the wanted ports of this machine that have no listener."""

    targets: t.Tuple[types.Target, ...]
    missing: t.Tuple[probe_request.Wanted, ...]


def choose(request: probe_request.Request, listeners: Listeners) -> Chosen:
    """The targets on this machine: every listener by the entry that names it most exactly."""
    if request.anything is not None:
        return Chosen(tuple(careful(request.anything, listener) for listener in listeners), ())
    named: t.Dict[int, t.List[types.Target]] = {}
    missing = []
    taken: t.Set[int] = set()
    by_port: t.Dict[int, t.List[types.Listener]] = {}
    for one in listeners:
        by_port.setdefault(one.port, []).append(one)
    for entries in most_exact_first(request.wanted):
        # What is named twice, equally exactly, is looked at twice.
        before = frozenset(taken)
        for entry in entries:
            near = listeners if entry.ports.is_range else by_port.get(entry.ports.low, ())
            matching = [one for one in near if entry.ports.match(one)]
            if not matching:
                missing.append(entry)
            fresh = [one for one in matching if one.cookie not in before]
            reached = careful if entry.ports.is_range else at
            named.setdefault(entry.target.target_index or 0, []).extend(reached(entry.target, one) for one in fresh)
            taken.update(one.cookie for one in matching)
    return Chosen(tuple(target for index in sorted(named) for target in named[index]), tuple(missing))


def most_exact_first(wanted: t.Sequence[probe_request.Wanted]) -> t.List[t.List[probe_request.Wanted]]:
    """The entries for this machine, by how exactly they name a listener: address and port, a port, a range of ports.

    So an exemption for one port holds whether it stands before or after the range that has it.
    """
    here = [entry for entry in wanted if not entry.target.host]
    ranges = [entry for entry in here if entry.ports.is_range]
    single = [entry for entry in here if not entry.ports.is_range]
    return [
        [entry for entry in single if entry.ports.address is not None],
        [entry for entry in single if entry.ports.address is None],
        ranges,
    ]


def at(target: types.Target, listener: types.Listener) -> types.Target:
    return target._replace(address=listener.address, port=listener.port, family=listener.family, listener=listener)


def careful(target: types.Target, listener: types.Listener) -> types.Target:
    """Its port was not named: no data is sent to it, and it gets no connection where a silent client does harm."""
    found = at(target, listener)._replace(send=None, tls=target.tls and target.named)
    why = no_connect.why_not_connect(listener) if found.connect else None
    return found._replace(connect=False, skip_reason=why, method=observation.INSPECT) if why else found
