# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network interfaces of the network namespace that this thread is in."""

import fcntl
import os
import socket
import struct
import typing as t

SIOCGIFADDR = 0x8915
# Tentative, or found to be a duplicate (linux/if_addr.h): nothing is sent from such an address.
NOT_YET = 0x40 | 0x08
IF_INET6 = "/proc/thread-self/net/if_inet6"


def name(index: int) -> str:
    try:
        return socket.if_indextoname(index)
    except OSError:
        return str(index)


def address(index: int, family: int) -> t.Optional[str]:
    """An address of an interface; ``None`` where it has none of this family."""
    return ipv4(index) if family == socket.AF_INET else ipv6(index)


def ipv4(index: int) -> t.Optional[str]:
    request = struct.pack("16s16x8x", os.fsencode(name(index)))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        try:
            answer = fcntl.ioctl(any_socket.fileno(), SIOCGIFADDR, request)
        except OSError:
            return None
    return socket.inet_ntoa(answer[20:24])


def ipv6(index: int) -> t.Optional[str]:
    """A global one rather than the link-local one."""
    try:
        with open(IF_INET6, errors="replace") as file:
            rows = [line.split() for line in file]
    except OSError:  # no IPv6
        return None
    # Address, interface, length, scope, flags, name.
    usable = [row for row in rows if int(row[1], 16) == index and not int(row[4], 16) & NOT_YET]
    chosen = min(usable, key=lambda row: int(row[3], 16), default=None)
    return socket.inet_ntop(socket.AF_INET6, bytes.fromhex(chosen[0])) if chosen else None


def bind(connection: socket.socket, index: int) -> None:
    """Send what this socket sends through that interface."""
    try:
        connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_BINDTODEVICE, os.fsencode(socket.if_indextoname(index)) + b"\0"
        )
    except OSError:
        pass  # it takes a right before Linux 5.7, and most interfaces are reached without
