# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which storage of a socket is a mark of tcp_keepalive_always."""

from __future__ import annotations

import struct

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import mark_layout, marks

MARK = struct.pack("=5I", mark_layout.SIGN, 120, 30, 4, 0)
# The second word of an attribute is its kind; nested ones carry a bit of their own.
NESTED = 0x8000


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def storage(value: bytes) -> bytes:
    return attribute(1 | NESTED, attribute(2, struct.pack("=I", 57)) + attribute(3, value))


OTHERS = {
    "no storage": b"",
    "another size": storage(struct.pack("=I", mark_layout.SIGN)),
    "another sign": storage(struct.pack("=5I", 1, 120, 30, 4, 0)),
    "cut short": storage(MARK)[:9],
    "not a storage": attribute(7, MARK),
}


@pytest.mark.parametrize("storages", OTHERS.values(), ids=OTHERS)
def test_the_storage_of_another_tool_is_no_mark(storages: bytes) -> None:
    assert marks.of_message(attribute(8, b"\x01") + attribute(20 | NESTED, storages)) is None


def test_the_mark_is_found_among_others() -> None:
    storages = storage(b"xxxx") + storage(MARK)
    assert marks.of_message(attribute(8, b"\x01") + attribute(20 | NESTED, storages)) == marks.Mark(120, 30, 4, 0)
    assert marks.of_message(attribute(8, b"\x01")) is None
