# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many connections the prober has open at once, and how many it opens in a second. A coroutine waits for its turn."""

import contextlib
import errno
import os
import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import event_loop
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import network as client_network
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import netns, pidfd

# Seconds between two attempts while the limit is reached.
PATIENCE = 0.2
# Descriptors that are left for everything else: reading accepted sockets takes a few at a time, and handles of processes.
RESERVE = 16 + pidfd.MOST_HANDLES


class ConnectionLimit:
    """``most`` connections at once (``None``: any number), ``rate`` new ones in a second (0: any number)."""

    def __init__(
        self, most: t.Optional[int], rate: float = 0.0, network: client_network.Network = client_network.MACHINE
    ) -> None:
        self.most = most
        self.gap = 1 / rate if rate else 0.0
        self.network = network
        self.open = 0
        self.next_start = 0.0

    def acquire(self, family: int, namespace: t.Optional[str]) -> event_loop.Coroutine[socket.socket]:
        """A new socket in that network namespace (``None``: ours).

        Raises:
            OSError: there is none, and waiting would not help.
            HostUnreadable: the namespace cannot be entered.
        """
        while True:
            while self.most is not None and self.open and self.open >= self.most:
                yield event_loop.Pause(event_loop.now() + PATIENCE)
            self.open += 1
            try:
                if self.gap:
                    start = max(self.next_start, event_loop.now())
                    self.next_start = start + self.gap
                    yield event_loop.Pause(start)
                with netns.inside(namespace):
                    return self.network.socket(family)
            except BaseException as error:
                self.open -= 1
                if not (isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE) and self.open):
                    raise
            yield event_loop.Pause(event_loop.now() + PATIENCE)

    def release(self, connection: socket.socket) -> None:
        """Close it."""
        self.open -= 1
        connection.close()


@contextlib.contextmanager
def limited(
    connections: int, rate: float, network: client_network.Network = client_network.MACHINE
) -> t.Iterator[ConnectionLimit]:
    """A limit for that many connections. Our own soft limit of open files is raised meanwhile, as far as it may be."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _in_use() + RESERVE
    raised = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        yield ConnectionLimit(None, rate, network)
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, raised), hard))
    try:
        yield ConnectionLimit(max(soft, raised) - _in_use() - RESERVE, rate, network)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _in_use() -> int:
    try:
        return len(os.listdir("/proc/self/fd"))
    except OSError:
        return 16
