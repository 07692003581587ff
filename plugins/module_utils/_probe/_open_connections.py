# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connections that were open before a measurement began, for the listeners of this machine that are measured."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _observation
from ansible_collections.netops.keepalive.plugins.module_utils._probe import _conclude, _counts, _target
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import _sock_diag

Counts = t.Dict[int, _counts.Count]


def count(targets: t.Sequence[_target.Target]) -> Counts:
    """By the cookies of the listeners; nothing where the kernel does not list its sockets: the measurement goes on."""
    here = [one.listener for one in targets if one.listener is not None and one.listener.namespace is None]
    if not here:
        return {}
    try:
        with _sock_diag.Diag() as diag:
            return _counts.count(diag, here)
    except _errors.HostUnreadable:
        return {}


def added(
    targets: t.Sequence[_target.Target], observations: t.Sequence[_observation.Observation], counts: Counts
) -> t.List[_observation.Observation]:
    """The observations with what was counted at their listeners."""
    return [
        _conclude.with_count(seen, counts.get(target.listener.cookie) if target.listener is not None else None)
        for target, seen in zip(targets, observations)
    ]
