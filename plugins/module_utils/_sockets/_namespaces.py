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
# `ip netns` and container managers keep one here that may have no process.
NAMED = ("/run/netns", "/run/docker/netns")

Identity = t.Tuple[int, int]


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
        HostUnreadable: it is gone, or may not be entered.
    """
    return HERE if path is None else elsewhere(path)


@contextlib.contextmanager
def elsewhere(path: str) -> t.Iterator[None]:
    with opened(OWN) as home, opened(path) as there:
        enter(there, path)
        try:
            yield
        finally:
            enter(home, OWN)


@contextlib.contextmanager
def opened(path: str) -> t.Iterator[int]:
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


def refused(path: str, error: OSError) -> _errors.HostUnreadable:
    return _errors.HostUnreadable(
        "The network namespace {0} cannot be entered: {1}.".format(path, os.strerror(error.errno or 0))
    )


def others() -> t.List[str]:
    """A path for each network namespace that is not ours; those of processes that this user may not see are missing."""
    found: t.Dict[Identity, str] = {}
    for path in candidates():
        identity = identity_of(path)
        if identity is not None:
            found.setdefault(identity, path)
    own = identity_of(OWN)
    return [path for identity, path in found.items() if identity != own]


def candidates() -> t.Iterator[str]:
    for pid in sorted(int(name) for name in names("/proc") if name.isdigit()):
        yield "/proc/{0}/ns/net".format(pid)
    for folder in NAMED:
        for name in sorted(names(folder)):
            yield "{0}/{1}".format(folder, name)


def names(folder: str) -> t.List[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def identity_of(path: str) -> t.Optional[Identity]:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino
