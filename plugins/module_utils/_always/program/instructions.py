# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program that switches keepalive on: the same instructions for each host; what differs between hosts stands in its maps.

The kernel runs it when a connection is established (sock_ops). It leaves alone a connection that has keepalive on, one with a
user timeout of its own, and any whose options it cannot read. It returns 1 on every path: with 0 the kernel would
discard what other programs replied.
"""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._always.program import assembler as asm
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import conditions, layout, options
from ansible_collections.netops.keepalive.plugins.module_utils._always.program.assembler import Instruction, Line


def lines(abilities: layout.Abilities) -> t.List[Line]:
    return [
        Instruction(asm.COPY, layout.CONTEXT, 1),
        *conditions.which_direction(),
        *conditions.find(layout.VALUES, 0),
        Instruction(asm.IF_EQUAL, 0, to="leave"),
        Instruction(asm.COPY, layout.VALUE, 0),
        *conditions.count(layout.SEEN, "counted"),
        *conditions.excluded_units(),
        Instruction(asm.LOAD, 1, layout.VALUE, layout.FLAGS_AT),
        Instruction(asm.AND, 1, immediate=layout.OUTGOING | layout.INCOMING),
        Instruction(asm.COPY, 2, layout.FLAG),
        Instruction(asm.AND_REGISTER, 2, 1),
        Instruction(asm.IF_EQUAL, 2, to="leave"),
        *(conditions.other_namespaces() if abilities.namespaces else ()),
        *conditions.excluded_ports(),
        *conditions.excluded_remotes(),
        *(options.options_in_fields(abilities.fields) if abilities.fields else options.options_by_call()),
        *options.set_options(),
        *(options.mark() if abilities.marks else ()),
        Instruction(asm.SET, layout.COUNTER, immediate=layout.SET),
        Instruction(asm.JUMP, to="count"),
        "kept",
        Instruction(asm.SET, layout.COUNTER, immediate=layout.KEPT),
        Instruction(asm.JUMP, to="count"),
        "error",
        Instruction(asm.SET, layout.COUNTER, immediate=layout.ERRORS),
        "count",
        *conditions.count(None, "leave"),
        "leave",
        Instruction(asm.SET, 0, immediate=1),
        Instruction(asm.EXIT),
    ]
