# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prove on connections of our own, in a cgroup of our own, that the program does here what it promises. Then nothing is left of both.

A kernel's version does not tell: distributions carry newer code in older kernels.
"""

import contextlib
import glob
import json
import os
import socket
import time
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._always import bpf, cgroups, config, loader
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import btf, layout

NAME = cgroups.ROOT + cgroups.TRIAL
OWN = (77, 7)
"""Time and interval of an application that sets its own."""
PATIENCE = 5.0

Ends = t.List[t.List[int]]
"""The accepted end and the connecting end: keepalive, time, interval, probes, user timeout."""


class Trial(t.NamedTuple):
    """What became of a connection with keepalive off, of one with its own values, and of one with its own user timeout."""

    off: Ends
    own: Ends
    timeout: Ends
    counters: t.Dict[str, int]


def prove(mount: str, values: config.Config, cookie: t.Optional[int]) -> layout.Abilities:
    """The form of the program that keeps the promise on this kernel. To be called under the lock.

    Raises:
        HostUnreadable: there is none; the message says what this kernel lacks.
        OSError: the kernel refused the program, or a step on the way.
    """
    by_call = loader.abilities(cookie, None)
    first = attempt(mount, by_call, values)
    if first.counters["seen"] == 0:
        raise _errors.HostUnreadable(
            "The kernel does not match this host's sockets with cgroups of version 2 (net_cls or net_prio of version 1 is in "
            "use): no program sees the connections of a cgroup."
        )
    if first.counters["errors"] == 0:
        return checked(first, by_call, values)
    fields = btf.read_fields()
    if fields is None:
        raise cannot_tell("and {0} is missing, which would show where else it stands".format(btf.PATH))
    try:
        by_field = loader.abilities(cookie, fields)
    except bpf.ProgramRefused as error:
        raise cannot_tell("and refuses to read it elsewhere") from error
    return checked(attempt(mount, by_field, values), by_field, values)


def cannot_tell(more: str) -> _errors.HostUnreadable:
    return _errors.HostUnreadable(
        "This kernel does not tell a program whether a connection has keepalive on (bpf_getsockopt, Linux 6.1), {0}: the values "
        "of applications would be overwritten.".format(more)
    )


def checked(trial: Trial, abilities: layout.Abilities, values: config.Config) -> layout.Abilities:
    """Raises ``HostUnreadable``."""
    named = (values.time, values.interval, values.probes, values.user_timeout)
    for end in trial.off:
        if end[0] != 1 or any(wanted and wanted != found for wanted, found in zip(named, end[1:])):
            raise _errors.HostUnreadable(
                "A connection of the module's own was not switched on as it should be ({0} instead of {1}): nothing was "
                "attached.".format(end, [1, *named])
            )
    if any(end[0] != 1 or tuple(end[1:3]) != OWN for end in trial.own) or any(end[0] for end in trial.timeout):
        raise _errors.HostUnreadable(
            "A connection of the module's own that has values of its own did not keep them ({0}): nothing was "
            "attached.".format(trial.own + trial.timeout)
        )
    return abilities


def attempt(mount: str, abilities: layout.Abilities, values: config.Config) -> Trial:
    """Raises ``OSError``."""
    everything = layout.OUTGOING | layout.INCOMING | layout.LOOPBACK | layout.CONTAINERS
    alike = values._replace(flags=everything, ports=frozenset(), remotes=frozenset())
    with own_cgroup(mount) as cgroup, cgroups.opened(mount, cgroup) as folder:
        loaded = loader.load(abilities, alike)
        try:
            bpf.attach(folder, loaded.program)
            off, own, timeout = in_child(cgroups.path_of(mount, cgroup))
            return Trial(off, own, timeout, config.read_counters(loaded.maps[layout.COUNTS]))
        finally:
            loaded.close()


@contextlib.contextmanager
def own_cgroup(mount: str) -> t.Iterator[str]:
    """What a killed run left is removed too; its programs end with it."""
    for left in glob.glob(glob.escape(mount) + NAME + "*"):
        with contextlib.suppress(OSError):
            os.rmdir(left)
    cgroup = NAME + str(os.getpid())
    os.mkdir(mount + cgroup)
    try:
        yield cgroup
    finally:
        deadline = time.monotonic() + PATIENCE
        while os.path.exists(mount + cgroup) and time.monotonic() < deadline:
            try:
                os.rmdir(mount + cgroup)
            except OSError:  # the kernel has not let go of the child yet
                time.sleep(0.001)


def in_child(folder: str) -> t.List[Ends]:
    """What connections are like that a process in this cgroup makes. This process stays where it is."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(writing, json.dumps(try_connections(folder)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = json.loads(pipe.read().decode() or '[0, "the process that was to try the program has ended"]')
    os.waitpid(pid, 0)
    if not isinstance(said[0], list):
        raise OSError(*said)
    return t.cast(t.List[Ends], said)


def try_connections(folder: str) -> t.List[t.Any]:
    """The ends of each connection, or an error's number and text."""
    try:
        with open(folder + "/cgroup.procs", "w") as file:
            file.write("0")
        return [own_connection(*options) for options in ((), OWN, (None, None, 77000))]
    except OSError as error:
        return [error.errno or 0, str(error)]


def own_connection(idle: t.Optional[int] = None, interval: t.Optional[int] = None, timeout: int = 0) -> Ends:
    """A connection over the loopback interface, whose both ends have these options from the start."""
    with contextlib.ExitStack() as stack:
        listener, client = (stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) for _end in "12")
        for own in (listener, client):
            own.settimeout(PATIENCE)
            own.setsockopt(layout.TCP, layout.TCP_USER_TIMEOUT, timeout)
            if idle and interval:
                own.setsockopt(layout.TCP, layout.TCP_KEEPIDLE, idle)
                own.setsockopt(layout.TCP, layout.TCP_KEEPINTVL, interval)
                own.setsockopt(layout.SOL_SOCKET, layout.SO_KEEPALIVE, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        client.connect(listener.getsockname())
        accepted = stack.enter_context(listener.accept()[0])
        return [options(accepted), options(client)]


def options(own: socket.socket) -> t.List[int]:
    tcp = (layout.TCP_KEEPIDLE, layout.TCP_KEEPINTVL, layout.TCP_KEEPCNT, layout.TCP_USER_TIMEOUT)
    return [
        own.getsockopt(layout.SOL_SOCKET, layout.SO_KEEPALIVE),
        *(own.getsockopt(layout.TCP, option) for option in tcp),
    ]
