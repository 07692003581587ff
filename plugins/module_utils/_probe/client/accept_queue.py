# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does a listener still take connections? Where its queue is full, the kernel answers nobody any more."""

import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import lookup
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import destination
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import netns, sock_diag


def full(listener: types.Listener, connection: socket.socket, where: destination.Place) -> t.Optional[sock_diag.Socket]:
    """The listener that an unanswered connection is meant for, where its queue is full; ``None`` where it has room, or the
    kernel does not tell."""
    try:
        there = lookup.end(where.family, where.address)
        here = lookup.end(where.family, connection.getsockname())
        scope = where.address[3] if len(where.address) == 4 else 0
        with netns.inside(listener.namespace), sock_diag.Diag() as diag:
            # Asked for a connection that nobody has, the kernel tells the listener that would get it.
            seen = diag.lookup(where.family, there, here, scope or where.interface)
    except (_errors.KeepaliveError, OSError):
        return None
    if seen is None or seen.state != sock_diag.LISTEN or seen.queued <= seen.backlog:
        return None
    return seen
