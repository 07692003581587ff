# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters, run by the kernel on segments that are made here: what a datagram socket of our own then receives."""

from __future__ import annotations

import socket
import struct

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import bpf

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
OPTIONS = bytes(12)  # timestamps, as most segments carry them

# flags, payload, passes the silence, passes to one who acknowledges no data
CASES: list[tuple[int, bytes, bool, bool]] = [
    (ACK, b"", False, True),
    (ACK, b"\0", False, True),
    (ACK | PSH, b"!", True, False),
    (ACK, b"ab", True, False),
    (ACK | PSH, b"ab", True, False),
    (ACK, bytes(1400), True, False),
    (FIN | ACK, b"", True, True),
    (FIN | ACK | PSH, b"bye", True, False),
    (RST, b"", True, True),
    (RST | ACK, b"", True, True),
    (SYN | ACK, b"", True, True),
]


def segment(flags: int, payload: bytes, options: bytes) -> bytes:
    length = (20 + len(options)) // 4
    return struct.pack("!HHIIBBHHH", 80, 40000, 1, 1, length << 4, flags, 1000, 0, 0) + options + payload


def passes(program: tuple[bpf.Instruction, ...], data: bytes) -> bool:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, theirs:
        ours.setblocking(False)
        bpf.attach(ours, program)
        theirs.send(data)
        try:
            return ours.recv(2000) == data
        except BlockingIOError:
            return False


@pytest.mark.parametrize("options", [b"", OPTIONS, bytes(40)], ids=len)
@pytest.mark.parametrize(("flags", "payload", "silent", "_deaf"), CASES)
def test_what_passes_the_silence(flags: int, payload: bytes, silent: bool, _deaf: bool, options: bytes) -> None:
    assert passes(bpf.PROBES, segment(flags, payload, options)) is silent


@pytest.mark.parametrize("options", [b"", OPTIONS, bytes(40)], ids=len)
@pytest.mark.parametrize(("flags", "payload", "_silent", "deaf"), CASES)
def test_what_passes_to_one_who_acknowledges_no_data(
    flags: int, payload: bytes, _silent: bool, deaf: bool, options: bytes
) -> None:
    assert passes(bpf.DATA, segment(flags, payload, options)) is deaf


def test_detached() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, theirs:
        bpf.attach(ours, bpf.PROBES)
        bpf.detach(ours)
        theirs.send(segment(ACK, b"", OPTIONS))
        assert ours.recv(2000)


@pytest.mark.parametrize(("number", "says"), [(1, "CAP_NET_ADMIN"), (22, "Invalid argument")])
def test_refused(number: int, says: str) -> None:
    assert says in bpf.refused(OSError(number, "Invalid argument"))
