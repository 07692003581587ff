# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the program and its loader have in common: maps, values, counters, and the kernel's numbers. Pure."""

import struct
import typing as t

NAME = "netops_always"
VALUES, COUNTS, PORTS, REMOTES, MARKS = "values", "counts", "ports", "remotes", "marks"

# The values: cookie of the host's network namespace, flags, time, interval, probes, user timeout in milliseconds.
VALUES_LAYOUT = struct.Struct("=QIIIII4x")
COOKIE_AT, FLAGS_AT, TIME_AT, INTERVAL_AT, PROBES_AT, USER_TIMEOUT_AT = 0, 8, 12, 16, 20, 24
OUTGOING, INCOMING, LOOPBACK, CONTAINERS, EXCLUDED = 1, 2, 4, 8, 16
COUNT_LAYOUT = struct.Struct("=Q")
COUNTERS = ("seen", "set", "kept", "errors")
SEEN, SET, KEPT, ERRORS = range(4)
PORT_LAYOUT, REMOTE_LAYOUT = struct.Struct("=I"), struct.Struct("=I16s")
"""A port; the length of a prefix, and an IPv6 address (IPv4 as ::ffff:a.b.c.d)."""

# struct bpf_sock_ops
OPERATION, REPLY, FAMILY, REMOTE4, LOCAL4, REMOTE6, LOCAL6, REMOTE_PORT, LOCAL_PORT, SOCKET = (
    0, 4, 20, 24, 28, 32, 48, 64, 68, 184,
)  # fmt: skip
CONNECTED, ACCEPTED = 4, 5
IS_EXCLUDED = 0x6B616C76
"""What the program of an excluded cgroup replies to the one of a cgroup above, which runs after it."""
FIND, SET_OPTION, GET_OPTION, MARK, COOKIE, TO_TCP = 1, 49, 57, 107, 122, 137
SOL_SOCKET, SO_KEEPALIVE, TCP, AF_INET6 = 1, 9, 6, 10
TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_USER_TIMEOUT = 4, 5, 6, 18
KEEPALIVE_BIT = 1 << 3
"""SOCK_KEEPOPEN, in the flags of a socket."""
IPV4_MAPPED: int = struct.unpack("=i", b"\0\0\xff\xff")[0]

# Registers that outlive calls, and places on the stack.
CONTEXT, VALUE, COUNTER, FLAG = 6, 7, 8, 9
OPTION, KEY, REMOTE = -4, -8, -32


class Fields(t.NamedTuple):
    """Where a socket's flags and user timeout stand in this kernel's ``tcp_sock``."""

    flags: int
    user_timeout: int


class Abilities(t.NamedTuple):
    """What differs between kernels. ``fields``: the options are read there, for a kernel whose ``bpf_getsockopt`` does not tell
    them; ``namespaces``: network namespaces can be told apart; ``marks``: what was set can be marked."""

    namespaces: bool
    marks: bool
    fields: t.Optional[Fields] = None
