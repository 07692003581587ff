# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests for sock_diag in the form of netlink, and the attributes of an answer. Pure."""

import socket
import struct
import typing as t

# linux/sock_diag.h, linux/inet_diag.h, linux/netlink.h
SOCK_DIAG_BY_FAMILY = 20
REQUEST, DUMP = 1, 0x300
REQUEST_BYTECODE, REQUEST_STORAGES, REQUEST_PROTOCOL = 1, 2, 3
NESTED, KIND = 0x8000, 0x3FFF
IPPROTO_MPTCP = 262
NO_COOKIE = 0xFFFFFFFF
HEADER = struct.Struct("=IHHII")


def build(
    family: int,
    states: int,
    flags: int,
    port: int = 0,
    remote_port: int = 0,
    local: bytes = b"",
    remote: bytes = b"",
    interface: int = 0,
    bytecode: bytes = b"",
    protocol: int = socket.IPPROTO_TCP,
    extensions: int = 0,
    storages: bool = False,
) -> bytes:
    # A protocol beyond a byte goes into an attribute. A kernel that does not know the attribute then sees protocol 0,
    # which it does not have, and does not list plain TCP instead.
    body = struct.pack("=BBBBI", family, protocol if protocol < 256 else 0, extensions, 0, states)
    body += struct.pack(">HH16s16s", port, remote_port, local, remote)
    body += struct.pack("=III", interface, NO_COOKIE, NO_COOKIE)
    if protocol > 255:
        body += struct.pack("=HHI", 8, REQUEST_PROTOCOL, protocol)
    if storages:
        body += struct.pack("=HH", 4, REQUEST_STORAGES | NESTED)  # names none: all of them
    if bytecode:
        body += struct.pack("=HH", 4 + len(bytecode), REQUEST_BYTECODE) + bytecode
    return HEADER.pack(HEADER.size + len(body), SOCK_DIAG_BY_FAMILY, REQUEST | flags, 1, 0) + body


def attribute(attributes: bytes, wanted: int) -> t.Optional[bytes]:
    """The value of a netlink attribute."""
    return next((value for kind, value in split(attributes) if kind == wanted), None)


def split(attributes: bytes) -> t.Iterator[t.Tuple[int, bytes]]:
    """Kind and value of each netlink attribute."""
    start = 0
    while start + 4 <= len(attributes):
        length, kind = struct.unpack_from("=HH", attributes, start)
        yield kind & KIND, attributes[start + 4 : start + length]
        start += max(4, length + 3 & ~3)
