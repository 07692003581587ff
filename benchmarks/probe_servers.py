# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers with many listeners, and connections that only lie there. Prints `ready`; all ends when the input does.

    probe_servers.py PROCESSES LISTENERS_OF_EACH CONNECTIONS

Standard library only. Every accepted socket gets keepalive with values of its own.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import socket
import sys

TIME = 60
# Every process has so many descriptors at most, of the listeners' own and of the connections that lie there.
EACH = 17_000
IP_BIND_ADDRESS_NO_PORT = 24


def serve(listeners: int, expected: int, ready: int) -> None:
    """Accept on many ports; say so when they are there, and when the connections are."""
    events = select.epoll()
    own = {}
    for _ in range(listeners):
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(4096)
        listener.setblocking(False)
        own[listener.fileno()] = listener
        events.register(listener, select.EPOLLIN)
    os.write(ready, f"{listener.getsockname()[1]}\n".encode())
    kept: dict[int, socket.socket] = {}
    while True:
        for descriptor, _happened in events.poll():
            if descriptor in own:
                accept(own[descriptor], kept, events)
                if len(kept) == expected:
                    os.write(ready, b"full\n")
            else:
                kept.pop(descriptor).close()


def accept(listener: socket.socket, kept: dict[int, socket.socket], events: select.epoll) -> None:
    try:
        connection, _peer = listener.accept()
    except BlockingIOError:
        return
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, TIME)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    kept[connection.fileno()] = connection
    events.register(connection, select.EPOLLRDHUP)


def connect(number: int, source: str, port: int) -> None:
    kept = []
    for _ in range(number):
        client = socket.socket()
        client.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        client.bind((source, 0))
        client.connect(("127.0.0.1", port))
        kept.append(client)
    signal.pause()


def main() -> None:
    processes, listeners, connections = map(int, sys.argv[1:])
    os.setpgid(0, 0)
    resource.setrlimit(resource.RLIMIT_NOFILE, (EACH + 1000, EACH + 1000))
    for _ in range(processes):
        started(listeners, 0)
    full = []
    for number in range(0, connections, EACH):
        size = min(EACH, connections - number)
        answer, port = started(1, size)
        if os.fork() == 0:
            connect(size, f"127.1.0.{number // EACH + 1}", port)
        full.append(answer)
    for answer in full:
        assert os.read(answer, 10) == b"full\n"
    print("ready", flush=True)
    sys.stdin.read()
    os.killpg(0, signal.SIGKILL)


def started(listeners: int, expected: int) -> tuple[int, int]:
    reader, writer = os.pipe()
    if os.fork() == 0:
        serve(listeners, expected, writer)
    os.close(writer)
    return reader, int(os.read(reader, 10))


if __name__ == "__main__":
    main()
