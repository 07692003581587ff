# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a folder lasts until the next boot, and whether /proc/sys is read-only, told from mount tables."""

from __future__ import annotations

import pathlib

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._host import persistence
from ansible_collections.netops.keepalive.plugins.module_utils._host.persistence import (
    Mount,
    mount_of,
    reason,
    short_lived,
)
from ansible_collections.netops.keepalive.plugins.module_utils._local_host import THIS

DISK = Mount("/", "ext4", "rw")
TMP = Mount("/tmp", "tmpfs", "rw")

REASONS: list[tuple[list[Mount], str | None]] = [
    ([DISK], None),
    ([DISK, Mount("/etc", "tmpfs", "rw")], "/etc is a tmpfs"),
    ([Mount("/", "ramfs", "rw")], "/ is a ramfs"),
    ([DISK, Mount("/etcetera", "tmpfs", "rw")], None),
    ([DISK, Mount("/etc/sysctl.d/x", "tmpfs", "rw")], None),
    ([DISK, Mount("/etc", "tmpfs", "rw"), Mount("/etc/sysctl.d", "xfs", "rw")], None),
    ([DISK, Mount("/etc", "tmpfs", "rw"), Mount("/etc", "xfs", "rw")], None),
    ([DISK, Mount("/etc", "xfs", "rw"), Mount("/etc", "tmpfs", "rw")], "/etc is a tmpfs"),
    ([DISK, TMP, Mount("/etc", "overlay", "rw,lowerdir=/etc,upperdir=/tmp,workdir=/tmp/w")],
     "/etc is an overlay whose upper layer is on a tmpfs"),
    ([DISK, Mount("/etc", "overlay", "rw,lowerdir=/etc,upperdir=/tmp,workdir=/tmp/w")], None),
    ([DISK, TMP, Mount("/etc", "overlay", "rw,lowerdir=/etc,upperdir=/tmp/of/another/namespace,workdir=/w")], None),
    ([DISK, TMP, Mount("/etc", "overlay", "ro,lowerdir=/a:/b")], None),
    ([], None),
]  # fmt: skip


@pytest.mark.parametrize("mounts, why", REASONS)
def test_reason(mounts: list[Mount], why: str | None) -> None:
    assert reason("/etc/sysctl.d", mounts, THIS) == why


@pytest.mark.parametrize("path, point", [("/etc/sysctl.d", "/etc"), ("/etc", "/etc"), ("/etcetera", "/"), ("/", "/")])
def test_mount_of(path: str, point: str) -> None:
    found = mount_of(path, [DISK, Mount("/etc", "ext4", "rw")])
    assert found and found.point == point


def test_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    in_memory = Mount(str(tmp_path), "tmpfs", "rw")
    monkeypatch.setattr(
        persistence, "read_mounts", lambda _process, _host: [DISK, in_memory, Mount("/run", "tmpfs", "rw")]
    )
    (tmp_path / "link").symlink_to("/usr")
    assert short_lived([f"{tmp_path}/sysctl.d", f"{tmp_path}/link", "/run/sysctl.d", "/usr"], THIS) == {
        f"{tmp_path}/sysctl.d": f"{tmp_path} is a tmpfs"
    }


def test_mount_table_of_this_process() -> None:
    points = {mount.point: mount for mount in persistence.read_mounts("self", THIS)}
    assert "/" in points
    assert points["/proc"].kind == "proc"


SYS, NET = Mount("/proc/sys", "proc", "rw", read_only=True), Mount("/proc/sys/net", "proc", "rw")
READ_ONLY: list[tuple[dict[str, list[Mount]], bool]] = [
    ({"1": [DISK, SYS], "self": [DISK, SYS]}, True),
    ({"1": [DISK, SYS, NET], "self": [DISK, SYS, NET]}, False),
    ({"1": [], "self": [DISK, SYS]}, True),  # this user may not see the mounts of PID 1
    ({"1": [DISK, NET], "self": [DISK, SYS]}, False),  # read-only for this login only
    ({"1": [DISK, NET], "self": [Mount("/", "overlay", "rw,lowerdir=/a"), SYS]}, True),  # the machine's PID 1
    ({"1": [], "self": []}, False),
]


@pytest.mark.parametrize("mounts, read_only", READ_ONLY)
def test_a_read_only_proc_sys(monkeypatch: pytest.MonkeyPatch, mounts: dict[str, list[Mount]], read_only: bool) -> None:
    monkeypatch.setattr(persistence, "read_mounts", lambda process, _host: mounts[process])
    assert persistence.is_read_only("/proc/sys/net", THIS) is read_only


@pytest.mark.parametrize(
    "line, read_only",
    [
        ("14 1 0:2 /sys /proc/sys ro,nosuid shared:8 - proc proc rw", True),
        ("14 1 0:2 / /proc/sys rw,nosuid - proc proc ro,hidepid=2", True),
        ("14 1 0:2 / /proc/sys rw,errors=ro - proc proc rw", False),
    ],
)
def test_a_read_only_mount(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path, line: str, read_only: bool) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(line + "\n")
    monkeypatch.setattr("builtins.open", lambda *_args: table.open("rb"))
    assert [mount.read_only for mount in persistence.read_mounts("self", THIS)] == [read_only]
