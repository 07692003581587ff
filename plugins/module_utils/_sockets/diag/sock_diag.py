# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel's table of TCP sockets, over netlink (sock_diag): filtered in the kernel, or one socket by its addresses.

Needs no privilege. It shows the sockets of one network namespace: the one that this thread is in when the ``Diag`` is made.
"""

import errno
import functools
import os
import socket
import struct
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import request as diag_request

# linux/sock_diag.h, linux/inet_diag.h, linux/netlink.h
NETLINK_SOCK_DIAG = 4
MESSAGE_ERROR, MESSAGE_DONE = 2, 3
ATTRIBUTE_SKV6ONLY = 11
ATTRIBUTES = 64  # bytes that are kept of each socket's attributes: only the first ones are read
MPTCP = "/proc/sys/net/mptcp"
# Asked for more, the kernel also tells the protocol on top of TCP.
EXTENSION_INFO, ULP_MPTCP = 1 << 1, b"mptcp\0"

ESTABLISHED, SYN_RECV, CLOSE_WAIT, LISTEN = 1, 3, 8, 10
TIMER_RETRANSMIT, TIMER_KEEPALIVE, TIMER_ZERO_WINDOW = 1, 2, 4

WORD = struct.Struct("=I")
# struct inet_diag_msg: family, state, timer, retransmissions; ports; addresses; interface, cookie; expires, queues, uid, inode
MESSAGE = "=16xBBBBHH16s16sIIIIIIII"
MESSAGE_SIZE = struct.calcsize(MESSAGE)
# Where a value stands in a message, for whole columns of them: its format, and its position counted in values of that format.
TIMER, PORT = ("B", 18), ("H", 10)
LOCAL = tuple(("I", 6 + word) for word in range(4))

Cell = t.Tuple[str, int]
Column = t.List[int]
End = t.Tuple[bytes, int]


class Socket(t.NamedTuple):
    """One socket as the kernel lists it: the fields of a message, in their order. Properties give them in Python's form."""

    family: int
    state: int
    timer: int
    unanswered: int
    raw_port: int
    raw_remote_port: int
    local: bytes
    remote: bytes
    interface: int
    cookie_low: int
    cookie_high: int
    expires: int
    """Milliseconds until the timer runs."""
    queued: int
    """Of a listener: connections that wait to be accepted."""
    backlog: int
    """Of a listener: how many may wait."""
    uid: int
    inode: int
    """0 while no application has accepted it."""
    attributes: bytes = b""

    @property
    def port(self) -> int:
        return socket.ntohs(self.raw_port)

    @property
    def cookie(self) -> int:
        return self.cookie_high << 32 | self.cookie_low

    @property
    def address(self) -> str:
        return address(self.family, self.local)

    @property
    def v6only(self) -> bool:
        return self.family == socket.AF_INET6 and diag_request.attribute(self.attributes, ATTRIBUTE_SKV6ONLY) == b"\x01"


@functools.lru_cache(maxsize=256)
def address(family: int, packed: bytes) -> str:
    return socket.inet_ntop(family, packed if family == socket.AF_INET6 else packed[:4])


def end(family: int, name: t.Tuple[t.Any, ...]) -> End:
    """One end of a connection, as ``lookup`` takes it, from what ``getsockname()`` tells."""
    return socket.inet_pton(family, str(name[0]).partition("%")[0]), int(name[1])


