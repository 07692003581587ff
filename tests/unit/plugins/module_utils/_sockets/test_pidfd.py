# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is told when a socket cannot be duplicated, by the reason."""

from __future__ import annotations

import errno
import os

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import pidfd, types

HOLDER = types.Holder(812, 4)


@pytest.mark.parametrize(
    ("code", "kind", "sentence"),
    [
        (errno.ESRCH, _errors.SocketGone, "process 812 ended, or closed the socket, before it was read"),
        (errno.EBADF, _errors.SocketGone, "process 812 ended, or closed the socket, before it was read"),
        (
            errno.ENOSYS,
            _errors.SocketUnreadable,
            "this kernel cannot duplicate another process's socket (pidfd_getfd came with Linux 5.6)",
        ),
        (
            errno.EMFILE,
            _errors.SocketUnreadable,
            "no descriptor was free to read a socket with; raise the limit of open files (ulimit -n)",
        ),
        (
            errno.EIO,
            _errors.SocketUnreadable,
            "the sockets of process 812 could not be read: Input/output error",
        ),
    ],
)
def test_the_sentence(code: int, kind: type[Exception], sentence: str) -> None:
    error = pidfd.explained(OSError(code, os.strerror(code)), HOLDER)
    assert (type(error), str(error)) == (kind, sentence)


@pytest.mark.parametrize(
    ("scope", "may_trace", "uid", "sentence"),
    [
        (3, True, 0, "kernel.yama.ptrace_scope is 3, which forbids it, to root too, until the next boot"),
        (2, False, 1000, "uid 1000 lacks CAP_SYS_PTRACE; run the task with become: true"),
        (1, False, 1000, "uid 1000 lacks CAP_SYS_PTRACE; run the task with become: true"),
        (0, False, 0, "uid 0 lacks CAP_SYS_PTRACE; run the task on the host itself, not in a container"),
        (
            1,
            True,
            0,
            "a filter on system calls, as in a container, or a security module (SELinux, AppArmor) refuses pidfd_getfd",
        ),
    ],
)
def test_the_right_that_is_missing(scope: int, may_trace: bool, uid: int, sentence: str) -> None:
    assert pidfd.right_missing(scope, may_trace, uid) == sentence


@pytest.mark.parametrize(
    ("scope", "may_trace", "code", "lacks"),
    [
        (0, True, errno.EBADF, None),
        (0, False, errno.EBADF, "no_privilege"),
        (0, False, errno.ENOSYS, "no_privilege"),
        (0, True, errno.ENOSYS, "kernel"),
        (0, True, errno.EPERM, "no_privilege"),
        (3, True, errno.EBADF, "kernel"),
    ],
    ids=["nothing", "root", "root, on an old kernel", "a newer kernel", "system calls", "Yama lets no process"],
)
def test_what_a_machine_lacks(
    monkeypatch: pytest.MonkeyPatch, scope: int, may_trace: bool, code: int, lacks: str | None
) -> None:
    def refused(*_call: int) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(pidfd, "scope", lambda: scope)
    monkeypatch.setattr(pidfd, "may_trace", lambda: may_trace)
    monkeypatch.setattr(pidfd, "call", refused)
    assert pidfd.lacks() == lacks
