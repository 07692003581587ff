# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether LD_PRELOAD reaches a program: what its ELF header and its auxiliary vector say."""

from __future__ import annotations

import os
import struct
import subprocess

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import preload, processes

GLIBC, MUSL = b"/lib64/ld-linux-x86-64.so.2\0", b"/lib/ld-musl-x86_64.so.1\0"
PLAIN, SECURE = ((6, 4096), (23, 0), (0, 0)), ((6, 4096), (23, 1), (0, 0))
PT_LOAD, PT_INTERP = 1, 3


def elf(loader: bytes | None, bits: int = 64, order: str = "<") -> bytes:
    """The beginning of a program with two program headers, as the ELF specification lays it out."""
    identity = b"\x7fELF" + bytes((bits // 32, 1 if order == "<" else 2, 1)) + bytes(9)
    kinds = (PT_LOAD, PT_LOAD if loader is None else PT_INTERP)
    header, size = (64, 56) if bits == 64 else (52, 32)
    at, length = header + 2 * size, len(loader or b"")
    if bits == 64:
        fields = struct.pack(order + "HHIQQQIHHH", 3, 62, 1, 0, header, 0, 0, header, size, 2).ljust(48, b"\0")
        table = [struct.pack(order + "IIQQQQQQ", kind, 4, at, at, at, length, length, 1) for kind in kinds]
    else:
        fields = struct.pack(order + "HHIIIIIHHH", 3, 3, 1, 0, header, 0, 0, header, size, 2).ljust(36, b"\0")
        table = [struct.pack(order + "IIIIIIII", kind, at, at, at, length, length, 4, 1) for kind in kinds]
    return identity + fields + b"".join(table) + (loader or b"")


def vector(entries: tuple[tuple[int, int], ...], bits: int = 64, order: str = "<") -> bytes:
    return b"".join(struct.pack(order + ("QQ" if bits == 64 else "II"), *entry) for entry in entries)


@pytest.mark.parametrize(("bits", "order"), [(64, "<"), (32, "<"), (64, ">"), (32, ">")])
@pytest.mark.parametrize(
    ("loader", "entries", "expected"),
    [
        (GLIBC, PLAIN, "possible"),
        (GLIBC, SECURE, "setuid"),
        (MUSL, PLAIN, "other_libc"),
        (None, PLAIN, "static"),
    ],
    ids=["glibc", "setuid", "musl", "static"],
)
def test_the_header_says_whether_it_is_reached(
    loader: bytes | None, entries: tuple[tuple[int, int], ...], expected: str, bits: int, order: str
) -> None:
    assert preload.conclude(elf(loader, bits, order), vector(entries, bits, order)) == expected


def test_a_program_of_this_machine_is_reached() -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        assert preload.of(process.pid) == "possible"
        process.kill()
    assert preload.of(process.pid) is None


@pytest.mark.parametrize("size", [0, 4, 6, 40, 100])
def test_what_is_no_whole_header_is_not_known(
    size: int, monkeypatch: pytest.MonkeyPatch, tmp_path: os.PathLike[str]
) -> None:
    monkeypatch.setattr(processes, "PROC", str(tmp_path))
    folder = os.path.join(tmp_path, "1")
    os.mkdir(folder)
    for name, content in (("exe", elf(GLIBC)[:size]), ("auxv", vector(PLAIN))):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)
    assert preload.of(1) is None
