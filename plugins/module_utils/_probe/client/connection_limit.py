# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many connections the prober may have open at once. What finds no room waits until another has left."""

import contextlib
import errno
import os
import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._sockets import netns, pidfd

# What the kernel says when a machine can open no more.
NO_ROOM = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
# Seconds between two looks for room.
PATIENCE = 0.2
# Descriptors that are left for everything else: reading accepted sockets takes a few at a time, and handles of processes.
RESERVE = 16 + pidfd.MOST_HANDLES


class Crowd:
    """The connections that are open."""

    def __init__(self, room: t.Optional[int]) -> None:
        self.room = room
        self.inside: t.Set[socket.socket] = set()

    def enter(self, family: int, namespace: t.Optional[str]) -> t.Optional[socket.socket]:
        """A new socket in that network namespace (``None``: ours); ``None`` while there is no room.

        Raises ``OSError`` where waiting would not help.
        """
        if self.room is not None and self.inside and len(self.inside) >= self.room:
            return None
        try:
            with netns.inside(namespace):
                connection = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE) and self.inside:
                return None
            raise
        self.inside.add(connection)
        return connection

    def leave(self, connection: socket.socket) -> None:
        self.inside.discard(connection)
        connection.close()


@contextlib.contextmanager
def room_for(connections: int) -> t.Iterator[Crowd]:
    """A crowd for so many connections. Our own soft limit of open files is raised for its time, as far as it may be."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _in_use() + RESERVE
    raised = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        yield Crowd(None)
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, raised), hard))
    try:
        yield Crowd(max(soft, raised) - _in_use() - RESERVE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _in_use() -> int:
    try:
        return len(os.listdir("/proc/self/fd"))
    except OSError:
        return 16