class Diag:
    """A netlink socket; close it, or use it in ``with``. Every method raises ``HostUnreadable`` where the kernel refuses."""

    def __init__(self) -> None:
        self._socket = connected()
        self._buffer = bytearray(65536)  # the kernel sends at most 32 KiB at once
        self._view = memoryview(self._buffer)
        self._unread = False
        """Whether the end of an answer has not come yet."""

    def __enter__(self) -> "Diag":  # noqa: PYI034 - Self came with Python 3.11
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        self._view.release()
        self._socket.close()

    def listeners(self, family: int) -> t.List[t.Tuple[Socket, bool]]:
        """All of one family, and whether each is an MPTCP one. The kernel does not walk the connections for this.

        An MPTCP listener is listed as plain TCP too: the kernel's own socket below it, which has the same inode and cannot be read.
        """
        plain, has_multipath = self._listening(family, extensions=EXTENSION_INFO if os.path.exists(MPTCP) else 0)
        if not has_multipath:
            return [(seen, False) for seen in plain]
        try:
            multipath, _itself = self._listening(family, diag_request.IPPROTO_MPTCP)
        except _errors.HostUnreadable:  # a kernel with MPTCP that does not list it
            multipath = []
        inodes = {seen.inode for seen in multipath}
        return [(seen, False) for seen in plain if seen.inode not in inodes] + [(seen, True) for seen in multipath]

    def _listening(
        self, family: int, protocol: int = socket.IPPROTO_TCP, extensions: int = 0
    ) -> t.Tuple[t.List[Socket], bool]:
        """The listeners, and whether one of them carries MPTCP."""
        found: t.List[Socket] = []
        has_multipath = False
        for size, table in self._tables(
            diag_request.build(family, 1 << LISTEN, diag_request.DUMP, protocol=protocol, extensions=extensions)
        ):
            found += sockets(table, size)
            has_multipath = has_multipath or ULP_MPTCP in table.tobytes()
        return found, has_multipath

    def columns(
        self, family: int, cells: t.Sequence[Cell], bytecode: bytes = b"", states: int = 1 << ESTABLISHED
    ) -> t.List[Column]:
        """Columns of all matching sockets, in their raw form: no Python code runs for the single socket."""
        columns: t.List[Column] = [[] for _cell in cells]
        for size, table in self._tables(diag_request.build(family, states, diag_request.DUMP, bytecode=bytecode)):
            for column, (form, position) in zip(columns, cells):
                values = table.cast(form)  # type: ignore[call-overload]
                column += values[position :: size // struct.calcsize(form)].tolist()
        return columns

    def messages(self, request: bytes) -> t.Iterator[memoryview]:
        """The messages of an answer one by one, with all their attributes."""
        for size, table in self._tables(request):
            for start in range(0, len(table), size):
                yield table[start : start + size]

    def lookup(self, family: int, local: End, remote: End, interface: int = 0) -> t.Optional[Socket]:
        """The one socket with these ends, found without a search; ``None`` where there is none."""
        self._send(diag_request.build(family, 0xFFF, 0, local[1], remote[1], local[0], remote[0], interface))
        received = attempted(self._socket.recv_into, self._buffer)
        if diag_request.HEADER.unpack_from(self._buffer)[1] == MESSAGE_ERROR:
            code = -struct.unpack_from("=i", self._buffer, diag_request.HEADER.size)[0]
            if code == errno.ENOENT:
                return None
            raise refused(code)
        return next(iter(sockets(self._view[:received], received)))

    def _send(self, message: bytes) -> None:
        for _rest in self._answer():  # of a request whose answer was not read to its end
            pass
        attempted(self._socket.send, message)

    def _tables(self, message: bytes) -> t.Iterator[t.Tuple[int, memoryview]]:
        """The answer's parts, each with messages of one length, and that length. Nearly always one part is one buffer."""
        self._send(message)
        self._unread = True
        return self._answer()

    def _answer(self) -> t.Iterator[t.Tuple[int, memoryview]]:
        while self._unread:
            try:
                received = attempted(self._socket.recv_into, self._buffer)
            except _errors.HostUnreadable:
                # Its end may have been lost, and the next request would wait for it.
                self._unread = False
                self._socket.close()
                self._socket = connected()
                raise
            start = 0
            while start < received:
                length, kind = diag_request.HEADER.unpack_from(self._buffer, start)[:2]
                if kind in (MESSAGE_DONE, MESSAGE_ERROR):
                    self._unread = False
                    code = struct.unpack_from("=i", self._buffer, start + diag_request.HEADER.size)[0]
                    if code < 0:
                        raise refused(-code)
                    return
                size = length + 3 & ~3
                end = received if one_length(self._view[start:received], length, size) else start + size
                yield size, self._view[start:end]
                start = end


def connected() -> socket.socket:
    """Raises ``HostUnreadable``."""
    kind = socket.SOCK_RAW | socket.SOCK_CLOEXEC
    own: socket.socket = attempted(socket.socket, socket.AF_NETLINK, kind, NETLINK_SOCK_DIAG)
    attempted(own.connect, (0, 0))
    return own


def one_length(messages: memoryview, length: int, size: int) -> bool:
    """Whether the messages are a table: every place where one would start holds the same length."""
    if len(messages) % size:
        return False
    lengths = messages.cast("I")[:: size >> 2].tolist()
    return lengths.count(length) == len(lengths)


def sockets(table: memoryview, size: int) -> t.Iterator[Socket]:
    """Without Python code for the single socket: there may be many thousands."""
    kept = min(size - MESSAGE_SIZE, ATTRIBUTES)
    rows = struct.Struct("{0}{1}s{2}x".format(MESSAGE, kept, size - MESSAGE_SIZE - kept)).iter_unpack(table)
    return map(functools.partial(tuple.__new__, Socket), rows)


def attempted(call: t.Callable[..., t.Any], *arguments: t.Any) -> t.Any:
    """Raises ``HostUnreadable`` where the kernel refuses the call."""
    try:
        return call(*arguments)
    except OSError as error:
        raise refused(error.errno) from error


def refused(code: t.Optional[int]) -> _errors.HostUnreadable:
    if code in (errno.EMFILE, errno.ENFILE):
        return _errors.HostUnreadable(
            "No descriptor is free to list the sockets with: raise the limit of open files (ulimit -n)."
        )
    return _errors.HostUnreadable(
        "This kernel does not list its TCP sockets (netlink sock_diag): {0}.".format(
            errno.errorcode.get(code or 0, str(code))
        )
    )
