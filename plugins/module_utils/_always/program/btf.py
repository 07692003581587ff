# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a socket's options stand in this kernel, from its type information (BTF): for kernels whose bpf_getsockopt is too old."""

import struct
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout

PATH = "/sys/kernel/btf/vmlinux"
HEADER = struct.Struct("=HBBIIIII")
TYPE = struct.Struct("=III")
STRUCT, UNION = 4, 5
# Bytes after a type, by kind: for all of them, and for each of its members.
EXTRA = {1: 4, 3: 12, 14: 4, 17: 4}
EACH = {4: 12, 5: 12, 6: 8, 13: 8, 15: 12, 19: 12}

Member = t.Tuple[int, int, int]
"""Where its name stands, its type, and its offset in bits."""


def read_fields() -> t.Optional[layout.Fields]:
    """``None`` where this kernel tells nothing about its types."""
    try:
        with open(PATH, "rb") as file:
            data = file.read()
        flags = offset(data, b"sock_common", b"skc_flags")
        timeout = offset(data, b"inet_connection_sock", b"icsk_user_timeout")
    except (OSError, ValueError, struct.error):
        return None
    # Both structures are at the start of a tcp_sock.
    return None if flags is None or timeout is None else layout.Fields(flags, timeout)


def offset(data: bytes, structure: bytes, member: bytes) -> t.Optional[int]:
    """In bytes; the member may be one of an unnamed union in the structure. Raises ``ValueError`` for a name that is not there."""
    _magic, _version, _flags, header, types, length, strings, _size = HEADER.unpack_from(data)
    names = header + strings
    wanted = data.index(b"\0" + structure + b"\0", names) + 1 - names
    name = data.index(b"\0" + member + b"\0", names) + 1 - names
    unions: t.Dict[int, int] = {}
    found: t.List[Member] = []
    for number, (kind, own_name, members) in enumerate(read_types(data, header + types, length), 1):
        if kind == STRUCT and own_name == wanted:
            found = members
        elif kind == UNION and own_name == 0:
            unions.update((number, at // 8) for its_name, _type, at in members if its_name == name)
    for its_name, kind, at in found:
        if its_name == name:
            return (at & 0xFFFFFF) // 8
        if its_name == 0 and kind in unions:
            return (at & 0xFFFFFF) // 8 + unions[kind]
    return None


def read_types(data: bytes, start: int, length: int) -> t.Iterator[t.Tuple[int, int, t.List[Member]]]:
    """Kind, name and members of each type, in their order."""
    place = start
    while place < start + length:
        name, information, _size = TYPE.unpack_from(data, place)
        kind, count = information >> 24 & 31, information & 0xFFFF
        place += TYPE.size
        is_wanted = kind in (STRUCT, UNION)
        yield kind, name, [TYPE.unpack_from(data, place + 12 * each) for each in range(count)] if is_wanted else []
        place += EXTRA.get(kind, 0) + EACH.get(kind, 0) * count
