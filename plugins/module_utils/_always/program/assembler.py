# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An assembler for BPF, as small as our one program needs: instructions, labels and maps. Pure."""

import struct
import sys
import typing as t


class Instruction(t.NamedTuple):
    """``to`` is a label, or the name of a map where ``code`` is ``LOAD_MAP``."""

    code: int
    target: int = 0
    source: int = 0
    offset: int = 0
    immediate: int = 0
    to: str = ""


Line = t.Union[Instruction, str]
"""An instruction, or a label for the one that follows."""

# linux/bpf.h, linux/bpf_common.h: 64-bit arithmetic, loads and stores of 32 and 64 bits, jumps.
SET, COPY, ADD, AND, AND_REGISTER = 0xB7, 0xBF, 0x07, 0x57, 0x5F
TO_BIG_ENDIAN, ADD_ATOMICALLY = 0xDC, 0xDB
LOAD, LOAD_LONG, LOAD_MAP = 0x61, 0x79, 0x18
STORE, STORE_LONG, STORE_NUMBER = 0x63, 0x7B, 0x62
JUMP, IF_EQUAL, IF_NOT_EQUAL, IF_SAME, IF_DIFFERENT = 0x05, 0x15, 0x55, 0x1D, 0x5D
IF_ANY_BIT, CALL, EXIT = 0x45, 0x85, 0x95
MAP_DESCRIPTOR = 1
STACK = 10


def assemble(lines: t.Sequence[Line], maps: t.Mapping[str, int]) -> bytes:
    """The bytes of a program; ``maps`` are the descriptors of its maps."""
    places = place_labels(lines)
    code = b""
    for line in lines:
        if isinstance(line, str):
            continue
        here = len(code) // 8
        if line.code == LOAD_MAP:
            code += encoded(line._replace(source=MAP_DESCRIPTOR, immediate=maps[line.to])) + bytes(8)
        else:
            code += encoded(line._replace(offset=places[line.to] - here - 1) if line.to else line)
    return code


def place_labels(lines: t.Sequence[Line]) -> t.Dict[str, int]:
    places: t.Dict[str, int] = {}
    size = 0
    for line in lines:
        if isinstance(line, str):
            places[line] = size
        else:
            size += 2 if line.code == LOAD_MAP else 1
    return places


def encoded(line: Instruction) -> bytes:
    high, low = (line.source, line.target) if sys.byteorder == "little" else (line.target, line.source)
    return struct.pack("=BBhi", line.code, high << 4 | low, line.offset, line.immediate)
