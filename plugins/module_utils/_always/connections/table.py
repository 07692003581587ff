# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connections of this host that are open, as the kernel lists them: with the cgroup, the mark and the idle time of each."""

import socket
import struct
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import netns, tcp_info, types
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import mark_layout, marks, sock_diag
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import request as diag_request

ATTRIBUTE_INFO, ATTRIBUTE_CGROUP, MAP_ID = 2, 21, 2
LAST_DATA_RECEIVED, LAST_ACK_RECEIVED = 19, 20  # fields of tcp_info.LAYOUT, in milliseconds
UP_TO_LAST_ACK = struct.Struct("8B{0}I".format(LAST_ACK_RECEIVED - 7))
MAPPED = b"\0" * 10 + b"\xff\xff"
FAMILIES = (socket.AF_INET, socket.AF_INET6)
LISTENING = 1 << sock_diag.LISTEN
STATES = 1 << sock_diag.ESTABLISHED | 1 << sock_diag.CLOSE_WAIT


class Open(t.NamedTuple):
    """``cgroup`` is an inode (``None`` before Linux 5.9), ``path`` leads to the network namespace, ``marked_in`` is the id of a map.

    The addresses are those of IPv6, mapped ones too. ``timer`` is the kernel's: keepalive that is on has one, unless data is in flight.
    ``holder`` is a process that has it open, once that was looked for.
    """

    cookie: int
    cgroup: t.Optional[int]
    timer: int
    idle: float
    local: bytes
    port: int
    remote: bytes
    remote_port: int
    is_incoming: bool = False
    marked_in: t.Optional[int] = None
    path: t.Optional[str] = None
    inode: int = 0
    mark: t.Optional[marks.Mark] = None
    holder: t.Optional[types.Holder] = None


def read(containers: bool, marked: bool = False, states: int = STATES) -> t.List[Open]:
    """``marked``: with the marks, which takes ``CAP_BPF``. In this network namespace, or in the others too."""
    found: t.List[Open] = []
    for path in [None] + (list(netns.others().paths) if containers else []):
        try:
            with netns.inside(path), sock_diag.Diag() as diag:
                listening = {seen.port for family in FAMILIES for seen, _multipath in diag.listeners(family)}
                for family in FAMILIES:
                    found += of_family(diag, family, listening, marked, path, states)
        except _errors.HostUnreadable:  # a namespace that has gone, a kernel without sock_diag
            continue
    return found


def of_family(
    diag: sock_diag.Diag, family: int, listening: t.Container[int], marked: bool, path: t.Optional[str], states: int
) -> t.Iterator[Open]:
    request = diag_request.build(
        family, states, diag_request.DUMP, extensions=sock_diag.EXTENSION_INFO, storages=marked
    )
    for message in diag.messages(request):
        (seen,) = sock_diag.sockets(message[: sock_diag.MESSAGE_SIZE], sock_diag.MESSAGE_SIZE)
        attributes = bytes(message[sock_diag.MESSAGE_SIZE :])
        info = diag_request.attribute(attributes, ATTRIBUTE_INFO) or b""
        cgroup = diag_request.attribute(attributes, ATTRIBUTE_CGROUP)
        fields = UP_TO_LAST_ACK.unpack_from(info.ljust(tcp_info.LAYOUT.size, b"\0"))
        local, remote = (one if family == socket.AF_INET6 else MAPPED + one[:4] for one in (seen.local, seen.remote))
        yield Open(
            seen.cookie,
            struct.unpack("=Q", cgroup)[0] if cgroup else None,
            seen.timer,
            min(fields[LAST_DATA_RECEIVED], fields[LAST_ACK_RECEIVED]) / 1000.0,
            local,
            seen.port,
            remote,
            socket.ntohs(seen.raw_remote_port),
            seen.port in listening,
            map_of_mark(attributes) if marked else None,
            path,
            seen.inode,
            marks.of_message(attributes) if marked else None,
        )


def map_of_mark(attributes: bytes) -> t.Optional[int]:
    """The id of the map that holds a mark of ours."""
    for _kind, storage in diag_request.split(diag_request.attribute(attributes, marks.STORAGES) or b""):
        value = diag_request.attribute(storage, marks.VALUE) or b""
        if len(value) == mark_layout.LAYOUT.size and mark_layout.LAYOUT.unpack(value)[0] == mark_layout.SIGN:
            return int(struct.unpack("=I", diag_request.attribute(storage, MAP_ID) or bytes(4))[0])
    return None
