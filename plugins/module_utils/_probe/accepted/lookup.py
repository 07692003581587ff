# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The socket that an application accepted for a connection of ours: found by its two ends, read through a duplicate."""

import os
import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import options as socket_options
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import owners, pidfd, processes
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import types as sockets_types
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import sock_diag

# At most this many descriptors are read of a process that has nothing to do with the listener.
STRANGER = 4096
# In any other state the application has closed it, or its peer is gone.
PRESENT = (sock_diag.ESTABLISHED, sock_diag.CLOSE_WAIT, sock_diag.SYN_RECV)

CLOSED = "The listener was closed before it could be read."

Ends = t.Tuple[int, sock_diag.End, sock_diag.End, int]
Pids = t.Tuple[int, ...]
Holders = t.Dict[int, sockets_types.Holder]


class Accepted(t.NamedTuple):
    """``holder`` is ``None`` where no process that this user may see has it."""

    family: int
    cookie: int
    holder: t.Optional[sockets_types.Holder]


def ends_of(connection: socket.socket, interface: int = 0) -> Ends:
    """Both ends as the kernel's table has them, seen from the other; ``interface`` is the listener's. Raises ``SocketGone``."""
    try:
        here, there = connection.getsockname(), connection.getpeername()
    except OSError as error:
        raise _errors.SocketGone("The application closed the connection at once.") from error
    family, scope = (socket.AF_INET6, there[3]) if len(there) == 4 else (socket.AF_INET, 0)
    return family, sock_diag.end(family, there), sock_diag.end(family, here), scope or interface


def look_up(diag: sock_diag.Diag, ends: Ends) -> sock_diag.Socket:
    """The other end as the kernel lists it; without an inode before it is accepted. Raises ``SocketGone``."""
    seen = diag.lookup(*ends)
    if seen is None or seen.state not in PRESENT:
        raise _errors.SocketGone("The application closed the connection before it could be read.")
    return seen


def search(wanted: t.Mapping[int, Pids]) -> Holders:
    """Which process has accepted each of these inodes: one that holds the listener (its processes are given), else one that
    those started, else any. Processes are listed once for all inodes: each listing goes through the whole machine."""
    found = look_in(wanted, {pids: pids for pids in wanted.values()})
    missing = {inode: pids for inode, pids in wanted.items() if inode not in found}
    if not missing:
        return found
    # New ones before old ones: a server forks, and then serves.
    others = [pid for pid in reversed(owners.processes()) if pid != os.getpid()]
    found.update(look_in(missing, children(set(missing.values()), others)))
    missing = {inode: pids for inode, pids in missing.items() if inode not in found}
    if missing:
        found.update(owners.newest(missing, others, most=STRANGER))
    return found


def look_in(wanted: t.Mapping[int, Pids], where: t.Mapping[Pids, t.Sequence[int]]) -> Holders:
    groups: t.Dict[Pids, t.List[int]] = {}
    for inode, pids in wanted.items():
        groups.setdefault(pids, []).append(inode)
    found: Holders = {}
    for pids, inodes in groups.items():
        found.update(owners.newest(inodes, where[pids]))
    return found


def children(groups: t.Collection[Pids], others: t.Sequence[int]) -> t.Dict[Pids, t.List[int]]:
    """For each group of processes: those of the others that it started."""
    known = {pid for pids in groups for pid in pids}
    started: t.Dict[int, t.List[int]] = {}
    for pid in others if known else ():
        parent = processes.parent(pid)
        if parent in known and pid not in known:
            started.setdefault(parent, []).append(pid)
    return {pids: [child for pid in pids for child in started.get(pid, ())] for pids in groups}


def read(found: Accepted) -> socket_options.SocketOptions:
    """Its options. Raises ``SocketGone`` (look for it again) and ``SocketUnreadable`` (why not)."""
    with pidfd.duplicate(holder_of(found), found.cookie, found.family) as copy:
        return socket_options.read(copy)


def lower(found: Accepted, values: _settings.Values) -> None:
    """Set the timers of this one connection. Raises what ``read`` does, and ``OSError``."""
    with pidfd.duplicate(holder_of(found), found.cookie, found.family) as copy:
        socket_options.write(copy, values)


def holder_of(found: Accepted) -> sockets_types.Holder:
    if found.holder is None:
        raise _errors.SocketUnreadable(not_shown("has the accepted connection"))
    return found.holder


def read_listener(listener: types.Listener) -> socket_options.SocketOptions:
    """The listener's own options. Raises ``SocketGone`` (no process has it any more) and ``SocketUnreadable``."""
    if not listener.holders:
        raise _errors.SocketUnreadable(not_shown("listens"))
    for holder in listener.holders:
        try:
            with pidfd.duplicate(holder, listener.cookie, listener.family) as copy:
                return socket_options.read(copy, listener=True)
        except _errors.SocketGone:
            continue
    raise _errors.SocketGone(CLOSED)


def not_shown(does: str) -> str:
    """Why a process is not found, and what would help."""
    if pidfd.may_trace():
        return "no process that is seen from here {0}; run the task on the host itself, not in a container".format(does)
    return "which process {0} is not shown: {1}".format(does, pidfd.missing_right())
