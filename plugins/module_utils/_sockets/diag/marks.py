# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Marks of tcp_keepalive_always: which sockets it has switched on, and with which values. The kernel lists them with its sockets.

A mark stands in the storage of its socket (BPF_MAP_TYPE_SK_STORAGE) and ends with it. Nothing is loaded to read it.
"""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import filter as diag_filter
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import mark_layout, sock_diag
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import request as diag_request

# The map that holds them, and one that the program has on each kernel.
MAP, VALUES = "netops_marks", "netops_values"
# linux/inet_diag.h, linux/sock_diag.h: the storages of a socket, one of them, its value.
STORAGES, STORAGE, VALUE = 20, 1, 3


class Mark(t.NamedTuple):
    """What was set; 0: nothing. The times are in seconds, the user timeout is in milliseconds."""

    time: int
    interval: int
    probes: int
    user_timeout: int


UNKNOWN = Mark(-1, -1, -1, -1)
"""Of a socket that may have been switched on, on a kernel without such storage."""


def read(diag: sock_diag.Diag, family: int, ports: t.Iterable[int], states: int) -> t.Dict[int, Mark]:
    """The marks on sockets with one of these local ports, by the sockets' cookies.

    Raises ``HostUnreadable``: without ``CAP_BPF``, too. A kernel without such storage has no marks.
    """
    found: t.Dict[int, Mark] = {}
    for program in diag_filter.programs(ports):
        request = diag_request.build(family, states, diag_request.DUMP, bytecode=program, storages=True)
        for message in diag.messages(request):
            mark = of_message(bytes(message[sock_diag.MESSAGE_SIZE :]))
            if mark is not None:
                (seen,) = sock_diag.sockets(message[: sock_diag.MESSAGE_SIZE], sock_diag.MESSAGE_SIZE)
                found[seen.cookie] = mark
    return found


def of_message(attributes: bytes) -> t.Optional[Mark]:
    storages = diag_request.attribute(attributes, STORAGES) or b""
    for kind, storage in diag_request.split(storages):
        value = diag_request.attribute(storage, VALUE) if kind == STORAGE else None
        if value is not None and len(value) == mark_layout.LAYOUT.size:
            sign, *values = mark_layout.LAYOUT.unpack(value)
            if sign == mark_layout.SIGN:
                return Mark(*values)
    return None
