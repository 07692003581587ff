# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether LD_PRELOAD can put a library of the host before a program, from the program's ELF header."""

import struct
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._sockets import processes

POSSIBLE, STATIC, SETUID, OTHER_LIBC = "possible", "static", "setuid", "other_libc"
# The header, and in all programs that were seen the program headers and the name of the loader too.
BEGINNING = 4096
PT_INTERP, AT_SECURE = 3, 23


class Layout(t.NamedTuple):
    """Where the fields stand: those of the header, of a program header, and of an entry of the auxiliary vector."""

    header: str
    program_header: str
    auxiliary: str


# By the fifth byte of the file.
LAYOUTS = {b"\1": Layout("28xI10xHH", "I I 8x I", "II"), b"\2": Layout("32xQ14xHH", "I 4x Q 16x Q", "QQ")}


def of(pid: int) -> t.Optional[str]:
    """One of the words above; ``None`` if its program cannot be read."""
    folder = "{0}/{1}/".format(processes.PROC, pid)
    try:
        with open(folder + "exe", "rb", buffering=0) as program:
            beginning = program.read(BEGINNING)
        with open(folder + "auxv", "rb", buffering=0) as vector:
            auxiliary = vector.read(BEGINNING)
        return conclude(beginning, auxiliary)
    except (OSError, struct.error):
        return None


def conclude(beginning: bytes, auxiliary: bytes) -> t.Optional[str]:
    layout = LAYOUTS.get(beginning[4:5])
    if beginning[:4] != b"\x7fELF" or layout is None:
        return None
    order = "<" if beginning[5:6] == b"\1" else ">"
    interpreter = loader(beginning, layout, order)
    if interpreter is None:
        return STATIC
    entry = struct.Struct(order + layout.auxiliary)
    if (AT_SECURE, 1) in entry.iter_unpack(auxiliary[: len(auxiliary) // entry.size * entry.size]):
        return SETUID
    return OTHER_LIBC if b"musl" in interpreter else POSSIBLE


def loader(beginning: bytes, layout: Layout, order: str) -> t.Optional[bytes]:
    """The path of the loader; ``None`` for a static program, which has none."""
    start, size, count = struct.unpack_from(order + layout.header, beginning)
    for number in range(count):
        kind, offset, length = struct.unpack_from(order + layout.program_header, beginning, start + number * size)
        if kind == PT_INTERP:
            return beginning[offset : offset + length]
    return None
