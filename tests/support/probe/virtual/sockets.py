# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A socket of the prober on a virtual machine: what the kernel would tell of it, in the kernel's own structures."""

from __future__ import annotations

import ctypes
import errno
import itertools
import socket
import struct
from typing import TYPE_CHECKING, Any

from ansible_collections.netops.keepalive.plugins.module_utils._sockets import bpf, tcp_info

if TYPE_CHECKING:
    from tests.support.probe.virtual.application import Connection
    from tests.support.probe.virtual.network import VirtualNetwork

ESTABLISHED, SYN_SENT, CLOSED, CLOSE_WAIT = 1, 2, 7, 8
INSTRUCTION = struct.Struct("HBBI")
_descriptors = itertools.count(100)


class VirtualSocket:
    def __init__(self, network: VirtualNetwork, family: int) -> None:
        self.network = network
        self.family = family
        self.descriptor = next(_descriptors)
        self.state = CLOSED
        self.error = 0
        self.peer: Connection | None = None
        self.program: list[tuple[int, int, int, int]] | None = None
        self.dropped = self.segments_in = self.out_of_order = 0
        self.received: list[bytes] = []
        self.last_data_sent = self.last_data_received = network.time
        self.options: dict[tuple[int, int], Any] = {}
        self.source: tuple[Any, ...] = ("0.0.0.0", 0)
        self.sent = b""

    # What the prober calls.

    def fileno(self) -> int:
        return self.descriptor

    def bind(self, address: tuple[Any, ...]) -> None:
        if not address[0].startswith("127."):
            raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")
        self.source = address

    def connect_ex(self, address: tuple[Any, ...]) -> int:
        if self.state == SYN_SENT:
            return errno.EALREADY
        self.address = address
        self.state = SYN_SENT
        application = self.network.applications.get(address[:2])
        if application is None:
            self.network.later(0.001, lambda: self.fail(errno.ECONNREFUSED))
        else:
            application.called(self)
        return errno.EINPROGRESS

    def getsockname(self) -> tuple[Any, ...]:
        return (self.source[0], 40000 + self.descriptor)

    def getpeername(self) -> tuple[Any, ...]:
        if self.state not in (ESTABLISHED, CLOSE_WAIT):
            raise OSError(errno.ENOTCONN, "not connected")
        return self.address

    def setsockopt(self, level: int, option: int, value: Any) -> None:
        if (level, option) == (socket.SOL_SOCKET, bpf.SO_ATTACH_FILTER):
            if not self.network.may_filter:
                raise OSError(errno.EPERM, "Operation not permitted")
            length, pointer = struct.unpack("HP", value)
            self.program = list(INSTRUCTION.iter_unpack(ctypes.string_at(pointer, length * INSTRUCTION.size)))
        elif (level, option) == (socket.SOL_SOCKET, bpf.SO_DETACH_FILTER):
            self.program = None
        self.options[level, option] = value
        switched_on = (level, option) == (socket.SOL_SOCKET, socket.SO_KEEPALIVE) and value
        if switched_on and self.peer is not None:
            self.peer.asked_from_now_on(self.options[socket.IPPROTO_TCP, socket.TCP_KEEPCNT])

    def getsockopt(self, level: int, option: int, size: int = 0) -> Any:
        if option == socket.SO_ERROR and level == socket.SOL_SOCKET:
            error, self.error = self.error, 0
            return error
        if option == bpf.SO_MEMINFO and level == socket.SOL_SOCKET:
            return bpf.MEMINFO.pack(*[0] * 8, self.dropped)
        assert (level, option) == (socket.IPPROTO_TCP, socket.TCP_INFO)
        fields = [0] * 53
        fields[0] = self.state
        fields[17] = round((self.network.time - self.last_data_sent) * 1000)
        fields[19] = round((self.network.time - self.last_data_received) * 1000)
        fields[37] = self.segments_in
        fields[52] = self.out_of_order
        return tcp_info.LAYOUT.pack(*fields, *[0] * (len(tcp_info.LAYOUT.unpack(bytes(tcp_info.LAYOUT.size))) - 53))

    def recv(self, size: int, flags: int = 0) -> bytes:
        if self.received:
            return self.received[0] if flags else self.received.pop(0)
        if self.error:
            error, self.error = self.error, 0
            raise OSError(error, "reset")
        if self.state == CLOSE_WAIT:
            return b""
        raise BlockingIOError

    def send(self, data: bytes) -> int:
        if self.state != ESTABLISHED:
            raise OSError(errno.EPIPE, "Broken pipe")
        assert self.peer is not None
        self.sent += data
        self.last_data_sent = self.network.time
        self.peer.hears(data)
        return len(data)

    def close(self) -> None:
        self.descriptor = -1
        if self.peer is not None:
            self.peer.prober_closed()

    # What the network does.

    def is_readable(self) -> bool:
        return bool(self.received or self.error or self.state in (CLOSED, CLOSE_WAIT))

    def is_writable(self) -> bool:
        return self.state != SYN_SENT

    def fail(self, error: int) -> None:
        self.error, self.state = error, CLOSED

    def passes(self, flags: int, payload: bytes) -> bool:
        """Whether the filter lets this segment through: its program is run as the kernel would."""
        if self.program is None:
            return True
        segment = struct.pack("!HHIIBBHHH", 80, 40000, 1, 1, 5 << 4, flags, 1000, 0, 0) + payload
        return run(self.program, segment) != bpf.DROP

    def arrives(self, flags: int, payload: bytes = b"", *, known: bool = False) -> bool:
        """A segment from the other side; `known` says that TCP has its data already. Whether it was let in."""
        if self.descriptor < 0 or self.state not in (ESTABLISHED, CLOSE_WAIT):
            return True
        if not self.passes(flags, payload):
            self.dropped += 1
            return False
        self.segments_in += 1
        if flags & bpf.RST:
            self.fail(errno.ECONNRESET)
        elif flags & bpf.FIN:
            self.state = CLOSE_WAIT
        elif known:
            self.dropped += 1
        elif payload:
            self.received.append(payload)
            self.last_data_received = self.network.time
        return True


def run(program: list[tuple[int, int, int, int]], segment: bytes) -> int:
    """Classic BPF, as far as the filters use it."""
    place = accumulator = index = 0
    while True:
        code, if_true, if_false, constant = program[place]
        place += 1
        if code == bpf.LOAD_BYTE:
            accumulator = segment[constant]
        elif code == bpf.LOAD_LENGTH:
            accumulator = len(segment)
        elif code == bpf.TO_INDEX:
            index = accumulator
        elif code == bpf.SHIFT_RIGHT:
            accumulator >>= constant
        elif code == bpf.AND:
            accumulator &= constant
        elif code == bpf.SUBTRACT_INDEX:
            accumulator -= index
        elif code == bpf.IF_ANY_BIT:
            place += if_true if accumulator & constant else if_false
        elif code == bpf.IF_EQUAL:
            place += if_true if accumulator == constant else if_false
        else:
            assert code == bpf.RETURN
            return constant
