# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A duplicate of another process's socket: the right one or none, and gone at once."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import lookup
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import (
    options as socket_options,
)
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import (
    owners,
    pidfd,
)
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import types as sockets_types
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import sock_diag

OTHER = (
    "import socket; own = socket.socket(); own.bind(('127.0.0.1', 0)); own.listen();"
    "print(own.getsockname()[1], own.fileno(), flush=True); input(); own.close(); print(flush=True); input()"
)


@pytest.fixture
def other() -> Iterator[tuple[subprocess.Popen[bytes], int, int]]:
    """A process that listens, until it is told to close its socket; its port and descriptor."""
    with subprocess.Popen([sys.executable, "-c", OTHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        port, descriptor = map(int, process.stdout.readline().split())
        yield process, port, descriptor
        process.kill()


def cookie_of(port: int) -> int:
    with sock_diag.Diag() as diag:
        return next(seen.cookie for seen, _mptcp in diag.listeners(socket.AF_INET) if seen.port == port)


def test_the_duplicate_is_the_socket_with_this_cookie(other: tuple[subprocess.Popen[bytes], int, int]) -> None:
    process, port, descriptor = other
    holder = sockets_types.Holder(process.pid, descriptor)
    with pidfd.duplicate(holder, cookie_of(port), socket.AF_INET) as copy:
        assert copy.getsockname() == ("127.0.0.1", port)


def test_another_socket_under_the_same_number_is_refused(other: tuple[subprocess.Popen[bytes], int, int]) -> None:
    """As after a process id, a descriptor or an inode was used again: the cookie is another."""
    process, port, descriptor = other
    holder = sockets_types.Holder(process.pid, descriptor)
    with (
        pytest.raises(
            _errors.SocketGone, match=f"^process {process.pid} ended, or closed the socket, before it was read$"
        ),
        pidfd.duplicate(holder, cookie_of(port) + 1, socket.AF_INET),
    ):
        pass


def test_what_is_no_socket_is_refused(other: tuple[subprocess.Popen[bytes], int, int]) -> None:
    process, port, _descriptor = other
    with (
        pytest.raises(_errors.SocketGone, match=f"^process {process.pid} ended, or closed the socket, before"),
        pidfd.duplicate(sockets_types.Holder(process.pid, 0), cookie_of(port), socket.AF_INET),
    ):
        pass


def test_a_closed_descriptor_and_an_ended_process_are_gone(other: tuple[subprocess.Popen[bytes], int, int]) -> None:
    process, port, descriptor = other
    cookie = cookie_of(port)
    holder = sockets_types.Holder(process.pid, descriptor)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"\n")
    process.stdin.flush()
    process.stdout.readline()
    gone = f"^process {process.pid} ended, or closed the socket, before it was read$"
    with pytest.raises(_errors.SocketGone, match=gone), pidfd.duplicate(holder, cookie, socket.AF_INET):
        pass
    process.kill()
    process.wait()
    with pytest.raises(_errors.SocketGone, match=gone), pidfd.duplicate(holder, cookie, socket.AF_INET):
        pass


def open_files() -> list[str]:
    """What our descriptors are, but for the few handles of processes, which keep nothing alive."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(FileNotFoundError):  # the listing's own
            found.append(os.readlink(f"/proc/self/fd/{name}"))
    return sorted(file for file in found if file != "anon_inode:[pidfd]")


def test_handles_of_processes_are_few() -> None:
    sleepers = [subprocess.Popen(["sleep", "60"]) for _ in range(pidfd.MOST_HANDLES + 3)]
    try:
        for sleeper in sleepers:
            pidfd.handle(sleeper.pid)
        assert len(pidfd.HANDLES) == pidfd.MOST_HANDLES
        assert sleepers[0].pid not in pidfd.HANDLES
    finally:
        for sleeper in sleepers:
            sleeper.kill()
            sleeper.wait()


def test_no_descriptor_is_left_of_any_of_it(other: tuple[subprocess.Popen[bytes], int, int]) -> None:
    process, port, descriptor = other
    cookie = cookie_of(port)
    before = open_files()
    for number, wanted in ((descriptor, cookie), (descriptor, cookie + 1), (0, cookie), (99, cookie)):
        try:
            with pidfd.duplicate(sockets_types.Holder(process.pid, number), wanted, socket.AF_INET) as copy:
                socket_options.read(copy, listener=True)
        except _errors.SocketGone:
            pass
    assert open_files() == before


def test_an_accepted_connection_is_found_read_and_lowered() -> None:
    """By the two ends of ours alone; before accept() there is nothing to find."""
    with (
        socket.create_server(("127.0.0.1", 0)) as own,
        socket.create_connection(own.getsockname()) as ours,
        sock_diag.Diag() as diag,
    ):
        listener = next(
            types.Listener(
                2,
                "127.0.0.1",
                seen.port,
                seen.cookie,
                seen.inode,
                holders=(sockets_types.Holder(os.getpid(), own.fileno()),),
            )
            for seen, _mptcp in diag.listeners(socket.AF_INET)
            if seen.port == own.getsockname()[1]
        )
        ends = lookup.ends_of(ours, listener.interface)
        assert lookup.look_up(diag, ends).inode == 0
        theirs, _peer = own.accept()
        with theirs:
            seen = lookup.look_up(diag, ends)
            holder = lookup.search({seen.inode: listener.pids})[seen.inode]
            found = lookup.Accepted(seen.family, seen.cookie, holder)
            assert found.holder == sockets_types.Holder(os.getpid(), theirs.fileno())
            assert lookup.read(found).keepalive is False
            lookup.lower(found, socket_options.Values(2, 1, 3, 0))
            assert lookup.read(found) == socket_options.SocketOptions(True, socket_options.Values(2, 1, 3, 0))
            assert theirs.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 2
        with pytest.raises(_errors.SocketGone, match=f"^process {os.getpid()} ended, or closed the socket, before"):
            lookup.read(found)
        with pytest.raises(_errors.SocketGone, match=r"^The application closed the connection "):
            lookup.look_up(diag, ends)


def test_the_newest_descriptors_are_looked_at_first_and_holes_do_no_harm() -> None:
    with socket.create_server(("127.0.0.1", 0)) as own:
        copies = [os.dup(own.fileno()) for _ in range(50)]
        os.close(copies.pop(10))  # the next descriptor goes here, far below the newest
        with socket.create_connection(own.getsockname()) as ours:
            inode = int(os.readlink(f"/proc/self/fd/{ours.fileno()}")[8:-1])
            assert ours.fileno() < copies[-1]
            assert owners.newest([inode], [os.getpid()]) == {inode: sockets_types.Holder(os.getpid(), ours.fileno())}
        for copy in copies:
            os.close(copy)


def test_a_listener_behind_a_gap_in_the_numbers_is_found() -> None:
    with socket.create_server(("127.0.0.1", 0)) as own:
        inode, number = os.fstat(own.fileno()).st_ino, max(map(int, os.listdir("/proc/self/fd"))) + 40
        os.dup2(own.fileno(), number)
        try:
            held = owners.holders([inode])[inode]
        finally:
            os.close(number)
        assert held == tuple(sockets_types.Holder(os.getpid(), one) for one in (own.fileno(), number))


def test_reading_in_a_loop_delays_neither_the_close_nor_the_next_start() -> None:
    """A duplicate that is held keeps the FIN back and the port bound. 200 times: close, and bind the port again."""
    stop = threading.Event()
    own = socket.create_server(("127.0.0.1", 0))
    port = own.getsockname()[1]
    reader = threading.Thread(target=read_until, args=(stop, port))
    reader.start()
    late = []
    try:
        for _ in range(200):
            with socket.create_connection(("127.0.0.1", port)) as client:
                served, _peer = own.accept()
                own.close()
                served.close()
                start = time.monotonic()
                assert client.recv(1) == b""
                late.append(time.monotonic() - start)
            own = bound_again(port)
    finally:
        stop.set()
        reader.join()
        own.close()
    assert sorted(late)[-5] < 0.05, "nearly all FINs came at once, whatever the machine does meanwhile"


def bound_again(port: int) -> socket.socket:
    """An application takes longer to start than the moment for which its old socket may be held."""
    time.sleep(0.002)
    return socket.create_server(("127.0.0.1", port))


def read_until(stop: threading.Event, port: int) -> None:
    """As the prober does: list, find, read, and close each before the next."""
    with sock_diag.Diag() as diag:
        while not stop.is_set():
            for seen, _mptcp in diag.listeners(socket.AF_INET):
                if seen.port != port:
                    continue
                for holder in owners.holders([seen.inode]).get(seen.inode, ()):
                    try:
                        with pidfd.duplicate(holder, seen.cookie, seen.family) as copy:
                            socket_options.read(copy, listener=True)
                    except _errors.SocketGone:
                        pass
