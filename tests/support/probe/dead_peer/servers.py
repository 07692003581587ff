# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers of many kinds in one process. Their descriptions come as JSON in the first argument; their ports go out as JSON.

It ends when its input does. Standard library only, and nothing of the collection: what is measured here is a real application.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import selectors
import socket
import ssl
import struct
import sys
import threading
import time
from typing import Any

Description = dict[str, Any]
NAMES = {
    "time": socket.TCP_KEEPIDLE,
    "interval": socket.TCP_KEEPINTVL,
    "probes": socket.TCP_KEEPCNT,
    "user_timeout": socket.TCP_USER_TIMEOUT,
}
MILLISECONDS = 1000
SO_ATTACH_FILTER = 26
# What needs no thread: of such servers there may be thousands.
AT_ONCE = {*NAMES, "address", "port", "v6only", "keepalive", "on_listener", "backlog", "defer", "rejects"}
selector = selectors.DefaultSelector()
# What is not kept is closed.
kept: list[socket.socket] = []


class Server:
    def __init__(self, kind: Description) -> None:
        self.kind = kind
        address = kind.get("address", "127.0.0.1")
        self.listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        if kind.get("v6only"):
            self.listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(socket.getaddrinfo(address, kind.get("port", 0), flags=socket.AI_NUMERICHOST)[0][4])
        if kind.get("on_listener"):
            set_keepalive(self.listener, kind)
        if kind.get("defer"):
            self.listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, kind["defer"])
        if kind.get("drops_syn"):
            drop_everything(self.listener)
        self.listener.listen(kind.get("backlog", 128))
        self.port = self.listener.getsockname()[1]
        kept.append(self.listener)
        if kind.get("full"):
            # The only place in its queue is taken, and stays so.
            kept.append(socket.create_connection(self.listener.getsockname()[:2]))
        elif kind.get("accepts_after"):
            threading.Thread(target=self.accept_late, daemon=True).start()
        elif kind.get("accepts", True):
            selector.register(self.listener, selectors.EVENT_READ, self)

    def accept(self) -> None:
        connection, peer = self.listener.accept()
        if peer[0] == self.kind.get("rejects"):
            connection.close()
            return
        if set(self.kind) <= AT_ONCE:
            self.attend_to(connection)
        else:
            threading.Thread(target=self.attend_to, args=(connection,), daemon=True).start()

    def accept_late(self) -> None:
        time.sleep(self.kind["accepts_after"])
        while True:
            self.accept()

    def attend_to(self, connection: socket.socket) -> None:
        kept.append(connection)
        with contextlib.suppress(OSError):
            self.behave(connection)

    def behave(self, connection: socket.socket) -> None:
        kind = self.kind
        time.sleep(kind.get("slow", 0))
        if not kind.get("on_listener") and not kind.get("late"):
            set_keepalive(connection, kind)
        if kind.get("certificate"):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(kind["certificate"])
            connection = context.wrap_socket(connection, server_side=True)
            kept.append(connection)
        if kind.get("greeting"):
            connection.sendall(kind["greeting"].encode())
        if kind.get("late"):
            time.sleep(kind["late"])
            set_keepalive(connection, kind)
        if kind.get("sets_more_after"):
            time.sleep(kind["sets_more_after"])
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, kind["probes"] + 1)
        if kind.get("after_login"):
            connection.recv(1000)
            if kind["after_login"] == "closes":
                connection.close()
                return
            connection.sendall(b"welcome\r\n")
        if kind.get("talks_every"):
            threading.Thread(target=talk, args=(connection, kind), daemon=True).start()
        while kind.get("floods"):
            connection.sendall(bytes(100_000))
        if kind.get("closes_after"):
            time.sleep(kind["closes_after"])
            connection.close()
        if kind.get("resets_after"):
            time.sleep(kind["resets_after"])
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.close()
        if kind.get("echo"):
            while data := connection.recv(1000):
                connection.sendall(data)


def drop_everything(listener: socket.socket) -> None:
    """As a firewall does: the kernel runs `return 0` on every segment that comes for this socket."""
    program = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))
    listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", 1, ctypes.addressof(program)))


def talk(connection: socket.socket, kind: Description) -> None:
    with contextlib.suppress(OSError):
        while True:
            time.sleep(kind["talks_every"])
            connection.sendall(kind.get("says", "still here\r\n").encode())


def set_keepalive(connection: socket.socket, kind: Description) -> None:
    for name, option in NAMES.items():
        if name in kind:
            value = kind[name] * MILLISECONDS if name == "user_timeout" else kind[name]
            connection.setsockopt(socket.IPPROTO_TCP, option, int(value))
    if kind.get("keepalive", "time" in kind):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)


def main() -> None:
    print(json.dumps([Server(kind).port for kind in json.loads(sys.argv[1])]), flush=True)
    selector.register(sys.stdin, selectors.EVENT_READ, None)
    while True:
        for key, _events in selector.select():
            if key.data is None:
                return
            key.data.accept()


if __name__ == "__main__":
    main()
