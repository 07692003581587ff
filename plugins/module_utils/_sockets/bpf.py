# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A filter on a connection of our own, so that its other side finds its peer dead. No other connection is touched.

The filter is classic BPF. The kernel runs it on each segment for this socket before TCP sees it; the data starts at the TCP
header, for IPv4 and IPv6 alike.
"""

import ctypes
import errno
import socket
import struct
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _text

# Linux' numbers (asm-generic/socket.h): Python has no names for them.
SO_ATTACH_FILTER, SO_DETACH_FILTER, SO_MEMINFO = 26, 27, 55
MEMINFO = struct.Struct("9I")  # the last is the count of segments that were dropped

Instruction = t.Tuple[int, int, int, int]
# Codes of linux/bpf_common.h, named for what they do here.
LOAD_BYTE, LOAD_LENGTH, TO_INDEX, SHIFT_RIGHT, AND, SUBTRACT_INDEX = 0x30, 0x80, 0x07, 0x74, 0x54, 0x1C
IF_ANY_BIT, IF_EQUAL, RETURN = 0x45, 0x15, 0x06
PASS, DROP = 0xFFFFFFFF, 0
NOT_ALLOWED = (errno.EPERM, errno.EACCES)
FIN, SYN, RST, PSH = 1, 2, 4, 8

# A := the length of the payload.
PAYLOAD: t.Tuple[Instruction, ...] = (
    (LOAD_BYTE, 0, 0, 12),
    (SHIFT_RIGHT, 0, 0, 2),
    (AND, 0, 0, 0x3C),  # length of the TCP header
    (TO_INDEX, 0, 0, 0),
    (LOAD_LENGTH, 0, 0, 0),
    (SUBTRACT_INDEX, 0, 0, 0),
)
# Keepalive probes are dropped: no FIN, SYN or RST, and no payload or one byte of old data (RFC 1122 allows both). A byte
# that the application wrote is pushed, and passes like all data.
PROBES: t.Tuple[Instruction, ...] = (
    (LOAD_BYTE, 0, 0, 13),
    (IF_ANY_BIT, 10, 0, FIN | SYN | RST),
    *PAYLOAD,
    (IF_EQUAL, 4, 0, 0),
    (IF_EQUAL, 0, 2, 1),
    (LOAD_BYTE, 0, 0, 13),
    (IF_ANY_BIT, 0, 1, PSH),
    (RETURN, 0, 0, PASS),
    (RETURN, 0, 0, DROP),
)
# Data is dropped, so that it is never acknowledged. Segments without data pass, for they acknowledge what we sent. So do
# probes with a byte of old data.
DATA: t.Tuple[Instruction, ...] = (
    (LOAD_BYTE, 0, 0, 13),
    (IF_ANY_BIT, 10, 0, SYN | RST),
    *PAYLOAD,
    (IF_EQUAL, 3, 0, 0),
    (IF_EQUAL, 0, 3, 1),
    (LOAD_BYTE, 0, 0, 13),
    (IF_ANY_BIT, 1, 0, PSH),
    (RETURN, 0, 0, PASS),
    (RETURN, 0, 0, DROP),
)


def attach(connection: socket.socket, program: t.Sequence[Instruction]) -> None:
    """Let ``program`` decide which segments the connection gets from now on. Raises ``OSError``."""
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *instruction) for instruction in program))
    # struct sock_fprog: a length, padding, a pointer.
    filter_program = struct.pack("HP", len(program), ctypes.addressof(code))
    connection.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, filter_program)


def detach(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, struct.pack("i", 0))


def dropped(connection: socket.socket) -> int:
    """How many segments the filter has dropped so far."""
    return int(MEMINFO.unpack(connection.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, MEMINFO.size))[-1])


def trial() -> t.Optional[str]:
    """Why no filter can be attached here; ``None`` where it can. Tried on a socket that goes nowhere."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as unused:
            attach(unused, PROBES)
            dropped(unused)
    except OSError as error:
        return refused(error)
    return None


def refused(error: OSError) -> str:
    """Why a filter could not be attached: part of a sentence."""
    if error.errno in NOT_ALLOWED:
        return (
            "the prober cannot simulate a dead peer: the filter on its socket needs CAP_NET_ADMIN in its network namespace; "
            "use become: true"
        )
    return "the prober cannot simulate a dead peer: the filter on its socket was refused ({0})".format(_text.why(error))
