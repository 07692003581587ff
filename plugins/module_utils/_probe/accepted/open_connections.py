# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connections that were open before a measurement began, for the listeners of this machine that are measured."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import connection_counts
from ansible_collections.netops.keepalive.plugins.module_utils._probe.inspect import observation as inspect_observation
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import sock_diag
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

Counts = t.Dict[int, connection_counts.Count]


def count(targets: t.Sequence[types.Target]) -> Counts:
    """By the cookies of the listeners; nothing where the kernel does not list its sockets: the measurement goes on."""
    here = [one.listener for one in targets if one.listener is not None and one.listener.namespace is None]
    if not here:
        return {}
    try:
        with sock_diag.Diag() as diag:
            return connection_counts.count(diag, here)
    except _errors.HostUnreadable:
        return {}


def added(
    targets: t.Sequence[types.Target], observations: t.Sequence[observation.Observation], counts: Counts
) -> t.List[observation.Observation]:
    """The observations with what was counted at their listeners."""
    return [
        inspect_observation.with_count(
            seen, counts.get(target.listener.cookie) if target.listener is not None else None
        )
        for target, seen in zip(targets, observations)
    ]
