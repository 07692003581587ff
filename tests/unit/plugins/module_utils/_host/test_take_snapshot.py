# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading from a host: what stands in the place of a file, and which programs read it at boot."""

from __future__ import annotations

import os
import pathlib
import tracemalloc

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import boot_readers
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files.types import (
    MOST_MEBIBYTES,
    SysctlFile,
)
from ansible_collections.netops.keepalive.plugins.module_utils._host.take_snapshot import (
    read_file,
    read_files,
    take_snapshot,
)
from ansible_collections.netops.keepalive.plugins.module_utils._local_host import THIS


def test_files_of_all_folders(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, conf = tmp_path / "first", tmp_path / "second", tmp_path / "sysctl.conf"
    monkeypatch.setattr(boot_readers, "FOLDERS", (str(first), str(tmp_path / "none"), str(second)))
    monkeypatch.setattr(boot_readers, "SYSCTL_CONF", str(conf))
    for folder in (first, second):
        folder.mkdir()
    (first / "b.conf").write_bytes(b"\xef\xbb\xbf\xff\r\n\r\0")
    (first / ".a.conf").touch()
    (first / "a.txt").touch()
    (second / "b.conf").write_text("second")
    conf.symlink_to("nowhere")
    assert list(read_files(THIS)) == [
        (f"{first}/.a.conf", SysctlFile("", f"{first}/.a.conf")),
        (f"{first}/b.conf", SysctlFile("\ufeff\udcff\r\n\r\0", f"{first}/b.conf")),
        (f"{second}/b.conf", SysctlFile("second", f"{second}/b.conf")),
        (str(conf), SysctlFile(None, f"{tmp_path}/nowhere", "missing")),
    ]


@pytest.mark.parametrize(
    "target, text, problem",
    [
        ("file", "text", None),
        ("/dev/null", "", None),
        ("folder", None, "directory"),
        ("nowhere", None, "missing"),
        ("file/below", None, "missing"),
        ("/dev/zero", None, "special"),
        ("pipe", None, "special"),
    ],
)
def test_where_a_link_leads(tmp_path: pathlib.Path, target: str, text: str | None, problem: str | None) -> None:
    (tmp_path / "file").write_text("text")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "x.conf").symlink_to(target)
    assert read_file(str(tmp_path / "x.conf"), THIS) == SysctlFile(text, os.path.join(tmp_path, target), problem)


def test_a_link_to_itself(tmp_path: pathlib.Path) -> None:
    (tmp_path / "x.conf").symlink_to("x.conf")
    assert read_file(str(tmp_path / "x.conf"), THIS).problem == "missing"


def test_a_file_that_may_not_be_read(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "x.conf"
    path.touch()
    monkeypatch.setattr("builtins.open", refuse)
    assert read_file(str(path), THIS) == SysctlFile(None, str(path), "unreadable")


BOUND = MOST_MEBIBYTES << 20


@pytest.mark.parametrize(("size", "problem"), [(BOUND, None), (BOUND + 1, "large"), (100 * BOUND, "large")])
def test_a_large_file_does_not_fill_the_memory(tmp_path: pathlib.Path, size: int, problem: str | None) -> None:
    path = tmp_path / "x.conf"
    path.touch()
    os.truncate(path, size)
    tracemalloc.start()
    try:
        file = read_file(str(path), THIS)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert file == SysctlFile(None if problem else "\0" * size, str(path), problem)
    assert peak < 3 * BOUND


def test_this_machine() -> None:
    snapshot = take_snapshot()
    assert snapshot.facts.reader in ("systemd", "procps")
    with open("/proc/sys/net/ipv4/tcp_keepalive_time", encoding="ascii") as file:
        assert snapshot.runtime.time == int(file.read())


def test_a_folder_that_may_not_be_read_is_not_passed_over(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str) -> list[str]:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(boot_readers, "FOLDERS", (str(tmp_path),))
    monkeypatch.setattr(boot_readers, "SYSCTL_CONF", str(tmp_path / "none"))
    monkeypatch.setattr("os.listdir", refuse)
    assert list(read_files(THIS)) == [(str(tmp_path), SysctlFile(None, str(tmp_path), "unreadable"))]
