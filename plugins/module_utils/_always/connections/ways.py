# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways to the options of a connection that is open, and the proof that one works here, on connections of our own."""

import contextlib
import os
import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _text
from ansible_collections.netops.keepalive.plugins.module_utils._always import (
    attached,
    bpf,
    config,
    loader,
    refusals,
    trial,
)
from ansible_collections.netops.keepalive.plugins.module_utils._always.connections import duplicates, iterator, table
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import iterator as program
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import pidfd, types

Way = t.Callable[[t.Mapping[str, int], config.Config, t.Iterable[table.Open], int], t.Set[int]]
CANNOT = (
    "Connections that are open cannot be switched here. No program may set their options (bpf_iter/tcp, Linux 6.1 can: {0}), and their "
    "sockets cannot be duplicated: {1}. Say connections: false, and each is switched on when it is made anew."
)


def find(values: config.Config) -> Way:
    """A program if the kernel lets it, because it marks what it has switched; else duplicates. Raises ``KeepaliveError``."""
    try:
        with maps_for(iterator.switch, None) as maps:
            prove(iterator.switch, maps, values)
        return iterator.switch
    except OSError as error:
        why = refusals.refused(error)
    except _errors.HostUnreadable as error:
        why = error
    lack = duplicates.lack()
    if lack:
        raise _errors.HostUnreadable(CANNOT.format(_text.as_part(why), lack)) from why
    prove(duplicates.switch, {}, values)
    return duplicates.switch


def prove(way: Way, maps: t.Mapping[str, int], values: config.Config) -> None:
    """Off becomes on and off again, and one with a user timeout is kept. Raises ``HostUnreadable``, ``OSError``."""
    with contextlib.ExitStack() as stack:
        if layout.VALUES in maps:
            bpf.update(maps[layout.VALUES], bytes(4), values.packed())
        ends = own_connection(stack, 0) + own_connection(stack, 77000)
        chosen = [as_open(end) for end in ends]
        before = list(map(trial.options, ends))
        switched = way(maps, values, chosen, 0)
        on = list(map(trial.options, ends))
        back = way(maps, values, chosen, program.TAKE_BACK)
        off = list(map(trial.options, ends))
    named = (values.time, values.interval, values.probes, values.user_timeout)
    wanted = [[1] + [new or old for new, old in zip(named, end[1:])] for end in before[:2]]
    expected = {one.cookie for one in chosen[:2]}
    if on != wanted + before[2:] or not switched == back == expected or any(end[0] for end in off):
        raise _errors.HostUnreadable("Connections of the module's own became {0}, and then {1}.".format(on, off))


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


def as_open(end: socket.socket) -> table.Open:
    holder = types.Holder(os.getpid(), end.fileno())
    return table.Open(pidfd.cookie_of(end), None, 0, 0.0, b"", 0, b"", 0, holder=holder)


@contextlib.contextmanager
def maps_for(way: Way, one: t.Optional[attached.Ours]) -> t.Iterator[t.Dict[str, int]]:
    """The values and the marks of an attached program, and new ones in the place of those that it lacks. Duplicates need none."""
    if way is duplicates.switch:
        yield {}
        return
    with attached.opened_maps(one.maps if one else {}) as there, contextlib.ExitStack() as stack:
        maps = {name: there[name] for name in (layout.VALUES, layout.MARKS) if name in there}
        for name in {layout.VALUES, layout.MARKS} - set(maps):
            maps[name] = loader.make_map(name)
            stack.callback(os.close, maps[name])
        yield maps
