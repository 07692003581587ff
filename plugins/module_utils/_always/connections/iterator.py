# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One pass of the kernel over its TCP sockets, with the program that switches those that were chosen; and the proof that it can."""

import contextlib
import errno
import functools
import os
import socket
import struct
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _text
from ansible_collections.netops.keepalive.plugins.module_utils._always import bpf, config, loader, refusals, trial
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import assembler, btf, iterator, layout
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import netns

TRACING, ITERATOR, FUNCTION = 26, 28, 12  # of a program, of what it is attached to, of a type
LINK_CREATE, ITER_CREATE = 28, 33
COOKIE, SO_COOKIE = struct.Struct("=Q"), 57
NAME = "netops_open"
CANNOT = (
    "This kernel does not let a program set the options of connections that are open (bpf_iter/tcp, Linux 6.1 can: {0}): say "
    "connections: false, and each is switched on when it is made anew."
)


def run(maps: t.Mapping[str, int], cookies: t.Collection[int], what: int, path: t.Optional[str] = None) -> t.Set[int]:
    """Which of these sockets of a network namespace were switched, or with ``LOOK`` would be. Raises ``OSError``, ``HostUnreadable``."""
    if not cookies:
        return set()
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
    return {cookie for (cookie,) in COOKIE.iter_unpack(found)}


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
    raise OSError(errno.ENOSYS, "it has no bpf_iter_tcp")


def prove(values: config.Config) -> None:
    """On connections of our own: off becomes on and off again, one with a user timeout is kept. Raises ``KeepaliveError``."""
    try:
        with contextlib.ExitStack() as opened:
            maps = {name: loader.make_map(name) for name in (layout.VALUES, layout.MARKS)}
            for descriptor in maps.values():
                opened.callback(os.close, descriptor)
            bpf.update(maps[layout.VALUES], bytes(4), values.packed())
            ends = own_connection(opened, 0) + own_connection(opened, 77000)
            cookies = [cookie_of(end) for end in ends]
            before = list(map(trial.options, ends))
            switched = run(maps, cookies, 0)
            on = list(map(trial.options, ends))
            back = run(maps, cookies, iterator.TAKE_BACK)
            off = list(map(trial.options, ends))
    except OSError as error:
        if error.errno == errno.EPERM:
            raise refusals.refused(error) from error
        why = refusals.last_line(error) if isinstance(error, bpf.ProgramRefused) else _text.why(error)
        raise _errors.HostUnreadable(CANNOT.format(why)) from error
    named = (values.time, values.interval, values.probes, values.user_timeout)
    wanted = [[1] + [new or old for new, old in zip(named, end[1:])] for end in before[:2]]
    if on != wanted + before[2:] or not switched == back == set(cookies[:2]) or any(end[0] for end in off):
        raise _errors.HostUnreadable(
            CANNOT.format("connections of the module's own became {0}, and then {1}".format(on, off))
        )


def own_connection(opened: contextlib.ExitStack, timeout: int) -> t.List[socket.socket]:
    """Both ends of a connection over the loopback interface."""
    listener = opened.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
    client = opened.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
    listener.bind(("127.0.0.1", 0))
    listener.listen(1)
    client.settimeout(trial.PATIENCE)
    client.connect(listener.getsockname())
    ends = [opened.enter_context(listener.accept()[0]), client]
    for end in ends:
        end.setsockopt(layout.SOL_SOCKET, layout.SO_KEEPALIVE, 0)
        end.setsockopt(layout.TCP, layout.TCP_USER_TIMEOUT, timeout)
    return ends


def cookie_of(own: socket.socket) -> int:
    return int(COOKIE.unpack(own.getsockopt(layout.SOL_SOCKET, SO_COOKIE, COOKIE.size))[0])
