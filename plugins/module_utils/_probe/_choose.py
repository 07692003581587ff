# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what is wanted, and the listeners that there are, to the targets of a run. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._probe import _careful, _request, _target

Listeners = t.Sequence[_target.Listener]


class Chosen(t.NamedTuple):
    """The targets, in the order of what was wanted; and the wanted ports of this machine that nobody listens on."""

    targets: t.Tuple[_target.Target, ...]
    missing: t.Tuple[_request.Wanted, ...]


def choose(request: _request.Request, listeners: Listeners) -> Chosen:
    """The targets on this machine: every listener once, by the first entry that names it."""
    if not request.wanted:
        return Chosen(tuple(unnamed(request.anything, listener) for listener in listeners), ())
    targets: t.List[_target.Target] = []
    missing = []
    taken: t.Set[int] = set()
    for wanted in request.wanted:
        if wanted.target.host:
            continue
        found = [listener for listener in listeners if wanted.ports.match(listener)]
        if not found:
            missing.append(wanted)
        for listener in found:
            if listener.cookie not in taken:
                taken.add(listener.cookie)
                targets.append(at(wanted.target, listener))
    return Chosen(tuple(targets), tuple(missing))


def at(target: _target.Target, listener: _target.Listener) -> _target.Target:
    return target._replace(address=listener.address, port=listener.port, family=listener.family, listener=listener)


def unnamed(anything: _target.Target, listener: _target.Listener) -> _target.Target:
    """Nobody asked for this one by name: no data is sent to it, and it is left alone where a silent client hurts."""
    found = at(anything, listener)._replace(send=None)
    why = _careful.why_not_connect(listener) if found.connect else None
    return found._replace(connect=False, spared=why) if why else found
