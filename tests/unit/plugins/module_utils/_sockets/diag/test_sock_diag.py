# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import request as diag_request
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import sock_diag

DUMP = diag_request.build(socket.AF_INET, 1 << sock_diag.LISTEN, diag_request.DUMP)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as own:
        yield own


@pytest.fixture
def aborted() -> Iterator[sock_diag.Diag]:
    """Only a part of an answer was read."""
    with sock_diag.Diag() as diag:
        next(diag._tables(DUMP))
        yield diag


def test_an_answer_that_was_not_read_to_its_end_does_not_get_into_the_next_list(
    listener: socket.socket, aborted: sock_diag.Diag
) -> None:
    ports = [seen.port for seen, _mptcp in aborted.listeners(socket.AF_INET)]
    assert listener.getsockname()[1] in ports


def test_an_answer_that_was_not_read_to_its_end_is_not_taken_for_a_single_socket(
    listener: socket.socket, aborted: sock_diag.Diag
) -> None:
    with socket.create_connection(listener.getsockname()) as connection:
        ends = [sock_diag.end(socket.AF_INET, name) for name in (connection.getpeername(), connection.getsockname())]
        seen = aborted.lookup(socket.AF_INET, *ends)
    assert seen is not None
    assert (seen.state, seen.port) == (sock_diag.ESTABLISHED, listener.getsockname()[1])


class Refusing:
    """A netlink socket with which a call fails."""

    def __init__(self, call: str) -> None:
        self.call = call

    def send(self, message: bytes) -> int:
        return self.refused() if self.call == "send" else len(message)

    def recv_into(self, _buffer: bytearray) -> int:
        return self.refused()

    def close(self) -> None:
        pass

    def refused(self) -> int:
        raise OSError(errno.ENOBUFS, "No buffer space available")


@pytest.mark.parametrize("call", ["send", "receive"])
@pytest.mark.parametrize("request_", ["listeners", "lookup"])
def test_a_kernel_that_refuses_has_a_sentence(monkeypatch: pytest.MonkeyPatch, call: str, request_: str) -> None:
    diag = sock_diag.Diag()
    diag._socket.close()
    monkeypatch.setattr(diag, "_socket", Refusing(call))
    arguments = (socket.AF_INET,) if request_ == "listeners" else (socket.AF_INET, (b"\0" * 4, 1), (b"\0" * 4, 2))
    with pytest.raises(_errors.HostUnreadable, match=r"^This kernel does not list its TCP sockets .+: ENOBUFS\.$"):
        getattr(diag, request_)(*arguments)


def test_after_a_refusal_the_next_request_is_answered(
    monkeypatch: pytest.MonkeyPatch, listener: socket.socket, aborted: sock_diag.Diag
) -> None:
    """What was left of the answer is lost: to wait for its end would be to wait for ever."""
    own = aborted._socket
    monkeypatch.setattr(aborted, "_socket", Refusing("receive"))
    with pytest.raises(_errors.HostUnreadable):
        aborted.listeners(socket.AF_INET)
    own.close()
    assert listener.getsockname()[1] in [seen.port for seen, _mptcp in aborted.listeners(socket.AF_INET)]
