# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading from a host: what stands in the place of a file, and which programs read it at boot."""

from __future__ import annotations

import os
import pathlib

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._host import take_snapshot as host_take_snapshot
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import boot_readers
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files.types import SysctlFile
from ansible_collections.netops.keepalive.plugins.module_utils._host.take_snapshot import (
    is_masked,
    procps_version,
    read_file,
    read_files,
    take_snapshot,
)


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
    assert list(read_files()) == [
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
    assert read_file(str(tmp_path / "x.conf")) == SysctlFile(text, os.path.join(tmp_path, target), problem)


def test_a_link_to_itself(tmp_path: pathlib.Path) -> None:
    (tmp_path / "x.conf").symlink_to("x.conf")
    assert read_file(str(tmp_path / "x.conf")).problem == "missing"


def test_a_file_that_may_not_be_read(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "x.conf"
    path.touch()
    monkeypatch.setattr("builtins.open", refuse)
    assert read_file(str(path)) == SysctlFile(None, str(path), "unreadable")


@pytest.mark.parametrize(
    "program, version, run_first",
    [
        (b"\x7fELF\0procps-ng\0procps-ng 4.0.2\0", "4", False),
        (b"procps-ng 3.3.17", "3.3", False),
        (b"procps-ng 3.3.16", "3.3", True),
        (b"BusyBox v1.35.0", None, False),
        (None, None, False),
    ],
)
def test_procps_version(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, program: bytes | None, version: str | None, run_first: bool
) -> None:
    path = tmp_path / "sysctl"
    if program is not None:
        path.write_bytes(program)
    monkeypatch.setattr(host_take_snapshot, "SYSCTL_PROGRAMS", (f"{tmp_path}/missing", str(path)))
    assert procps_version() == (version, run_first)


@pytest.mark.parametrize(
    "command_line, masked",
    [
        ("quiet systemd.mask=systemd-sysctl.service", True),
        ("systemd.mask=systemd-sysctl", True),
        ("systemd.mask=systemd-sysctl.socket", False),
        ("", False),
    ],
)
def test_masked_on_the_command_line(monkeypatch: pytest.MonkeyPatch, command_line: str, masked: bool) -> None:
    monkeypatch.setattr(host_take_snapshot, "UNIT_FOLDERS", ())
    assert is_masked(command_line) is masked


def test_masked_by_a_unit_file(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unit = tmp_path / "systemd-sysctl.service"
    monkeypatch.setattr(host_take_snapshot, "UNIT_FOLDERS", (str(tmp_path),))
    assert not is_masked("")
    unit.symlink_to("/dev/null")
    assert is_masked("")
    unit.unlink()
    unit.touch()
    assert is_masked("")
    unit.write_text("[Service]\n")
    assert not is_masked("")
    unit.unlink()
    unit.symlink_to("nowhere")
    assert not is_masked("")


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
    assert list(read_files()) == [(str(tmp_path), SysctlFile(None, str(tmp_path), "unreadable"))]
