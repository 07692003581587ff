# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The description of a process: name, program, systemd unit, container."""

import functools
import os
import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._sockets import interpreters, types

PROC = "/proc"
CHUNK = 65536
# The digits that `docker ps`, `podman ps` and `crictl ps` show.
SHORT_ID = 12

# How container managers name the cgroup of a container; what is captured is its id or name.
IDENTIFIED = re.compile(
    r"(?:^|[-/:])(?:docker|libpod|crio|cri-containerd|containerd|nerdctl|buildkit|garden)?(?:-payload|-conmon)?[-/:]?([0-9a-f]{64})(?:\.scope)?(?:/|$)"
)
NAMED = re.compile(
    r"/(?:lxc(?:\.payload)?[./](?P<lxc>[^/]+)|systemd-nspawn@(?P<template>[^/]+)\.service|machine-(?!qemu|xen)(?P<machine>[^/]+)\.scope)(?:/|$)"
)
UNIT = re.compile(r"[^/]+\.(?:service|scope|socket)\Z")
NOT_THE_APPLICATION = re.compile(
    r"(?:init|machine-.*|docker-.*|libpod-.*|crio-.*|cri-containerd-.*)\.scope\Z|systemd-nspawn@"
)
USER_MANAGER = re.compile(r".*/user@([0-9]+)\.service(?:/|\Z)")
ESCAPED = re.compile(r"\\x([0-9a-f]{2})")


class Cgroup(t.NamedTuple):
    """What the cgroup of a process tells about it."""

    unit: t.Optional[str]
    unit_user: t.Optional[int]
    container: t.Optional[str]


def read(pid: int, full_command: bool = False, pids: t.Tuple[int, ...] = ()) -> t.Optional[types.Process]:
    """``None`` where it ended. ``command`` is the program's path alone unless asked for more: arguments may hold secrets."""
    folder = "{0}/{1}/".format(PROC, pid)
    written = contents(folder + "comm")
    if not written:
        return None
    name = written[:-1] or program(folder)  # a process may call itself nothing
    found = cgroup(contents(folder + "cgroup"))
    command = arguments(folder) if full_command else ""
    path = program(folder) or name
    return types.Process(
        pid,
        name,
        command or path,
        unit=found.unit,
        unit_user=found.unit_user,
        container=found.container,
        pids=pids or (pid,),
        script=script_of(path, folder),
    )


def oldest(pids: t.Iterable[int]) -> t.List[int]:
    """The one that was started first comes first: a master before its workers."""
    return sorted(pids, key=lambda pid: (started(pid), pid))


def started(pid: int) -> int:
    """Ticks since the boot. The name in front may hold blanks and brackets."""
    fields = contents("{0}/{1}/stat".format(PROC, pid)).rpartition(")")[2].split()
    return int(fields[19]) if len(fields) > 19 else 0


def parent(pid: int) -> int:
    fields = contents("{0}/{1}/stat".format(PROC, pid)).rpartition(")")[2].split()
    return int(fields[1]) if len(fields) > 1 else 0


def program(folder: str) -> str:
    try:
        path = os.readlink(folder + "exe")
    except OSError:  # another user's; its command line may be read by all
        return first_word(folder)
    return path[: -len(" (deleted)")] if path.endswith(" (deleted)") else started_as(folder, path)


def started_as(folder: str, path: str) -> str:
    """The name that a program with several runs under, such as valkey-server, which is a link to valkey-check-rdb."""
    word = first_word(folder)
    name = os.path.basename(word)
    if not name or name == os.path.basename(path):
        return path
    other = word if os.path.isabs(word) else os.path.join(os.path.dirname(path), name)
    try:
        same = os.path.samestat(os.stat(folder + "exe"), os.stat("{0}root{1}".format(folder, other)))
    except OSError:  # a program may write anything there
        return path
    return other if same else path


def first_word(folder: str) -> str:
    words = contents(folder + "cmdline").split("\0", 1)[0].split()
    return words[0] if words else ""


def script_of(path: str, folder: str) -> t.Optional[str]:
    interpreter = interpreters.INTERPRETER.match(os.path.basename(path))
    return interpreters.script(interpreter.group(1), contents(folder + "cmdline").split("\0")) if interpreter else None


def arguments(folder: str) -> str:
    return " ".join(contents(folder + "cmdline").split("\0")).strip()


def contents(path: str) -> str:
    """The text of a small file in /proc, without the layers of ``open()``, which cost more than the reading."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        parts: t.List[bytes] = []
        while True:
            part = os.read(descriptor, CHUNK)
            if not part:
                return b"".join(parts).decode("utf-8", "surrogateescape")
            parts.append(part)
    except OSError:  # it ended meanwhile
        return ""
    finally:
        os.close(descriptor)


@functools.lru_cache(maxsize=64)  # workers of one service share it
def cgroup(text: str) -> Cgroup:
    """What ``/proc/PID/cgroup`` says: systemd's own hierarchy first, then version 2's, then any other."""
    paths = sorted(
        ((hierarchy(line), line.split(":", 2)[2]) for line in text.splitlines() if line.count(":") >= 2),
        key=lambda found: found[0],
    )
    units = [unit_in(path) for _rank, path in paths]
    containers = [container_in(path) for _rank, path in paths]
    unit, user = next(filter(None, units), (None, None))
    return Cgroup(unit, user, next(filter(None, containers), None))


def hierarchy(line: str) -> int:
    number, controllers, _path = line.split(":", 2)
    return 0 if controllers == "name=systemd" else 1 if number == "0" else 2


def unit_in(path: str) -> t.Optional[t.Tuple[str, t.Optional[int]]]:
    """The innermost unit, and the user whose systemd manager runs it: a unit of a user or of a container's systemd rather than what runs that one."""
    while path:
        path, _slash, name = path.rpartition("/")
        if UNIT.match(name) and not NOT_THE_APPLICATION.match(name):
            manager = USER_MANAGER.match(path)
            return unescaped(name), int(manager.group(1)) if manager else None
    return None


def container_in(path: str) -> t.Optional[str]:
    identified = IDENTIFIED.search(path)
    if identified:
        return identified.group(1)[:SHORT_ID]
    named = NAMED.search(path)
    return unescaped(next(filter(None, named.groups()))) if named else None


def unescaped(name: str) -> str:
    return ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), name)
