# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Unit and container from the text of /proc/PID/cgroup, as systems write it; and the program of a process."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
from collections.abc import Callable

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import processes

ID = "0123456789abcdef" * 4
SHORT = "0123456789ab"
POD = "pod12345678_1234_1234_1234_123456789abc"
V1 = "12:pids:{0}\n5:memory:{0}\n1:name=systemd:{1}\n0::/\n"

CASES = {
    "v2 service": ("0::/system.slice/redis-server.service", ("redis-server.service", None)),
    "v2 service below a service": ("0::/system.slice/x.service/supervisor/y", ("x.service", None)),
    "hybrid": (
        "9:name=systemd:/system.slice/nginx.service\n4:memory:/other\n0::/system.slice/nginx.service",
        ("nginx.service", None),
    ),
    "hybrid, 0:: is empty": (V1.format("/", "/system.slice/nginx.service"), ("nginx.service", None)),
    "template": (
        r"0::/system.slice/system-postgresql.slice/postgresql@15-main.service",
        ("postgresql@15-main.service", None),
    ),
    "escaped": (r"0::/system.slice/a\x2db.service", ("a-b.service", None)),
    "session": ("0::/user.slice/user-1000.slice/session-3.scope", ("session-3.scope", None)),
    "user's service": ("0::/user.slice/user-1000.slice/user@1000.service/app.slice/foo.service", ("foo.service", None)),
    "docker, systemd driver": (f"0::/system.slice/docker-{ID}.scope", (None, SHORT)),
    "docker, cgroupfs driver": (V1.format(f"/docker/{ID}", f"/docker/{ID}"), (None, SHORT)),
    "docker in docker": (f"0::/docker/{ID[::-1]}/docker/{ID}", (None, "fedcba987654")),
    "podman": (f"0::/machine.slice/libpod-{ID}.scope/container", (None, SHORT)),
    "podman, rootless": (
        f"0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{ID}.scope/container",
        ("user@1000.service", SHORT),
    ),
    "podman in a unit": (f"0::/system.slice/redis.service/libpod-payload-{ID}", ("redis.service", SHORT)),
    "kubernetes, containerd": (
        f"0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-{POD}.slice/cri-containerd-{ID}.scope",
        (None, SHORT),
    ),
    "kubernetes, cri-o": (f"0::/kubepods.slice/kubepods-{POD}.slice/crio-{ID}.scope", (None, SHORT)),
    "kubernetes, cgroupfs": (f"4:memory:/kubepods/besteffort/{POD}/{ID}", (None, SHORT)),
    "kubernetes, containerd without systemd": (
        f"0::/system.slice/containerd.service/kubepods-besteffort-{POD}.slice:cri-containerd:{ID}",
        ("containerd.service", SHORT),
    ),
    "lxc": ("0::/lxc/web/system.slice/nginx.service", ("nginx.service", "web")),
    "lxc 4": ("0::/lxc.payload.web/system.slice/nginx.service", ("nginx.service", "web")),
    "lxc 3": ("0::/lxc.payload/web", (None, "web")),
    "nspawn": (
        r"0::/machine.slice/machine-web\x2d1.scope/payload/system.slice/redis.service",
        ("redis.service", "web-1"),
    ),
    "nspawn, as a service": (
        "0::/machine.slice/systemd-nspawn@web.service/payload/system.slice/redis.service",
        ("redis.service", "web"),
    ),
    "nspawn, its own init": (r"0::/machine.slice/machine-web.scope/payload/init.scope", (None, "web")),
    "a virtual machine is none": (r"0::/machine.slice/machine-qemu\x2d1\x2ddb.scope/emulator", (None, None)),
    "nothing": ("0::/", (None, None)),
    "seen from inside a container": ("0::/../../x", (None, None)),
    "a colon in a name": ("0::/system.slice/odd:name.service", ("odd:name.service", None)),
    "no cgroups": ("", (None, None)),
    "nonsense": ("garbage\n\n:::\n", (None, None)),
}


@pytest.mark.parametrize("name", CASES)
def test_unit_and_container(name: str) -> None:
    text, expected = CASES[name]
    found = processes.cgroup(text)
    assert (found.unit, found.container) == expected


@pytest.mark.parametrize(
    ("path", "user"),
    [
        ("/user.slice/user-1000.slice/user@1000.service/app.slice/sshd.service", 1000),
        ("/user.slice/user-0.slice/user@0.service/app.slice/app-shop.slice/shop@1.service", 0),
        ("/lxc/web/user.slice/user-1001.slice/user@1001.service/app.slice/shop.service", 1001),
        ("/user.slice/user-1000.slice/user@1000.service/init.scope", None),
        ("/user.slice/user-1000.slice/session-3.scope", None),
        ("/system.slice/user@host.service/shop.service", None),
        ("/system.slice/sshd.service", None),
    ],
)
def test_a_unit_of_a_user_is_told_from_one_of_the_system(path: str, user: int | None) -> None:
    assert processes.cgroup("0::" + path).unit_user == user


PYTHON = os.path.realpath(sys.executable)


def program_of(*command: str, executable: str | None = None) -> str:
    waits = ["-c", "input()"]
    with subprocess.Popen([*command, *waits], executable=executable, stdin=subprocess.PIPE) as process:
        found = processes.read(process.pid)
        process.communicate(b"\n")
    assert found is not None
    return found.command


@pytest.mark.parametrize("link", [os.symlink, os.link], ids=["symbolic", "hard"])
def test_a_program_with_several_names_has_the_one_it_runs_under(
    tmp_path: pathlib.Path, link: Callable[[str, pathlib.Path], None]
) -> None:
    """As Debian's valkey-server, which is a link to valkey-check-rdb."""
    other = tmp_path / "valkey-server"
    try:
        link(PYTHON, other)
    except OSError:  # a hard link on another file system
        other = pathlib.Path(PYTHON).with_name("python3")
    assert program_of(str(other)) == str(other)


@pytest.mark.parametrize("word", ["/usr/sbin/nginx", "postgres:", "/no/such/program", " "])
def test_a_program_that_calls_itself_something_else_is_told_by_its_path(word: str) -> None:
    assert program_of(word, executable=PYTHON) == PYTHON
