# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program for connections that are open: the kernel runs it for each TCP socket of a network namespace (bpf_iter/tcp). Pure.

It uses the values and the marks of the program that is attached. It does nothing but for sockets whose cookies stand in a map, and writes
the cookies of those that it has switched, or would switch.
"""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._always.program import assembler as asm
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import conditions, layout, options
from ansible_collections.netops.keepalive.plugins.module_utils._always.program.assembler import Instruction, Line
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import mark_layout

CHOSEN = "chosen"
LOOK, TAKE_BACK = 1, 2
"""What to do with a chosen socket: only tell whether it would be switched; switch it off again instead of on."""

COOKIE_OF, UNMARK, WRITE = 46, 108, 127
# struct bpf_iter__tcp, struct bpf_iter_meta
META, SOCKET, STREAM = 0, 8, 0
COOKIE = -16
ITERATION, WHAT = 8, 9  # registers; the socket is in layout.CONTEXT


def lines() -> t.List[Line]:
    return [
        Instruction(asm.COPY, ITERATION, 1),
        Instruction(asm.LOAD_LONG, layout.CONTEXT, 1, SOCKET),
        Instruction(asm.IF_EQUAL, layout.CONTEXT, to="leave"),
        Instruction(asm.COPY, 1, layout.CONTEXT),
        Instruction(asm.CALL, immediate=COOKIE_OF),
        Instruction(asm.STORE_LONG, asm.STACK, 0, COOKIE),
        *conditions.find(CHOSEN, None, COOKIE),
        Instruction(asm.IF_EQUAL, 0, to="leave"),
        Instruction(asm.LOAD, WHAT, 0),
        Instruction(asm.IF_ANY_BIT, WHAT, immediate=TAKE_BACK, to="take back"),
        *switch_on(),
        Instruction(asm.JUMP, to="tell"),
        "take back",
        *take_back(),
        "tell",
        Instruction(asm.LOAD_LONG, 1, ITERATION, META),
        Instruction(asm.LOAD_LONG, 1, 1, STREAM),
        Instruction(asm.COPY, 2, asm.STACK),
        Instruction(asm.ADD, 2, immediate=COOKIE),
        Instruction(asm.SET, 3, immediate=8),
        Instruction(asm.CALL, immediate=WRITE),
        "kept",
        "error",
        "leave",
        Instruction(asm.SET, 0),
        Instruction(asm.EXIT),
    ]


def switch_on() -> t.List[Line]:
    """One that is off although it is marked was switched off by its application."""
    return [
        *conditions.find(layout.VALUES, 0),
        Instruction(asm.IF_EQUAL, 0, to="leave"),
        Instruction(asm.COPY, layout.VALUE, 0),
        *options.options_by_call(),
        *find_mark(),
        Instruction(asm.IF_NOT_EQUAL, 0, to="kept"),
        Instruction(asm.IF_ANY_BIT, WHAT, immediate=LOOK, to="tell"),
        *options.set_options(),
        Instruction(asm.COPY, 2, layout.CONTEXT),
        *options.mark_socket(),
    ]


def take_back() -> t.List[Line]:
    """Of a marked socket whose values are those of the mark: keepalive and the user timeout, which have a value for off."""
    same: t.List[Line] = []
    for place, (_value, option) in enumerate(options.TO_SET, 1):
        done = "option {0} is the same".format(option)
        same += [
            Instruction(asm.LOAD, 1, layout.VALUE, 4 * place),
            Instruction(asm.IF_EQUAL, 1, to=done),
            *options.call(layout.GET_OPTION, layout.TCP, option),
            Instruction(asm.LOAD, 1, layout.VALUE, 4 * place),
            Instruction(asm.LOAD, 2, asm.STACK, layout.OPTION),
            Instruction(asm.IF_DIFFERENT, 1, 2, to="kept"),
            done,
        ]
    return [
        *find_mark(),
        Instruction(asm.IF_EQUAL, 0, to="leave"),
        Instruction(asm.COPY, layout.VALUE, 0),
        Instruction(asm.LOAD, 1, layout.VALUE),
        Instruction(asm.IF_NOT_EQUAL, 1, immediate=mark_layout.SIGN, to="leave"),
        Instruction(asm.STORE_NUMBER, asm.STACK, offset=layout.OPTION),
        *options.call(layout.GET_OPTION, layout.SOL_SOCKET, layout.SO_KEEPALIVE),
        Instruction(asm.LOAD, 1, asm.STACK, layout.OPTION),
        Instruction(asm.IF_EQUAL, 1, to="kept"),
        *same,
        Instruction(asm.IF_ANY_BIT, WHAT, immediate=LOOK, to="tell"),
        Instruction(asm.STORE_NUMBER, asm.STACK, offset=layout.OPTION),
        *options.call(layout.SET_OPTION, layout.SOL_SOCKET, layout.SO_KEEPALIVE),
        Instruction(asm.LOAD, 1, layout.VALUE, 4 * len(options.TO_SET)),
        Instruction(asm.IF_EQUAL, 1, to="unmark"),
        *options.call(layout.SET_OPTION, layout.TCP, layout.TCP_USER_TIMEOUT),
        "unmark",
        Instruction(asm.LOAD_MAP, 1, to=layout.MARKS),
        Instruction(asm.COPY, 2, layout.CONTEXT),
        Instruction(asm.CALL, immediate=UNMARK),
    ]


def find_mark() -> t.List[Line]:
    return [
        Instruction(asm.LOAD_MAP, 1, to=layout.MARKS),
        Instruction(asm.COPY, 2, layout.CONTEXT),
        Instruction(asm.SET, 3),
        Instruction(asm.SET, 4),
        Instruction(asm.CALL, immediate=layout.MARK),
    ]
