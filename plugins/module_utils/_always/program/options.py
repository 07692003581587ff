# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the program that read a connection's options, set them, and mark the connection. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._always.program import assembler as asm
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout
from ansible_collections.netops.keepalive.plugins.module_utils._always.program.assembler import Instruction, Line
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import mark_layout

TO_SET = (
    (layout.TIME_AT, layout.TCP_KEEPIDLE),
    (layout.INTERVAL_AT, layout.TCP_KEEPINTVL),
    (layout.PROBES_AT, layout.TCP_KEEPCNT),
    (layout.USER_TIMEOUT_AT, layout.TCP_USER_TIMEOUT),
)
OF_THE_APPLICATION = (
    (layout.SOL_SOCKET, layout.SO_KEEPALIVE),
    (layout.TCP, layout.TCP_USER_TIMEOUT),
)


def call(helper: int, level: int, option: int) -> t.List[Line]:
    """``getsockopt`` or ``setsockopt`` of a number on the stack. Before Linux 6.1 the kernel refuses some; then nothing is set."""
    return [
        Instruction(asm.COPY, 1, layout.CONTEXT),
        Instruction(asm.SET, 2, immediate=level),
        Instruction(asm.SET, 3, immediate=option),
        Instruction(asm.COPY, 4, asm.STACK),
        Instruction(asm.ADD, 4, immediate=layout.OPTION),
        Instruction(asm.SET, 5, immediate=4),
        Instruction(asm.CALL, immediate=helper),
        Instruction(asm.IF_NOT_EQUAL, 0, to="error"),
    ]


def options_by_call() -> t.Iterator[Line]:
    for level, option in OF_THE_APPLICATION:
        yield Instruction(asm.STORE_NUMBER, asm.STACK, offset=layout.OPTION)
        yield from call(layout.GET_OPTION, level, option)
        yield Instruction(asm.LOAD, 1, asm.STACK, layout.OPTION)
        yield Instruction(asm.IF_NOT_EQUAL, 1, to="kept")


def options_in_fields(fields: layout.Fields) -> t.List[Line]:
    """For a kernel whose ``bpf_getsockopt`` does not tell them: the fields of the socket itself."""
    return [
        Instruction(asm.LOAD_LONG, 1, layout.CONTEXT, layout.SOCKET),
        Instruction(asm.IF_EQUAL, 1, to="error"),
        Instruction(asm.CALL, immediate=layout.TO_TCP),
        Instruction(asm.IF_EQUAL, 0, to="error"),
        Instruction(asm.LOAD_LONG, 1, 0, fields.flags),
        Instruction(asm.IF_ANY_BIT, 1, immediate=layout.KEEPALIVE_BIT, to="kept"),
        Instruction(asm.LOAD, 1, 0, fields.user_timeout),
        Instruction(asm.IF_NOT_EQUAL, 1, to="kept"),
    ]


def set_options() -> t.Iterator[Line]:
    """The values that are not 0; keepalive itself comes last, so that its timer starts with them."""
    for place, option in TO_SET:
        done = "option {0} is set".format(option)
        yield Instruction(asm.LOAD, 1, layout.VALUE, place)
        yield Instruction(asm.IF_EQUAL, 1, to=done)
        yield Instruction(asm.STORE, asm.STACK, 1, layout.OPTION)
        yield from call(layout.SET_OPTION, layout.TCP, option)
        yield done
    yield Instruction(asm.STORE_NUMBER, asm.STACK, offset=layout.OPTION, immediate=1)
    yield from call(layout.SET_OPTION, layout.SOL_SOCKET, layout.SO_KEEPALIVE)


def mark() -> t.List[Line]:
    return [
        Instruction(asm.LOAD_LONG, 2, layout.CONTEXT, layout.SOCKET),
        Instruction(asm.IF_EQUAL, 2, to="marked"),
        *mark_socket(),
    ]


def mark_socket() -> t.List[Line]:
    """In the storage of the socket (register 2), which ends with it, and which the kernel lists with its sockets: see ``mark_layout``."""
    values: t.List[Line] = []
    for place, (value, _option) in enumerate(TO_SET, 1):
        values += [Instruction(asm.LOAD, 1, layout.VALUE, value), Instruction(asm.STORE, 0, 1, 4 * place)]
    return [
        Instruction(asm.LOAD_MAP, 1, to=layout.MARKS),
        Instruction(asm.SET, 3),
        Instruction(asm.SET, 4, immediate=1),  # make it, where there is none
        Instruction(asm.CALL, immediate=layout.MARK),
        Instruction(asm.IF_EQUAL, 0, to="marked"),
        Instruction(asm.STORE_NUMBER, 0, immediate=mark_layout.SIGN),
        *values,
        "marked",
    ]
