# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An application with many connections, and their clients: it closes some and is started again, and clients and the new
application note what is late or refused.

    busy.py CONNECTIONS    prints its port; each line that comes is one such cycle; prints what was noted when the input ends

Standard library only.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import socket
import struct
import sys
import time

CLOSED_IN_A_CYCLE = 200
IP_BIND_ADDRESS_NO_PORT = 24


def serve(port: int, ready: int, orders: int) -> None:
    """The application: take connections; at a byte close some of them, each with the time in its last data."""
    own = socket.socket()
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        own.bind(("127.0.0.1", port))
        own.listen(4096)
    except OSError as error:
        os.write(ready, f"{error.strerror}\n".encode())
        os._exit(1)
    os.write(ready, f"{own.getsockname()[1]}\n".encode())
    own.setblocking(False)
    os.set_blocking(orders, False)
    kept: list[socket.socket] = []
    others: list[socket.socket] = []
    ordered = False
    while True:
        with contextlib.suppress(BlockingIOError):
            while True:
                connection, peer = own.accept()
                (kept if peer[0].startswith("127.1.") else others).append(connection)
        with contextlib.suppress(BlockingIOError):
            ordered = bool(os.read(orders, 1)) or ordered
        if ordered and len(kept) >= CLOSED_IN_A_CYCLE:
            close_some(kept)
            ordered = False
        time.sleep(0.001)


def close_some(kept: list[socket.socket]) -> None:
    for _ in range(CLOSED_IN_A_CYCLE):
        connection = kept.pop(0)
        connection.sendall(struct.pack("d", time.monotonic()))
        connection.close()
        time.sleep(0.0005)


class Application:
    def __init__(self, port: int) -> None:
        reader, writer = os.pipe()
        orders, self.orders = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            serve(port, writer, orders)
        os.close(writer)
        os.close(orders)
        with open(reader) as answer:
            self.said = answer.readline().strip()

    def end(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.orders)


def lateness(clients: list[socket.socket]) -> list[float]:
    """Seconds from each close to its FIN, for those that the application closes now."""
    late = []
    for client in clients:
        (moment,) = struct.unpack("d", client.recv(8, socket.MSG_WAITALL))
        assert client.recv(1) == b""
        late.append(time.monotonic() - moment)
        client.close()
    return late


def client_of(port: int, source: str) -> socket.socket:
    """From an address that few others come from: the kernel then finds a free port at once."""
    client = socket.socket()
    client.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
    client.bind((source, 0))
    client.connect(("127.0.0.1", port))
    return client


def main() -> None:
    count = int(sys.argv[1])
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    application = Application(0)
    port = int(application.said)
    print(port, flush=True)
    late: list[float] = []
    refused = []
    for cycle, _line in enumerate(sys.stdin, 1):
        clients = [client_of(port, f"127.1.{cycle}.{number // 1000}") for number in range(count)]
        os.write(application.orders, b"c")
        late += lateness(clients[:CLOSED_IN_A_CYCLE])
        application.end()
        application = Application(port)
        if not application.said.isdigit():
            refused.append(application.said)
            break
        for client in clients:
            client.close()
        print("cycle", flush=True)
    application.end()
    print(json.dumps({"late": sorted(late), "refused": refused}))


if __name__ == "__main__":
    main()
