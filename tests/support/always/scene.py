# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A throw-away host with a tree of cgroups of its own: what is attached to "the whole host" in it reaches no other process.

It enters a cgroup that was made for it, then namespaces of its own, and mounts the cgroups anew: the cgroup is then the root of its tree.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from tests.support import needs
from tests.support.hosts import throwaway

MODULE = "tcp_keepalive_always"
CONNECTIONS = pathlib.Path(__file__).with_name("connections.py")
# How cgroups begin that tests make; fleets name theirs after their folder (tests/support/fleet/names.py).
MADE_BY_TESTS = ("keepalive-test-", "ka")
NAMESPACES = ("--cgroup", "--mount", "--net", "--pid")
BEGIN = """
umount {mount} && mount -t cgroup2 none {mount} && mount -t tmpfs none /run && mkdir -p /run/netns && ip link set lo up && echo up && exec cat
"""

Result = dict[str, Any]
Options = list[int]
"""Keepalive, time, interval, probes, user timeout in milliseconds."""

Ends = tuple[Options, Options]
"""The accepted end, and the connecting end."""
Group = tuple[Result | None, list[Result]]


def outer_mount() -> pathlib.Path:
    mounts = [line.split() for line in pathlib.Path("/proc/self/mounts").read_text().splitlines()]
    for mount in mounts:
        if mount[2] == "cgroup2":
            return pathlib.Path(mount[1])
    raise RuntimeError("this machine has no cgroups of version 2")


class Scene:
    def __init__(self) -> None:
        needs.root()
        needs.program("bpftool")
        self.mount = outer_mount()
        """The same path inside and outside."""
        self.cgroup = self.mount / f"keepalive-test-{uuid.uuid4().hex[:12]}"
        self.cgroup.mkdir()
        words = ["unshare", *NAMESPACES, "--fork", "--mount-proc", "sh", "-ec", BEGIN.format(mount=self.mount)]
        self._anchor = subprocess.Popen(self._inside(words), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._anchor.stdout is not None
        assert self._anchor.stdout.readline() == b"up\n"
        (child,) = pathlib.Path(f"/proc/{self._anchor.pid}/task/{self._anchor.pid}/children").read_text().split()
        self._pid = int(child)

    def stop(self) -> None:
        throwaway.end(self._anchor)
        (self.cgroup / "cgroup.kill").write_text("1")
        for folder, _below, _files in os.walk(self.cgroup, topdown=False):
            for _attempt in range(200):
                with contextlib.suppress(OSError):
                    os.rmdir(folder)
                    break
                time.sleep(0.02)

    def _inside(self, command: Sequence[str]) -> list[str]:
        """The command, run as a process of the cgroup."""
        return ["sh", "-c", f'echo 0 > {self.cgroup}/cgroup.procs; exec "$@"', "sh", *command]

    def open(self, *command: str | pathlib.Path) -> subprocess.Popen[bytes]:
        words = ["nsenter", "--target", str(self._pid), *NAMESPACES, "--", *map(str, command)]
        environment = {**os.environ, "PYTHONPATH": str(throwaway.collections()), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.Popen(
            self._inside(words), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
        )

    def start(self, *command: str | pathlib.Path, stdin: bytes = b"") -> subprocess.Popen[bytes]:
        process = self.open(*command)
        assert process.stdin is not None
        process.stdin.write(stdin)
        process.stdin.close()
        process.stdin = None
        return process

    def start_outside(self, *command: str | pathlib.Path) -> subprocess.Popen[bytes]:
        """In the network of the host alone: such a process sees the cgroups of this machine, and may enter them."""
        words = ["nsenter", "--target", str(self._pid), "--net", "--", *map(str, command)]
        return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def sh(self, script: str) -> str:
        return throwaway.output_of(self.start("sh", "-euc", script)).decode()

    def always(self, *, check_mode: bool = False, under: Sequence[str] = (), **options: Any) -> Result:
        """Run the module; `under` is a program that runs it, such as strace. No systemd runs a throw-away host."""
        return self.module(MODULE, check_mode=check_mode, under=under, **{"boot": False, **options})

    def module(self, name: str, *, check_mode: bool = False, under: Sequence[str] = (), **options: Any) -> Result:
        return throwaway.result_of(self.begin(name, check_mode=check_mode, under=under, **options))

    def begin(
        self, name: str, *, check_mode: bool = False, under: Sequence[str] = (), **options: Any
    ) -> subprocess.Popen[bytes]:
        return self.start(*under, *throwaway.module(name), stdin=throwaway.arguments(check_mode, options))

    def connect(self, *cases: dict[str, Any], cgroup: str = "") -> list[Ends]:
        """The options of both ends of connections; see connections.py."""
        return self.connect_after([(None, list(cases))], cgroup)[0]

    def connect_after(self, groups: Sequence[Group], cgroup: str = "") -> list[list[Ends]]:
        """For each group its connections, made after a run of the module with its options."""
        answer = json.loads(throwaway.output_of(self.begin_connecting(groups, cgroup)))
        return [[(accepted, client) for accepted, client in group] for group in answer]

    def begin_connecting(self, groups: Sequence[Group], cgroup: str = "") -> subprocess.Popen[bytes]:
        return self.start(sys.executable, CONNECTIONS, json.dumps(groups), f"{self.mount}/{cgroup}")

    def make_cgroup(self, name: str) -> pathlib.Path:
        folder = self.cgroup / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def attached(self, cgroup: str = "") -> list[dict[str, Any]]:
        """What bpftool shows of the cgroup, from outside."""
        return attached(self.cgroup / cgroup)


def attached(folder: pathlib.Path) -> list[dict[str, Any]]:
    shown = subprocess.run(
        ["bpftool", "-j", "cgroup", "show", str(folder)], capture_output=True, text=True, check=True
    ).stdout
    return [one for one in json.loads(shown.strip() or "[]") if one["attach_type"] in ("sock_ops", "cgroup_sock_ops")]


def outer_programs() -> dict[str, list[int]]:
    """The programs of every cgroup of this machine that no test has made."""
    mount = outer_mount()
    shown = subprocess.run(
        ["bpftool", "-j", "cgroup", "tree", str(mount)], capture_output=True, text=True, check=True
    ).stdout
    found = {}
    for one in json.loads(shown.strip() or "[]"):
        programs = [program["id"] for program in one["programs"] if "sock_ops" in program["attach_type"]]
        name = pathlib.Path(one["cgroup"]).relative_to(mount)
        if programs and not str(name).startswith(MADE_BY_TESTS):
            found[str(name)] = programs
    return found


def new_scene() -> Iterator[Scene]:
    scene = Scene()
    try:
        yield scene
    finally:
        scene.stop()
