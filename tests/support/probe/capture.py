# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A reader of the wire that is not ours: every TCP segment on the loopback, through AF_PACKET, with the kernel's own time.

As a program it prints "ready" and then a line of JSON for each segment, until its input ends.
"""

from __future__ import annotations

import json
import select
import socket
import struct
import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

ETH_P_ALL = 3
OUTGOING = 4  # on the loopback each packet is seen twice
SO_TIMESTAMPNS = 35
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


class Segment(NamedTuple):
    at: float
    source: int
    destination: int
    flags: int
    payload: int
    sequence: int
    source_address: str = ""


def segments(lines: Iterable[bytes]) -> list[Segment]:
    return [Segment(*json.loads(line)) for line in lines]


def parsed(packet: bytes, at: float) -> Segment | None:
    version = packet[0] >> 4
    if version == 4:
        protocol, start, length = packet[9], (packet[0] & 15) * 4, struct.unpack_from("!H", packet, 2)[0]
    else:
        protocol, start, length = packet[6], 40, struct.unpack_from("!H", packet, 4)[0] + 40
    if protocol != socket.IPPROTO_TCP:
        return None
    source, destination, sequence = struct.unpack_from("!HHI", packet, start)
    header = (packet[start + 12] >> 4) * 4
    address = socket.inet_ntop(*((socket.AF_INET, packet[12:16]) if version == 4 else (socket.AF_INET6, packet[8:24])))
    return Segment(at, source, destination, packet[start + 13] & 31, length - start - header, sequence, address)


def capture() -> Iterator[Segment]:
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL)) as wire:
        wire.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        print("ready", flush=True)
        while sys.stdin not in (ready := select.select([wire, sys.stdin], [], [])[0]) or wire in ready:
            packet, control, _flags, place = wire.recvmsg(200, 200)
            if place[2] == OUTGOING:
                continue
            seconds, nanoseconds = struct.unpack("qq", control[0][2])
            segment = parsed(packet, seconds + nanoseconds / 1e9)
            if segment is not None:
                yield segment


if __name__ == "__main__":
    for captured in capture():
        print(json.dumps(captured), flush=True)
