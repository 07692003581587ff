# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The system call bpf(2), as far as it is needed here. Each function raises ``OSError`` where the kernel refuses."""

import contextlib
import ctypes
import errno
import os
import platform
import resource
import struct
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors

# The number of the system call, by machine and size of a pointer.
NUMBERS = {
    ("x86_64", 8): 321,
    ("x86_64", 4): 357,
    ("i686", 4): 357,
    ("aarch64", 8): 280,
    ("aarch64", 4): 386,
    ("armv7l", 4): 386,
    ("ppc64le", 8): 361,
    ("s390x", 8): 351,
    ("riscv64", 8): 280,
    ("loongarch64", 8): 280,
}
LIBC = ctypes.CDLL(None, use_errno=True)

MAP_CREATE, MAP_LOOKUP, MAP_UPDATE, MAP_DELETE, MAP_NEXT, PROG_LOAD, PROG_ATTACH, PROG_DETACH = 0, 1, 2, 3, 4, 5, 8, 9
PROG_BY_ID, MAP_BY_ID, INFO, PROG_QUERY, BTF_LOAD = 13, 14, 15, 16, 18
MAP_NEXT_ID, NO_COMMAND = 12, 9999
SOCK_OPS, AT_SOCK_OPS = 13, 3
OVERRIDE, MULTI, REPLACE = 1, 2, 4
MOST_PROGRAMS = 64  # that one cgroup can have
LOG_SIZE = 1 << 18
DESCRIPTORS = 1 << 16


class Attached(t.NamedTuple):
    """What a cgroup has: how it was attached, and the ids of the programs."""

    flags: int
    programs: t.Tuple[int, ...]


class Program(t.NamedTuple):
    id: int
    tag: bytes
    name: str
    maps: t.Tuple[int, ...]


class Map(t.NamedTuple):
    kind: int
    id: int
    key_size: int
    value_size: int
    entries: int
    flags: int
    name: str


class ProgramRefused(OSError):
    """The kernel does not load the program. ``log`` is what its verifier said."""

    log = ""


def number() -> int:
    """Raises ``HostUnreadable``."""
    machine = platform.machine()
    found = NUMBERS.get((machine, struct.calcsize("P")))
    if found is None:
        raise _errors.HostUnreadable(
            "The number of the system call bpf is not known for the machine type {0}: this module works on {1}.".format(
                _errors.shown(machine), ", ".join(sorted({name for name, _size in NUMBERS}))
            )
        )
    return found


def call(command: int, attributes: bytes) -> t.Tuple[int, bytes]:
    """What the kernel returns, and the attributes as it left them."""
    buffer = ctypes.create_string_buffer(attributes, len(attributes))
    returned = LIBC.syscall(number(), command, buffer, len(attributes))
    if returned < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return returned, buffer.raw


