# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One pass of the kernel over its TCP sockets, with the program that switches those that were chosen."""

import contextlib
import errno
import functools
import os
import struct
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._always import bpf, config, loader
from ansible_collections.netops.keepalive.plugins.module_utils._always.connections import table
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import assembler, btf, iterator
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import netns

TRACING, ITERATOR, FUNCTION = 26, 28, 12  # of a program, of what it is attached to, of a type
LINK_CREATE, ITER_CREATE = 28, 33
COOKIE = struct.Struct("=Q")
NAME = "netops_open"


def switch(maps: t.Mapping[str, int], _values: config.Config, chosen: t.Iterable[table.Open], what: int) -> t.Set[int]:
    """Which of these were switched, or with ``LOOK`` would be, by their cookies. The values stand in the maps.

    Raises ``OSError``, ``HostUnreadable``.
    """
    by_path: t.Dict[t.Optional[str], t.List[int]] = {}
    for one in chosen:
        by_path.setdefault(one.path, []).append(one.cookie)
    return {cookie for path, cookies in by_path.items() for cookie in run(maps, cookies, what, path)}


def run(maps: t.Mapping[str, int], cookies: t.Sequence[int], what: int, path: t.Optional[str]) -> t.List[int]:
    """The same for one network namespace."""
    with contextlib.ExitStack() as opened:

        def kept(descriptor: int) -> int:
            opened.callback(os.close, descriptor)
            return descriptor

        chosen = kept(bpf.make_map(loader.HASH, COOKIE.size, 4, len(cookies), loader.NOT_IN_ADVANCE, "netops_chosen"))
        for cookie in cookies:
            bpf.update(chosen, COOKIE.pack(cookie), struct.pack("=I", what))
        program = kept(load(dict(maps, chosen=chosen)))
        link = kept(bpf.call(LINK_CREATE, struct.pack("=IIIIQI4x", program, 0, ITERATOR, 0, 0, 0))[0])
        with netns.inside(path):  # it lists the sockets of the namespace that it is made in
            found = read(kept(bpf.call(ITER_CREATE, struct.pack("=II", link, 0))[0]))
    return [cookie for (cookie,) in COOKIE.iter_unpack(found)]


def load(maps: t.Mapping[str, int]) -> int:
    more = struct.pack("=IIIIQIIQII", 0, ITERATOR, 0, 0, 0, 0, 0, 0, 0, function_id())
    return bpf.load(assembler.assemble(iterator.lines(), maps), NAME, TRACING, more)


def read(descriptor: int) -> bytes:
    found = b""
    while True:
        with contextlib.suppress(BlockingIOError):  # the kernel took a break
            part = os.read(descriptor, 1 << 16)
            if not part:
                return found
            found += part


@functools.lru_cache(maxsize=None)
def function_id() -> int:
    """The number of ``bpf_iter_tcp`` among this kernel's types. Raises ``OSError``."""
    with open(btf.PATH, "rb") as file:
        data = file.read()
    _magic, _version, _flags, header, types, length, strings, _size = btf.HEADER.unpack_from(data)
    names = header + strings
    wanted = data.find(b"\0bpf_iter_tcp\0", names) + 1 - names
    for number, (kind, name, _members) in enumerate(btf.read_types(data, header + types, length), 1):
        if kind == FUNCTION and name == wanted:
            return number
    raise OSError(errno.EOPNOTSUPP, "the kernel has no bpf_iter_tcp")
