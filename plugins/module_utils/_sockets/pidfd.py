# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another process's socket as a descriptor of our own, for the moment of reading it (``pidfd_getfd``, Linux 5.6).

A duplicate keeps the socket alive: while it is held, the application's ``close()`` sends no FIN and its port cannot be
bound again. So it is closed at the end of the ``with``, and nothing waits inside.
"""

import ctypes
import errno
import os
import socket
import struct
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import types

# The same on every architecture that Linux gained or kept a common table for; elsewhere the call is refused.
PIDFD_OPEN, PIDFD_GETFD = 434, 438
SO_COOKIE = 57
CAP_SYS_PTRACE = 19
LIBC = ctypes.CDLL(None, use_errno=True)
# Wide enough for what the kernel reads: a variadic call would be handed C ints.
LIBC.syscall.restype = ctypes.c_long
LIBC.syscall.argtypes = [ctypes.c_long] * 4
HANDLES: t.Dict[int, int] = {}
"""A pidfd for each process that was read last: it keeps neither the process nor its sockets alive."""
MOST_HANDLES = 32
GONE = (errno.ESRCH, errno.EBADF, errno.ENOENT)


class duplicate:
    """The very socket with this cookie, whatever else has its process id, descriptor or inode by now.

    Raises:
        SocketGone: the process ended, or has another file there.
        SocketUnreadable: not permitted, or this kernel cannot.
    """

    def __init__(self, holder: types.Holder, cookie: int, family: int) -> None:
        self.holder = holder
        self.cookie = cookie
        self.family = family

    def __enter__(self) -> socket.SocketType:
        try:
            copy = copied(self.holder)
        except OSError as error:
            raise explained(error, self.holder) from error
        try:
            # Half the time that socket.socket takes, which adds files and a with statement.
            self.socket = socket.SocketType(self.family, socket.SOCK_STREAM, socket.IPPROTO_TCP, copy)
        except OSError as error:
            os.close(copy)
            raise gone(self.holder) from error
        if cookie_of(self.socket) == self.cookie:
            return self.socket
        self.socket.close()
        raise gone(self.holder)

    def __exit__(self, *_error: object) -> None:
        self.socket.close()


def copied(holder: types.Holder) -> int:
    known = holder.pid in HANDLES
    try:
        return call(PIDFD_GETFD, handle(holder.pid), holder.fd, 0)
    except OSError as error:
        if not known or error.errno != errno.ESRCH:
            raise
    # The process ended, and another may have its number by now.
    os.close(HANDLES.pop(holder.pid))
    return call(PIDFD_GETFD, handle(holder.pid), holder.fd, 0)


def handle(pid: int) -> int:
    if pid not in HANDLES:
        if len(HANDLES) == MOST_HANDLES:
            os.close(HANDLES.pop(next(iter(HANDLES))))
        HANDLES[pid] = open_process(pid)
    return HANDLES[pid]


def open_process(pid: int) -> int:
    if hasattr(os, "pidfd_open"):  # Python 3.9
        return os.pidfd_open(pid)
    return call(PIDFD_OPEN, pid, 0, 0)


def call(number: int, first: int, second: int, third: int) -> int:
    result: int = LIBC.syscall(number, first, second, third)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def cookie_of(own: socket.SocketType) -> int:
    """0 where it is no socket, or the kernel gives it no cookie."""
    try:
        return int(struct.unpack("=Q", own.getsockopt(socket.SOL_SOCKET, SO_COOKIE, 8))[0])
    except OSError:
        return 0


def gone(holder: types.Holder) -> _errors.SocketGone:
    return _errors.SocketGone("process {0} ended, or closed the socket, before it was read".format(holder.pid))


def explained(error: OSError, holder: types.Holder) -> _errors.KeepaliveError:
    if error.errno in GONE:
        return gone(holder)
    if error.errno == errno.ENOSYS:
        return _errors.SocketUnreadable(
            "this kernel cannot duplicate another process's socket (pidfd_getfd came with Linux 5.6)"
        )
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return _errors.SocketUnreadable(
            "no descriptor was free to read a socket with; raise the limit of open files (ulimit -n)"
        )
    if error.errno in (errno.EPERM, errno.EACCES):
        return _errors.SocketUnreadable(
            "the sockets of process {0} may not be read: {1}".format(holder.pid, missing_right())
        )
    return _errors.SocketUnreadable(
        "the sockets of process {0} could not be read: {1}".format(holder.pid, os.strerror(error.errno or 0))
    )


def lacks() -> t.Optional[str]:
    """What this machine lacks to read the sockets of all processes: ``no_privilege``, ``kernel`` (pidfd_getfd), or nothing."""
    if scope() < 3 and not may_trace():
        return "no_privilege"
    try:
        call(PIDFD_GETFD, -1, 0, 0)
    except OSError as error:
        if error.errno == errno.EPERM:  # a filter on system calls, as in a container
            return "no_privilege"
        return "kernel" if error.errno == errno.ENOSYS or scope() == 3 else None
    return None


def missing_right() -> str:
    return right_missing(scope(), may_trace(), os.geteuid())


def right_missing(yama: int, traces: bool, uid: int) -> str:
    if yama == 3:
        return "kernel.yama.ptrace_scope is 3, which forbids it, to root too, until the next boot"
    if not traces:
        cure = "with become: true" if uid else "on the host itself, not in a container"
        return "uid {0} lacks CAP_SYS_PTRACE; run the task {1}".format(uid, cure)
    return "a filter on system calls, as in a container, or a security module (SELinux, AppArmor) refuses pidfd_getfd"


def scope() -> int:
    """What Yama restricts: 0 nothing, 1 and 2 what has no CAP_SYS_PTRACE, 3 everything."""
    try:
        with open("/proc/sys/kernel/yama/ptrace_scope") as file:
            return int(file.read())
    except (OSError, ValueError):
        return 0


def may_trace() -> bool:
    try:
        with open("/proc/thread-self/status") as file:
            effective = next(line.split()[1] for line in file if line.startswith("CapEff:"))
    except (OSError, StopIteration):
        return os.geteuid() == 0
    return bool(int(effective, 16) >> CAP_SYS_PTRACE & 1)
