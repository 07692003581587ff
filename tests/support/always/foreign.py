# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Programs of another tool, attached with calls that share nothing with the collection: they take the kernel's part of bpf(2) alone."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import pathlib
import struct
import subprocess
from collections.abc import Iterator

from tests.support.always.scene import Scene
from tests.support.always.scene import attached as shown

LIBC = ctypes.CDLL(None, use_errno=True)
NUMBER = {"x86_64": 321, "aarch64": 280}[os.uname().machine]
LOAD, ATTACH, DETACH, PROGRAM_BY_ID, MAP_BY_ID = 5, 8, 9, 13, 14
SOCK_OPS, AT_SOCK_OPS = 13, 3
ALONE, OVERRIDE, MULTI, REPLACE = 0, 1, 2, 4


def instruction(code: int, target: int = 0, source: int = 0, offset: int = 0, immediate: int = 0) -> bytes:
    return struct.pack("<BBhi", code, source << 4 | target, offset, immediate)


RETURN_1 = instruction(0xB7, 0, immediate=1) + instruction(0x95)
TIMEOUT = b"".join([
    instruction(0x61, 2, 1, 0),
    instruction(0x55, 2, 0, 2, 1),  # not the operation that asks for the first timeout
    instruction(0xB7, 3, immediate=2000),
    instruction(0x63, 1, 3, 4),  # the reply: jiffies
    RETURN_1,
])  # fmt: skip


def bpf(command: int, attributes: bytes) -> int:
    returned: int = LIBC.syscall(
        NUMBER, command, ctypes.create_string_buffer(attributes, len(attributes)), len(attributes)
    )
    if returned < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return returned


def load(code: bytes, name: bytes = b"other") -> int:
    buffers = ctypes.create_string_buffer(code, len(code)), ctypes.create_string_buffer(b"GPL")
    head = struct.pack("<IIQQ", SOCK_OPS, len(code) // 8, *map(ctypes.addressof, buffers))
    return bpf(LOAD, head + struct.pack("<IIQII", 0, 0, 0, 0, 0) + name.ljust(16, b"\0") + bytes(8))


@contextlib.contextmanager
def folder(cgroup: pathlib.Path) -> Iterator[int]:
    descriptor = os.open(cgroup, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def attached(
    cgroup: pathlib.Path, code: bytes, flags: int, *, count: int = 1, name: bytes = b"other"
) -> Iterator[None]:
    programs = [load(code, name) for _each in range(count)]
    with folder(cgroup) as there:
        for program in programs:
            bpf(ATTACH, struct.pack("<IIIII", there, program, AT_SOCK_OPS, flags, 0))
        try:
            yield
        finally:
            for program in programs:
                bpf(DETACH, struct.pack("<IIII", there, program, AT_SOCK_OPS, 0))
                os.close(program)


def copy(cgroup: pathlib.Path) -> None:
    """Attach the collection's own program once more, as two runs without a lock would."""
    from ansible_collections.netops.keepalive.plugins.module_utils._always import config, loader

    loaded = loader.load(loader.abilities(loader.host_cookie(), None), config.EMPTY)
    with folder(cgroup) as there:
        bpf(ATTACH, struct.pack("<IIIII", there, loaded.program, AT_SOCK_OPS, MULTI, 0))
    loaded.close()


def age(cgroup: pathlib.Path) -> None:
    """Put a program with other instructions in the place of ours, with its name and its maps."""
    (ours,) = [one for one in shown(cgroup) if one["name"] == "netops_always"]
    maps = [bpf(MAP_BY_ID, struct.pack("<III", identity, 0, 0)) for identity in map_ids(ours["id"])]
    code = b"".join(instruction(0x18, 1, 1, immediate=descriptor) + bytes(8) for descriptor in maps) + RETURN_1
    program, replaced = load(code, b"netops_always"), bpf(PROGRAM_BY_ID, struct.pack("<III", ours["id"], 0, 0))
    with folder(cgroup) as there:
        bpf(ATTACH, struct.pack("<IIIII", there, program, AT_SOCK_OPS, MULTI | REPLACE, replaced))
    for descriptor in (program, replaced, *maps):
        os.close(descriptor)


def map_ids(program: int) -> list[int]:
    listed = subprocess.run(["bpftool", "-j", "prog", "show", "id", str(program)], capture_output=True, check=True)
    return list(json.loads(listed.stdout)["map_ids"])


def first_timeout(scene: Scene) -> int:
    """Microseconds until a new connection sends its first segment again."""
    scene.sh("ip route replace 198.51.100.0/24 dev lo")
    script = (
        "import socket, struct; own = socket.socket(); own.setblocking(False); own.connect_ex(('198.51.100.1', 9)); "
        "print(struct.unpack_from('I', own.getsockopt(6, socket.TCP_INFO, 104), 8)[0])"
    )
    return int(scene.sh(f'python3 -c "{script}"'))
