# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connect to a port of this host, then read the accepted socket's options and timer without the collection.

python3 - ADDRESS PORT [DATA] < independent_reader.py: prints JSON. `options` are null if no process has accepted the connection;
`timer` is what `ss` shows of it.
"""

import contextlib
import ctypes
import json
import os
import re
import socket
import subprocess
import sys
import time

PIDFD_OPEN, PIDFD_GETFD = 434, 438  # the same numbers on all architectures
SECONDS = 30


def inode_of(port: int, client_port: int) -> "str | None":
    """The inode of the socket of this host with these ports."""
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with open(table, encoding="ascii") as lines:
            for line in lines:
                fields = line.split()
                ends = [end.rpartition(":")[2] for end in fields[1:3]]
                if ends == ["{0:04X}".format(port), "{0:04X}".format(client_port)] and fields[9] != "0":
                    return fields[9]
    return None


def holder_of(inode: str) -> "tuple[int, int] | None":
    for pid in filter(str.isdigit, os.listdir("/proc")):
        folder = "/proc/{0}/fd".format(pid)
        with contextlib.suppress(OSError):
            for descriptor in os.listdir(folder):
                with contextlib.suppress(OSError):
                    if os.readlink("{0}/{1}".format(folder, descriptor)) == "socket:[{0}]".format(inode):
                        return int(pid), int(descriptor)
    return None


def duplicate(pid: int, descriptor: int) -> socket.socket:
    libc = ctypes.CDLL(None, use_errno=True)
    process = libc.syscall(PIDFD_OPEN, pid, 0)
    copy = libc.syscall(PIDFD_GETFD, process, descriptor, 0)
    if copy < 0:
        raise OSError(ctypes.get_errno(), "pidfd_getfd")
    os.close(process)
    return socket.socket(fileno=copy)


def options_of(accepted: socket.socket) -> "dict[str, int]":
    return {
        "keepalive": accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE),
        "time": accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE),
        "interval": accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL),
        "probes": accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT),
    }


def timer_of(port: int, client_port: int) -> "str | None":
    command = ["ss", "-Htno", "state", "established", "( sport = :{0} and dport = :{1} )".format(port, client_port)]
    found = re.search(r"timer:\(([^)]*)\)", subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode())
    return found.group(1) if found else None


def read(address: str, port: int, data: bytes) -> "dict[str, object]":
    with socket.create_connection((address, port)) as client:
        client.sendall(data)
        client_port = client.getsockname()[1]
        deadline = time.monotonic() + SECONDS
        holder = None
        while holder is None and time.monotonic() < deadline:
            time.sleep(0.5)  # the application sets its options after it has accepted
            inode = inode_of(port, client_port)
            holder = holder_of(inode) if inode else None
        if holder is None:
            return {"options": None, "timer": None}
        with duplicate(*holder) as accepted:
            return {"options": options_of(accepted), "timer": timer_of(port, client_port)}


if __name__ == "__main__":
    print(json.dumps(read(sys.argv[1], int(sys.argv[2]), "".join(sys.argv[3:]).encode())))
