# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kernel tells about a connection of our own (TCP_INFO), as far as the probe needs it."""

import socket
import struct
import typing as t

# struct tcp_info of linux/tcp.h: eight bytes, 24 words of 32 bits, four of 64 bits, six words, six of 64 bits, words. An
# older kernel gives less of it.
LAYOUT = struct.Struct("8B24I4Q6I4Q2I2Q4I")
UP_TO_SEGMENTS_IN = 144
ESTABLISHED, CLOSED = 1, 7


class TcpInfo(t.NamedTuple):
    """Counts, and how many seconds ago something happened."""

    state: int
    unacknowledged: int
    data_sent: float
    data_received: float
    segments_in: t.Optional[int]
    """``None`` where the kernel does not count them (before 4.2, gVisor)."""
    out_of_order: int = 0
    """Segments that wait behind one that never came (always 0 before 5.4)."""


def read(connection: socket.socket) -> TcpInfo:
    """Raises ``OSError``."""
    raw = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, LAYOUT.size)
    fields = LAYOUT.unpack(raw.ljust(LAYOUT.size, b"\0"))
    return TcpInfo(
        state=fields[0],
        unacknowledged=fields[12],
        data_sent=fields[17] / 1000.0,
        data_received=fields[19] / 1000.0,
        segments_in=fields[37] if len(raw) >= UP_TO_SEGMENTS_IN else None,
        out_of_order=fields[52],
    )