def raise_limits() -> None:
    """Kernels before 5.11 charge programs and maps to locked memory. Some descriptors of each cgroup stay open until all is done."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = max(hard, DESCRIPTORS)
    endless = resource.RLIM_INFINITY
    for kind, limits in (
        (resource.RLIMIT_MEMLOCK, (endless, endless)),
        (resource.RLIMIT_NOFILE, (hard, hard)),
        (resource.RLIMIT_NOFILE, (most, most)),
    ):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(kind, limits)


def address(buffer: t.Any) -> int:
    return ctypes.addressof(buffer)


def name_of(text: str) -> bytes:
    return text.encode()[:15].ljust(16, b"\0")


def load(code: bytes, name: str, kind: int = SOCK_OPS, more: bytes = bytes(8)) -> int:
    """The descriptor of the program; ``more`` are the attributes after its name. Raises ``ProgramRefused``."""
    instructions, licence = ctypes.create_string_buffer(code, len(code)), ctypes.create_string_buffer(b"GPL")
    log = ctypes.create_string_buffer(LOG_SIZE)
    for level, size, at in ((0, 0, 0), (1, LOG_SIZE, address(log))):
        head = struct.pack("=IIQQ", kind, len(code) // 8, address(instructions), address(licence))
        attributes = head + struct.pack("=IIQII", level, size, at, 0, 0) + name_of(name) + more
        try:
            return call(PROG_LOAD, attributes)[0]
        except OSError as error:
            refused = ProgramRefused(error.errno, error.strerror)
    refused.log = log.value.decode("utf-8", "replace")
    raise refused


def make_map(kind: int, key_size: int, value_size: int, entries: int, flags: int, name: str, btf: int = 0) -> int:
    """The descriptor of the map; ``btf`` is what ``load_types`` gave for its key and its value."""
    attributes = struct.pack("=IIIIIII", kind, key_size, value_size, entries, flags, 0, 0) + name_of(name)
    return call(MAP_CREATE, attributes + (struct.pack("=IIII", 0, btf, 1, 2) if btf else b""))[0]


def load_types(words: int) -> int:
    """Type 1, an ``int``, and type 2, an array of them. Storage of sockets is not to be had without types."""
    strings = b"\0int\0"
    types = struct.pack("=IIII", 1, 1 << 24, 4, 1 << 24 | 32) + struct.pack("=IIIIII", 0, 3 << 24, 0, 1, 1, words)
    data = struct.pack("=HBBIIIII", 0xEB9F, 1, 0, 24, 0, len(types), len(types), len(strings)) + types + strings
    buffer = ctypes.create_string_buffer(data, len(data))
    return call(BTF_LOAD, struct.pack("=QQIII", address(buffer), 0, len(data), 0, 0))[0]


def lookup(descriptor: int, key: bytes, value_size: int) -> bytes:
    key_buffer, value = ctypes.create_string_buffer(key, len(key)), ctypes.create_string_buffer(value_size)
    call(MAP_LOOKUP, struct.pack("=I4xQQQ", descriptor, address(key_buffer), address(value), 0))
    return value.raw


def update(descriptor: int, key: bytes, value: bytes) -> None:
    key_buffer, value_buffer = (
        ctypes.create_string_buffer(key, len(key)),
        ctypes.create_string_buffer(value, len(value)),
    )
    call(MAP_UPDATE, struct.pack("=I4xQQQ", descriptor, address(key_buffer), address(value_buffer), 0))


def delete(descriptor: int, key: bytes) -> None:
    key_buffer = ctypes.create_string_buffer(key, len(key))
    call(MAP_DELETE, struct.pack("=I4xQQQ", descriptor, address(key_buffer), 0, 0))


def keys(descriptor: int, size: int) -> t.Iterator[bytes]:
    following = ctypes.create_string_buffer(size)
    before = 0
    while True:
        try:
            call(MAP_NEXT, struct.pack("=I4xQQ", descriptor, before, address(following)))
        except OSError as error:
            if error.errno == errno.ENOENT:
                return
            raise
        yield following.raw
        last = ctypes.create_string_buffer(following.raw, size)
        before = address(last)


def attach(cgroup: int, program: int, replaced: int = 0) -> None:
    flags = MULTI | REPLACE if replaced else MULTI
    call(PROG_ATTACH, struct.pack("=IIIII", cgroup, program, AT_SOCK_OPS, flags, replaced))


def detach(cgroup: int, program: int) -> None:
    call(PROG_DETACH, struct.pack("=IIII", cgroup, program, AT_SOCK_OPS, 0))


def query(cgroup: int) -> Attached:
    ids = (ctypes.c_uint32 * MOST_PROGRAMS)()
    attributes = struct.pack("=IIIIQI", cgroup, AT_SOCK_OPS, 0, 0, address(ids), MOST_PROGRAMS) + bytes(36)
    _returned, answer = call(PROG_QUERY, attributes)
    flags, count = struct.unpack_from("=I", answer, 12)[0], struct.unpack_from("=I", answer, 24)[0]
    return Attached(flags, tuple(ids[:count]))


@contextlib.contextmanager
def by_id(command: int, identity: int) -> t.Iterator[int]:
    """A descriptor for a program or a map, closed afterwards."""
    descriptor = call(command, struct.pack("=III", identity, 0, 0))[0]
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def info(descriptor: int, answer: t.Any) -> bytes:
    size = len(answer)
    call(INFO, struct.pack("=IIQ", descriptor, size, address(answer)))
    return bytes(answer.raw)


def program_info(descriptor: int) -> Program:
    ids = (ctypes.c_uint32 * 16)()
    answer = ctypes.create_string_buffer(80)
    struct.pack_into("=IQ", answer, 52, len(ids), address(ids))
    raw = info(descriptor, answer)
    count = struct.unpack_from("=I", raw, 52)[0]
    name = raw[64:80].split(b"\0")[0].decode("ascii", "replace")
    return Program(struct.unpack_from("=I", raw, 4)[0], raw[8:16], name, tuple(ids[:count]))


def map_info(descriptor: int) -> Map:
    raw = info(descriptor, ctypes.create_string_buffer(40))
    name = raw[24:40].split(b"\0")[0].decode("ascii", "replace")
    return Map._make((*struct.unpack_from("=IIIIII", raw), name))


def map_names() -> t.Iterator[str]:
    """The names of all maps of this machine."""
    identity = 0
    while True:
        try:
            _returned, answer = call(MAP_NEXT_ID, struct.pack("=III", identity, 0, 0))
        except OSError as error:
            if error.errno == errno.ENOENT:
                return
            raise
        (identity,) = struct.unpack_from("=I", answer, 4)
        with contextlib.suppress(FileNotFoundError), by_id(MAP_BY_ID, identity) as descriptor:
            yield map_info(descriptor).name
