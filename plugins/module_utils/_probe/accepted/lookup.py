# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The socket that an application accepted for a connection of ours: found by its two ends, read through a duplicate."""

import os
import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import (
    options as socket_options,
)
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import (
    owners,
    pidfd,
    processes,
    sock_diag,
)
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import types as sockets_types

# Of a process that has nothing to do with the listener, no more descriptors than this are read.
STRANGER = 4096
# Beyond these states the application has closed it, or its peer is gone.
READABLE = (sock_diag.ESTABLISHED, sock_diag.CLOSE_WAIT)
TRIES_PER_WORKER, MOST_TRIES = 8, 64

End = t.Tuple[bytes, int]
Ends = t.Tuple[int, End, End, int]
Pids = t.Tuple[int, ...]


class Accepted(t.NamedTuple):
    """``holder`` is ``None`` where no process that this user may see has it."""

    family: int
    cookie: int
    inode: int
    holder: t.Optional[sockets_types.Holder]
    timer: int = 0
    expires: int = 0
    """Milliseconds until ``timer`` runs."""


def most_tries(workers: int) -> int:
    """The kernel draws one of the workers that share a port; so many connections are made for one of them to get its turn.

    With 8 for each one in 3,000 gets none, with 4 it would be one in 55.
    """
    return min(TRIES_PER_WORKER * workers, MOST_TRIES)


def accepted(seen: sock_diag.Socket, holder: t.Optional[sockets_types.Holder]) -> Accepted:
    return Accepted(seen.family, seen.cookie, seen.inode, holder, seen.timer, seen.expires)


def look_up(
    diag: sock_diag.Diag, connection: socket.socket, listener: t.Optional[types.Listener] = None
) -> t.Optional[sock_diag.Socket]:
    """The other end as the kernel lists it; ``None`` while nobody has accepted it. Raises ``SocketGone``."""
    seen = other_end(diag, connection, listener)
    return seen if seen.inode else None


def other_end(
    diag: sock_diag.Diag, connection: socket.socket, listener: t.Optional[types.Listener] = None
) -> sock_diag.Socket:
    """The same, accepted or not. Raises ``SocketGone``."""
    try:
        ends = ends_of(connection, listener)
    except OSError as error:
        raise _errors.SocketGone("The application closed the connection at once.") from error
    return there_of(diag, ends)


def ends_of(connection: socket.socket, listener: t.Optional[types.Listener] = None) -> Ends:
    """Both ends as the kernel's table has them, seen from the other. Raises ``OSError`` where it is not connected."""
    here, there = connection.getsockname(), connection.getpeername()
    family, scope = (socket.AF_INET6, there[3]) if len(there) == 4 else (socket.AF_INET, 0)
    return family, end(family, there), end(family, here), scope or (listener.interface if listener else 0)


def there_of(diag: sock_diag.Diag, ends: Ends) -> sock_diag.Socket:
    seen = diag.lookup(*ends)
    if seen is None or seen.state not in READABLE + (sock_diag.SYN_RECV,):
        raise _errors.SocketGone("The application closed the connection before it could be read.")
    return seen


def end(family: int, place: t.Tuple[t.Any, ...]) -> End:
    address = str(place[0]).partition("%")[0]
    return socket.inet_pton(family, address), int(place[1])


def search(inodes: t.Sequence[int], listeners: t.Iterable[types.Listener]) -> t.Dict[int, sockets_types.Holder]:
    """Who has accepted these, of any of the listeners."""
    pids = tuple(dict.fromkeys(pid for listener in listeners for pid in listener.pids))
    return search_each(dict.fromkeys(inodes, pids))


def search_each(wanted: t.Mapping[int, Pids]) -> t.Dict[int, sockets_types.Holder]:
    """Who has accepted each of these: whoever holds its listener (those are given), else a process that those started,
    else anybody. Processes are listed once for all: each listing is one of the whole machine."""
    found = look_in(wanted, {pids: pids for pids in wanted.values()})
    missing = {inode: pids for inode, pids in wanted.items() if inode not in found}
    if not missing:
        return found
    # New ones before old ones, as a server forks and then serves.
    others = [pid for pid in reversed(owners.processes()) if pid != os.getpid()]
    found.update(look_in(missing, children(set(missing.values()), others)))
    missing = {inode: pids for inode, pids in missing.items() if inode not in found}
    if missing:
        found.update(owners.newest(missing, others, most=STRANGER))
    return found


def look_in(wanted: t.Mapping[int, Pids], where: t.Mapping[Pids, t.Sequence[int]]) -> t.Dict[int, sockets_types.Holder]:
    groups: t.Dict[Pids, t.List[int]] = {}
    for inode, pids in wanted.items():
        groups.setdefault(pids, []).append(inode)
    found: t.Dict[int, sockets_types.Holder] = {}
    for pids, inodes in groups.items():
        found.update(owners.newest(inodes, where[pids]))
    return found


def children(groups: t.Collection[Pids], others: t.Sequence[int]) -> t.Dict[Pids, t.List[int]]:
    """Of each group of processes, those of the others that it started."""
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
    """Set the timers of this one connection. Raises what ``read`` does."""
    with pidfd.duplicate(holder_of(found), found.cookie, found.family) as copy:
        socket_options.write(copy, values)


def holder_of(found: Accepted) -> sockets_types.Holder:
    if found.holder is None:
        raise _errors.SocketUnreadable(not_shown("has the accepted connection"))
    return found.holder


def not_shown(does: str) -> str:
    """Why a process is not found, and what would help."""
    if pidfd.may_trace():
        return "no process that is seen from here {0}; run the task on the host itself, not in a container".format(does)
    return "which process {0} is not shown: {1}".format(does, pidfd.missing_right())
