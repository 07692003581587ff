# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Windows registry hive with nothing in it, for tools that only change one that is there (format: hivex, regf 1.3)."""

from __future__ import annotations

import functools
import operator
import pathlib
import struct
import subprocess

BLOCK = 0x1000
FIRST_CELL = 0x20
NONE = 0xFFFFFFFF
ROOT_KEY = 0x2C


def new_hive(path: pathlib.Path, keys: str) -> None:
    """Make the hive; `keys` is a path such as Services\\Tcpip, whose keys are made one below the other."""
    path.write_bytes(_header() + _page())
    commands = [line for key in keys.split("\\") for line in (f"add {key}", f"cd {key}")] + ["commit"]
    subprocess.run(["hivexsh", "-w", path], input="\n".join(commands), text=True, check=True, stdout=subprocess.DEVNULL)


def values(path: pathlib.Path, key: str) -> str:
    """What hivexsh lists there, a line per value."""
    commands = f"cd \\{key}\nlsval\n"
    return subprocess.run(["hivexsh", path], input=commands, text=True, check=True, stdout=subprocess.PIPE).stdout


def _header() -> bytes:
    fields = struct.pack("<2IQ7I", 1, 1, 0, 1, 3, 0, 1, FIRST_CELL, BLOCK, 1)
    head = (b"regf" + fields).ljust(508, b"\0")
    checksum = functools.reduce(operator.xor, struct.unpack("<127I", head))
    return (head + struct.pack("<I", checksum)).ljust(BLOCK, b"\0")


def _page() -> bytes:
    security = FIRST_CELL + len(_root(0))
    page = b"hbin" + struct.pack("<7I", 0, BLOCK, 0, 0, 0, 0, 0) + _root(security) + _security(security)
    rest = BLOCK - len(page)
    return page + struct.pack("<i", rest).ljust(rest, b"\0")


def _root(security: int) -> bytes:
    name = b"SYSTEM"
    fields = (ROOT_KEY, 0, 0, NONE, 0, 0, NONE, NONE, 0, NONE, security, NONE, 0, 0, 0, 0, 0, 0, len(name), 0)
    return _cell(b"nk" + struct.pack("<HQ10I2H4I2H", *fields) + name)


def _security(own: int) -> bytes:
    descriptor = struct.pack("<BBH4I", 1, 0, 0x8000, 0, 0, 0, 0)
    return _cell(b"sk" + struct.pack("<H4I", 0, own, own, 1, len(descriptor)) + descriptor)


def _cell(content: bytes) -> bytes:
    size = -(-(len(content) + 4) // 8) * 8
    return struct.pack("<i", -size) + content.ljust(size - 4, b"\0")
