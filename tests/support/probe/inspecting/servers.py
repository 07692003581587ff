# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers of many kinds, each a process of its own. Their descriptions come as JSON in the first argument; where each
listens goes out as JSON. All end when the input does.

Standard library only, and nothing of the collection: what is probed here is a real application.
"""

from __future__ import annotations

import ctypes
import json
import os
import pathlib
import resource
import signal
import socket
import ssl
import struct
import sys
import threading
import time
from typing import Any

Description = dict[str, Any]
OPTIONS = {
    "time": socket.TCP_KEEPIDLE,
    "interval": socket.TCP_KEEPINTVL,
    "probes": socket.TCP_KEEPCNT,
    "user_timeout": socket.TCP_USER_TIMEOUT,  # milliseconds
}
RESET_ON_CLOSE = b"\1\0\0\0\0\0\0\0"
IPPROTO_MPTCP = 262
SO_ATTACH_FILTER, SO_ATTACH_REUSEPORT_CBPF = 26, 51
PR_SET_NAME, CLONE_NEWNET = 15, 0x40000000
kept: list[Any] = []


def listener_of(kind: Description) -> socket.socket:
    address = kind.get("address", "127.0.0.1")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    own = socket.socket(family, socket.SOCK_STREAM, IPPROTO_MPTCP if kind.get("mptcp") else 0)
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if "v6only" in kind:
        own.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, kind["v6only"])
    if kind.get("reuseport"):
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if kind.get("interface"):
        own.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, kind["interface"].encode() + b"\0")
    port = kind.get("port") or port_of_its_own()
    own.bind(socket.getaddrinfo(address, port, flags=socket.AI_NUMERICHOST)[0][4])
    set_options(own, kind.get("listener", {}))
    if kind.get("defer"):
        own.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, kind["defer"])
    if kind.get("drops_syn"):
        attach(own, SO_ATTACH_FILTER)
    if kind.get("first_worker_only"):
        attach(own, SO_ATTACH_REUSEPORT_CBPF)
    own.listen(kind.get("backlog", 128))
    return own


def port_of_its_own() -> int:
    """A port that is free on all addresses: tests find a listener by its port alone."""
    with socket.socket(socket.AF_INET6) as wild:
        wild.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        wild.bind(("::", 0))
        port: int = wild.getsockname()[1]
        return port


def set_options(own: socket.socket, options: Description) -> None:
    for name, option in OPTIONS.items():
        if name in options:
            own.setsockopt(socket.IPPROTO_TCP, option, options[name])
    if options.get("keepalive", bool(options)):
        own.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)


def attach(own: socket.socket, option: int) -> None:
    """A filter of one instruction, "return 0": no byte of a segment is let through, as a firewall does; or, for the
    choice among several listeners of one port, the first of them."""
    program = ctypes.create_string_buffer(b"\6\0\0\0\0\0\0\0")
    own.setsockopt(socket.SOL_SOCKET, option, struct.pack("HxxxxxxQ", 1, ctypes.addressof(program)))


def serve(own: socket.socket, kind: Description) -> None:
    if kind.get("full"):
        kept.append(socket.create_connection(own.getsockname()[:2]))
    if kind.get("full") or not kind.get("accepts", True):
        time.sleep(3600)
    while True:
        time.sleep(kind.get("slow", 0))
        connection, peer = own.accept()
        if peer[0] == kind.get("rejects"):
            connection.close()
            continue
        if kind.get("starts"):
            pathlib.Path(kind["starts"]).touch()
        if kind.get("fork"):
            hand_to_child(connection, kind)
        elif kind.get("late") or kind.get("restless"):
            kept.append(threading.Thread(target=behave, args=(connection, kind), daemon=True))
            kept[-1].start()
        else:
            behave(connection, kind)


def hand_to_child(connection: socket.socket, kind: Description) -> None:
    """As sshd does: the child sets the options after a while, when the parent has closed its copy."""
    if os.fork() == 0:
        if kind.get("user"):
            os.setresuid(kind["user"], kind["user"], kind["user"])
        time.sleep(0.1)
        behave(connection, kind)
        time.sleep(3600)
    time.sleep(kind.get("keeps", 0))
    connection.close()


def behave(connection: socket.socket, kind: Description) -> None:
    if kind.get("greeting"):
        connection.sendall(kind["greeting"].encode())
    if kind.get("certificate"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(kind["certificate"])
        connection = context.wrap_socket(connection, server_side=True)
    time.sleep(kind.get("late", 0))
    set_options(connection, kind.get("accepted", {}))
    for number in range(kind.get("restless", 0)):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 100 + number)
        time.sleep(0.05)
    if kind.get("resets"):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    if kind.get("resets") or kind.get("closes"):
        connection.close()
    else:
        kept.append(connection)


def start(kind: Description) -> tuple[int, int, int]:
    """Port, process and descriptor of a new server; of several workers, the first one's process."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        run(kind, writer)
    os.close(writer)
    with open(reader) as answer:
        port, descriptor = (int(word) for word in answer.readline().split())
    return port, pid, descriptor


def run(kind: Description, writer: int) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    if kind.get("files"):
        resource.setrlimit(resource.RLIMIT_NOFILE, (kind["files"], kind["files"]))
    kept.extend(os.dup(0) for _ in range(kind.get("descriptors", 0)))
    if kind.get("own_network"):
        assert ctypes.CDLL(None).unshare(CLONE_NEWNET) == 0
    if kind.get("name"):
        ctypes.CDLL(None).prctl(PR_SET_NAME, kind["name"].encode(), 0, 0, 0)
    own = listener_of(kind)
    for _ in range(kind.get("workers", 1) - 1):
        if os.fork() == 0:
            break
    else:
        os.write(writer, b"%d %d\n" % (own.getsockname()[1], own.fileno()))
    os.close(writer)
    serve(own, kind)


def main() -> None:
    started = [start(kind) for kind in json.loads(sys.argv[1])]
    print(json.dumps(started), flush=True)
    sys.stdin.read()
    for _port, pid, _descriptor in started:
        os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
