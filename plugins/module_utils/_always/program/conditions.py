# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the program that count, and that decide which connections it looks at. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._always.program import assembler as asm
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout
from ansible_collections.netops.keepalive.plugins.module_utils._always.program.assembler import Instruction, Line


def which_direction() -> t.List[Line]:
    return [
        Instruction(asm.LOAD, 1, layout.CONTEXT, layout.OPERATION),
        Instruction(asm.SET, layout.FLAG, immediate=layout.OUTGOING),
        Instruction(asm.IF_EQUAL, 1, immediate=layout.CONNECTED, to="established"),
        Instruction(asm.SET, layout.FLAG, immediate=layout.INCOMING),
        Instruction(asm.IF_NOT_EQUAL, 1, immediate=layout.ACCEPTED, to="leave"),
        "established",
    ]


def find(map_name: str, key: t.Optional[int], at: int = layout.KEY) -> t.List[Line]:
    """Register 0 := the entry's address, or 0. The key is a number, or stands on the stack already."""
    given = [] if key is None else [Instruction(asm.STORE_NUMBER, asm.STACK, offset=at, immediate=key)]
    return [
        *given,
        Instruction(asm.LOAD_MAP, 1, to=map_name),
        Instruction(asm.COPY, 2, asm.STACK),
        Instruction(asm.ADD, 2, immediate=at),
        Instruction(asm.CALL, immediate=layout.FIND),
    ]


def count(counter: t.Optional[int], then: str) -> t.List[Line]:
    """Add one to the counter, or to the one that register ``layout.COUNTER`` names."""
    given: t.List[Line] = [] if counter is not None else [Instruction(asm.STORE, asm.STACK, layout.COUNTER, layout.KEY)]
    return [
        *given,
        *find(layout.COUNTS, counter),
        Instruction(asm.IF_EQUAL, 0, to=then),
        Instruction(asm.SET, 1, immediate=1),
        Instruction(asm.ADD_ATOMICALLY, 0, 1),
        *([] if counter is None else [then]),
    ]


def excluded_units() -> t.List[Line]:
    """An excluded cgroup says so to the program of the cgroup above. No kernel reads a reply to these two operations."""
    return [
        Instruction(asm.LOAD, 1, layout.VALUE, layout.FLAGS_AT),
        Instruction(asm.AND, 1, immediate=layout.EXCLUDED),
        Instruction(asm.IF_EQUAL, 1, to="not excluded"),
        Instruction(asm.SET, 2, immediate=layout.IS_EXCLUDED),
        Instruction(asm.STORE, layout.CONTEXT, 2, layout.REPLY),
        Instruction(asm.JUMP, to="leave"),
        "not excluded",
        Instruction(asm.LOAD, 1, layout.CONTEXT, layout.REPLY),
        Instruction(asm.IF_EQUAL, 1, immediate=layout.IS_EXCLUDED, to="leave"),
    ]


def other_namespaces() -> t.List[Line]:
    return [
        Instruction(asm.LOAD, 1, layout.VALUE, layout.FLAGS_AT),
        Instruction(asm.IF_ANY_BIT, 1, immediate=layout.CONTAINERS, to="any namespace"),
        Instruction(asm.COPY, 1, layout.CONTEXT),
        Instruction(asm.CALL, immediate=layout.COOKIE),
        Instruction(asm.LOAD_LONG, 1, layout.VALUE, layout.COOKIE_AT),
        Instruction(asm.IF_DIFFERENT, 0, 1, to="leave"),
        "any namespace",
    ]


def excluded_ports() -> t.List[Line]:
    """The port of the server: ours of an incoming connection, the other one of an outgoing connection."""
    return [
        Instruction(asm.LOAD, 1, layout.CONTEXT, layout.LOCAL_PORT),
        Instruction(asm.IF_EQUAL, layout.FLAG, immediate=layout.INCOMING, to="have port"),
        Instruction(asm.LOAD, 1, layout.CONTEXT, layout.REMOTE_PORT),
        Instruction(asm.TO_BIG_ENDIAN, 1, immediate=32),
        "have port",
        Instruction(asm.STORE, asm.STACK, 1, layout.KEY),
        *find(layout.PORTS, None),
        Instruction(asm.IF_NOT_EQUAL, 0, to="leave"),
    ]


def excluded_remotes() -> t.List[Line]:
    """Networks; and, unless the values say otherwise, connections whose both ends have the same address."""
    address = layout.REMOTE + 4
    same4: t.List[Line] = [
        Instruction(asm.LOAD, 2, layout.CONTEXT, layout.LOCAL4),
        Instruction(asm.IF_DIFFERENT, 1, 2, to="address"),
    ]
    same6: t.List[Line] = []
    for word in range(0, 16, 4):
        same6 += [
            Instruction(asm.LOAD, 1, layout.CONTEXT, layout.REMOTE6 + word),
            Instruction(asm.LOAD, 2, layout.CONTEXT, layout.LOCAL6 + word),
            Instruction(asm.IF_DIFFERENT, 1, 2, to="address"),
        ]
    return [
        Instruction(asm.STORE_NUMBER, asm.STACK, offset=layout.REMOTE, immediate=128),
        Instruction(asm.LOAD, 3, layout.VALUE, layout.FLAGS_AT),
        Instruction(asm.AND, 3, immediate=layout.LOOPBACK),
        Instruction(asm.LOAD, 1, layout.CONTEXT, layout.FAMILY),
        Instruction(asm.IF_EQUAL, 1, immediate=layout.AF_INET6, to="IPv6"),
        Instruction(asm.STORE_NUMBER, asm.STACK, offset=address),
        Instruction(asm.STORE_NUMBER, asm.STACK, offset=address + 4),
        Instruction(asm.STORE_NUMBER, asm.STACK, offset=address + 8, immediate=layout.IPV4_MAPPED),
        Instruction(asm.LOAD, 1, layout.CONTEXT, layout.REMOTE4),
        Instruction(asm.STORE, asm.STACK, 1, address + 12),
        Instruction(asm.IF_NOT_EQUAL, 3, to="address"),
        *same4,
        Instruction(asm.JUMP, to="leave"),
        "IPv6",
        *copied(layout.REMOTE6, address),
        Instruction(asm.IF_NOT_EQUAL, 3, to="address"),
        *same6,
        Instruction(asm.JUMP, to="leave"),
        "address",
        *find(layout.REMOTES, None, layout.REMOTE),
        Instruction(asm.IF_NOT_EQUAL, 0, to="leave"),
    ]


def copied(field: int, place: int) -> t.Iterator[Line]:
    for word in range(0, 16, 4):
        yield Instruction(asm.LOAD, 1, layout.CONTEXT, field + word)
        yield Instruction(asm.STORE, asm.STACK, 1, place + word)
