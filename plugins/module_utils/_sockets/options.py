# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keepalive options of one socket that is ours, or a duplicate: read, and lowered for a test connection."""

import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings

# linux/tcp.h: Python has a name for some of them only, depending on what it was built against.
TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_DEFER_ACCEPT, TCP_USER_TIMEOUT = 4, 5, 6, 9, 18

Values = _settings.Values
UNKNOWN = Values()


class SocketOptions(t.NamedTuple):
    """``values`` are what the kernel would use: the application's, or the host's where it set none."""

    keepalive: bool
    values: Values
    defer_accept: int = 0
    """A listener's TCP_DEFER_ACCEPT: after this many seconds the application gets a connection without data, too."""


def read(own: socket.SocketType, listener: bool = False) -> SocketOptions:
    """No values for a listener with keepalive off: switching it on for a connection may set others."""
    keepalive = bool(own.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE))
    if not listener:
        return SocketOptions(keepalive, values_of(own))
    return SocketOptions(keepalive, values_of(own) if keepalive else UNKNOWN, number(own, TCP_DEFER_ACCEPT) or 0)


def values_of(own: socket.SocketType) -> Values:
    get, tcp = own.getsockopt, socket.IPPROTO_TCP
    try:
        timeout = get(tcp, TCP_USER_TIMEOUT) / 1000
        return Values(get(tcp, TCP_KEEPIDLE), get(tcp, TCP_KEEPINTVL), get(tcp, TCP_KEEPCNT), timeout or 0)
    except OSError:  # of an MPTCP socket, which knows only some
        known = [number(own, option) for option in (TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_USER_TIMEOUT)]
        return Values(known[0], known[1], known[2], known[3] / 1000 if known[3] else known[3])


def number(own: socket.SocketType, option: int) -> t.Optional[int]:
    """``None`` where the socket does not know the option."""
    try:
        return own.getsockopt(socket.IPPROTO_TCP, option)
    except OSError:
        return None


def write(own: socket.SocketType, values: Values) -> None:
    """Turn keepalive on with these values; what is ``None`` stays as it is."""
    for option, value in (
        (TCP_KEEPINTVL, values.interval),
        (TCP_KEEPCNT, values.probes),
        (TCP_KEEPIDLE, values.time),
    ):
        if value is not None:
            own.setsockopt(socket.IPPROTO_TCP, option, value)
    if values.user_timeout is not None:
        own.setsockopt(socket.IPPROTO_TCP, TCP_USER_TIMEOUT, round(values.user_timeout * 1000))
    own.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
