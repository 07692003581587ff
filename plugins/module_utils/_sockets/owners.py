# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which processes have a socket open: from its inode to process and descriptor, through ``/proc/PID/fd``.

A process with 100,000 connections has as many descriptors, and reading them all is what makes ``ss -p`` slow. So a busy
process is read where the answer is likely: a listener was opened early and has a low number, a connection that was
accepted just now has the newest.
"""

import os
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._sockets import types

Holder = types.Holder
Found = t.Dict[int, t.Tuple[Holder, ...]]

PROC = "/proc"
FEW = 256
"""A process with at most this many descriptors is read as a whole."""
LOW = 64
"""In any other process the descriptors below this number are read first."""
SLACK = 4
"""How far from the newest descriptors new ones are looked for, before all are read."""
NUMBERS = [b"%d" % number for number in range(FEW)]


def holders(inodes: t.Iterable[int]) -> Found:
    """The processes that hold each of these listeners, by rising pid, as far as this user may see them."""
    wanted = {link(inode): inode for inode in inodes}
    found: Found = {}
    if not wanted:
        return found
    busy = []
    for pid in processes():
        with DescriptorFolder(pid) as folder:
            size = count(pid, folder)
            if size <= FEW:
                look_at_all(pid, folder, size, wanted, found)
            else:
                busy.append(pid)
                look(pid, folder, NUMBERS[:LOW], wanted, found)
    for pid in busy:
        if len(found) == len(wanted):
            break
        with DescriptorFolder(pid) as folder:
            look(pid, folder, [name.encode() for name in names(folder) if int(name) >= LOW], wanted, found)
    return {inode: tuple(sorted(held)) for inode, held in found.items()} if busy else found


def newest(inodes: t.Iterable[int], pids: t.Iterable[int], most: t.Optional[int] = None) -> t.Dict[int, Holder]:
    """Which of these processes has just accepted each of these connections: one holder of each that was found.

    In a process with more than ``most`` descriptors, only the newest are read.
    """
    wanted = {link(inode): inode for inode in inodes}
    found: Found = {}
    for pid in pids:
        if not wanted:
            break
        with DescriptorFolder(pid) as folder:
            top = count(pid, folder) - 1
            guess = range(top + SLACK, max(-1, top - 2 * len(wanted) - SLACK), -1)
            look(pid, folder, map(b"%d".__mod__, guess), wanted, found, stop=True)
            if wanted and (most is None or top < most):
                rest = sorted((int(name) for name in names(folder)), reverse=True)
                look(pid, folder, [b"%d" % number for number in rest if number not in guess], wanted, found, stop=True)
    return {inode: held[0] for inode, held in found.items()}


class DescriptorFolder:
    """A process's folder of descriptors, ``None`` where it is not for us; each look in it is then a short way."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.folder: t.Optional[int] = None

    def __enter__(self) -> t.Optional[int]:
        try:
            self.folder = os.open("{0}/{1}/fd".format(PROC, self.pid), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:  # it ended, or belongs to another user, or no descriptor is free to look with
            pass
        return self.folder

    def __exit__(self, *_error: object) -> None:
        if self.folder is not None:
            os.close(self.folder)


def look_at_all(pid: int, folder: t.Optional[int], size: int, wanted: t.Dict[bytes, int], found: Found) -> None:
    """Read a process with few descriptors. Most have their numbers without a gap: then the folder need not be listed."""
    tried = NUMBERS[:size] if COUNTED else []
    if look(pid, folder, tried, wanted, found) < size:
        look(pid, folder, [name.encode() for name in names(folder) if int(name) >= len(tried)], wanted, found)


def look(
    pid: int,
    folder: t.Optional[int],
    which: t.Iterable[bytes],
    wanted: t.Dict[bytes, int],
    found: Found,
    stop: bool = False,
) -> int:
    """Note which of the descriptors are wanted; with ``stop``, take what was found off the list and end with the last.

    How many of them there were.
    """
    there = 0
    if folder is None:
        return there
    readlink, new = os.readlink, tuple.__new__  # of many thousand calls
    for name in which:
        try:
            inode = wanted.get(readlink(name, dir_fd=folder))
        except OSError:
            continue
        there += 1
        if inode is not None:
            found[inode] = found.get(inode, ()) + (new(Holder, (pid, int(name))),)
            if stop:
                del wanted[link(inode)]
                if not wanted:
                    break
    return there


def link(inode: int) -> bytes:
    """What the link of a socket's descriptor says."""
    return b"socket:[%d]" % inode


def processes() -> t.List[int]:
    try:
        return sorted(int(name) for name in os.listdir(PROC) if name.isdigit())
    except OSError:  # no descriptor is free to look with
        return []


def names(folder: t.Optional[int]) -> t.List[str]:
    try:
        return [] if folder is None else os.listdir(folder)
    except OSError:  # it ended
        return []


def count(pid: int, folder: t.Optional[int]) -> int:
    """About how many descriptors a process has; 0 where it has none, or that is not known."""
    if folder is None:
        return 0
    try:
        return os.stat(folder).st_size if COUNTED else table_size(pid)
    except OSError:
        return 0


def table_size(pid: int) -> int:
    """The size of a process's table of descriptors, which grows in powers of 2 and never shrinks."""
    try:
        with open("{0}/{1}/status".format(PROC, pid), "rb") as file:
            for line in file:
                if line.startswith(b"FDSize:"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


def counted() -> bool:
    """Linux 6.2 and newer tell the number of descriptors as the size of the folder; before, that is 0."""
    try:
        return os.stat(PROC + "/self/fd").st_size > 0
    except OSError:
        return False


COUNTED = counted()
