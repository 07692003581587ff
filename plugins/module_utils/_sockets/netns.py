# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network namespaces of this machine, and how to be in another one for a moment."""

import contextlib
import ctypes
import os
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
OWN = "/proc/thread-self/ns/net"
# `ip netns` names namespaces here; container managers keep some there that have no process.
BY_NAME = "/run/netns"
NAMED = (BY_NAME, "/run/docker/netns")

Identity = t.Tuple[int, int]
FOUND: t.Dict[str, Identity] = {}
"""Which namespace each path led to when it was found: its process may have gone to another since, or ended, and its number
be another's."""


class Here:
    """Staying where we are. Nearly every socket is made here, by the thousand: this costs less than a generator."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_error: object) -> None:
        pass


HERE = Here()


def inside(path: t.Optional[str]) -> t.ContextManager[None]:
    """Sockets that are made in here belong to that namespace for good; ``None`` is ours. This thread alone moves.

    Raises:
        HostUnreadable: it is gone, or may not be entered and left again.
    """
    return HERE if path is None else elsewhere(path)


@contextlib.contextmanager
def elsewhere(path: str) -> t.Iterator[None]:
    with descriptor_of(OWN) as home, descriptor_of(path) as there:
        if identity(os.fstat(there)) != FOUND.get(path, identity(os.fstat(there))):
            raise _errors.HostUnreadable("The network namespace {0} is gone: another has its place.".format(path))
        # Root in a user namespace (podman unshare) may not enter our namespace. So entering it is tried first, while it is
        # still ours and changes nothing.
        enter(home, path)
        enter(there, path)
        try:
            yield
        finally:
            go_back(home, path)


@contextlib.contextmanager
def descriptor_of(path: str) -> t.Iterator[int]:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise refused(path, error) from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def enter(descriptor: int, path: str) -> None:
    if LIBC.setns(descriptor, CLONE_NEWNET) != 0:
        code = ctypes.get_errno()
        raise refused(path, OSError(code, os.strerror(code)))


def go_back(home: int, path: str) -> None:
    """If we cannot return, exit: going on would report another namespace's values as this host's."""
    try:
        enter(home, path)
    except _errors.HostUnreadable as error:
        raise SystemExit("The network namespace {0} cannot be left again: {1}".format(path, error)) from error


def refused(path: str, error: OSError) -> _errors.HostUnreadable:
    return _errors.HostUnreadable(
        "The network namespace {0} cannot be entered: {1}.".format(path, os.strerror(error.errno or 0))
    )


class Others(t.NamedTuple):
    """A path for each network namespace that is not ours; and the number of processes whose namespace is not shown."""

    paths: t.List[str]
    hidden: int


def others() -> Others:
    found: t.Dict[Identity, str] = {}
    hidden = 0
    for path in candidates():
        try:
            found.setdefault(identity(os.stat(path)), path)
        except PermissionError:
            hidden += 1
        except OSError:  # it ended meanwhile
            continue
    found.pop(identity(os.stat(OWN)), None)
    FOUND.update((path, one) for one, path in found.items())
    return Others(list(found.values()), hidden)


def candidates() -> t.Iterator[str]:
    """Names first: the first path of a namespace is the one that it is known by."""
    for folder in NAMED:
        for one in sorted(names(folder)):
            yield "{0}/{1}".format(folder, one)
    for pid in sorted(int(one) for one in names("/proc") if one.isdigit()):
        yield "/proc/{0}/ns/net".format(pid)


def name(path: str) -> str:
    """``blue`` for ``/run/netns/blue``; any other path stands for itself."""
    folder, _slash, last = path.rpartition("/")
    return last if folder == BY_NAME else path


def names(folder: str) -> t.List[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def identity(status: os.stat_result) -> Identity:
    return status.st_dev, status.st_ino
