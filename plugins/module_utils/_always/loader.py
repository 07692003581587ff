# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Load the program with maps of its own, in the fullest form that this kernel takes."""

import contextlib
import errno
import hashlib
import os
import socket
import struct
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._always import bpf, config
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import assembler, instructions, layout
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import netns
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import mark_layout

HOST_NAMESPACE = "/proc/1/ns/net"
SO_NETNS_COOKIE = 71
PREFIX = "netops_"
MOST_EXCLUDED = 256


class Kind(t.NamedTuple):
    """Type, size of a key and of a value, entries, flags of a map (linux/bpf.h)."""

    kind: int
    key_size: int
    value_size: int
    entries: int
    flags: int = 0


ARRAY, HASH, PREFIXES, SOCKET_STORAGE, NOT_IN_ADVANCE = 2, 1, 11, 24, 1
KINDS = {
    layout.VALUES: Kind(ARRAY, 4, layout.VALUES_LAYOUT.size, 1),
    layout.COUNTS: Kind(ARRAY, 4, layout.COUNT_LAYOUT.size, len(layout.COUNTERS)),
    layout.PORTS: Kind(HASH, layout.PORT_LAYOUT.size, 4, MOST_EXCLUDED, NOT_IN_ADVANCE),
    layout.REMOTES: Kind(PREFIXES, layout.REMOTE_LAYOUT.size, 4, MOST_EXCLUDED, NOT_IN_ADVANCE),
    layout.MARKS: Kind(SOCKET_STORAGE, 4, mark_layout.LAYOUT.size, 0, NOT_IN_ADVANCE),
}
FORMS = ((True, True), (False, True), (True, False), (False, False))
"""Whether it can tell network namespaces apart, and mark what it has set."""


class Loaded(t.NamedTuple):
    """Descriptors, which the caller closes."""

    program: int
    maps: t.Dict[str, int]
    abilities: layout.Abilities

    def close(self) -> None:
        for descriptor in (self.program, *self.maps.values()):
            os.close(descriptor)


def abilities(cookie: t.Optional[int], fields: t.Optional[layout.Fields]) -> layout.Abilities:
    """The fullest form that this kernel takes. ``cookie`` is that of the host's network namespace, if the kernel tells it.

    Raises ``OSError``; of the plainest form, where the kernel takes none.
    """
    forms = [form for form in FORMS if cookie is not None or not form[0]]
    for namespaces, marks in forms:
        wanted = layout.Abilities(namespaces, marks, fields)
        try:
            load(wanted, config.EMPTY).close()
        except OSError as error:
            if error.errno == errno.EPERM or (namespaces, marks) == forms[-1]:
                raise
        else:
            return wanted
    raise AssertionError("there is a last form")


def load(wanted: layout.Abilities, values: config.Config, kept: t.Optional[t.Mapping[str, int]] = None) -> Loaded:
    """``kept`` are maps of an earlier program, which go on being used. Raises ``OSError``."""
    with contextlib.ExitStack() as opened:
        maps: t.Dict[str, int] = {}
        for name in KINDS:
            if name != layout.MARKS or wanted.marks:
                maps[name] = os.dup(kept[name]) if kept and name in kept else make_map(name)
                opened.callback(os.close, maps[name])
        config.write(maps, values)
        loaded = Loaded(bpf.load(code(wanted, maps), layout.NAME), maps, wanted)
        opened.pop_all()
    return loaded


def make_map(name: str) -> int:
    kind = KINDS[name]
    if name != layout.MARKS:
        return bpf.make_map(*kind, PREFIX + name)
    types = bpf.load_types(mark_layout.LAYOUT.size // 4)
    try:
        return bpf.make_map(*kind, PREFIX + name, types)
    finally:
        os.close(types)


def code(wanted: layout.Abilities, maps: t.Mapping[str, int]) -> bytes:
    return assembler.assemble(instructions.lines(wanted), maps)


def tags(wanted: layout.Abilities) -> t.Set[bytes]:
    """What the kernel calls these instructions: their hash without the descriptors; SHA-256 in newer kernels, SHA-1 before."""
    plain = code(wanted, dict.fromkeys(KINDS, 0))
    return {hashlib.new(name, plain).digest()[:8] for name in ("sha1", "sha256")}


def host_cookie() -> t.Optional[int]:
    """The cookie of the host's network namespace; ``None`` where the kernel has none (before 5.14), or does not let us look."""
    try:
        with netns.inside(HOST_NAMESPACE), socket.socket(socket.AF_INET, socket.SOCK_STREAM) as own:
            raw = own.getsockopt(socket.SOL_SOCKET, SO_NETNS_COOKIE, 8)
    except (OSError, _errors.HostUnreadable):
        return None
    return int(struct.unpack("=Q", raw)[0])
