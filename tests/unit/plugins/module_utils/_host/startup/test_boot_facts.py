# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The program that reads sysctl files at boot: its version, and whether the service is the one that systemd ships."""

from __future__ import annotations

import pathlib

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._host.startup import boot_facts, unit_files
from ansible_collections.netops.keepalive.plugins.module_utils._host.startup.boot_facts import (
    is_as_shipped,
    procps_version,
)
from ansible_collections.netops.keepalive.plugins.module_utils._local_host import THIS


@pytest.mark.parametrize(
    "program, version, run_first",
    [
        (b"\x7fELF\0procps-ng\0procps-ng 4.0.2\0", "4", False),
        (b"sysctl from procps-ng 4.0.4\0", "4", False),
        (b"procps-ng\0procps-ng 4.0.5\0", "4.0.5", False),
        (b"procps-ng 4.1.0", "4.0.5", False),
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
    monkeypatch.setattr(boot_facts, "SYSCTL_PROGRAMS", (f"{tmp_path}/missing", str(path)))
    assert procps_version(THIS) == (version, run_first)


@pytest.fixture
def vendor(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """The folder with the service as it is shipped."""
    folders = tuple(str(tmp_path / name) for name in ("control", "etc", "local", "usr", "lib"))
    monkeypatch.setattr(unit_files, "FOLDERS", folders)
    monkeypatch.setattr(unit_files, "LASTING_FOLDERS", folders)
    wanted = tmp_path / "usr/sysinit.target.wants"
    wanted.mkdir(parents=True)
    (wanted / "systemd-sysctl.service").symlink_to("../systemd-sysctl.service")
    return tmp_path / "usr"


def test_as_shipped(vendor: pathlib.Path) -> None:
    assert is_as_shipped("quiet", THIS)
    (vendor / "sysinit.target.wants/systemd-sysctl.service").unlink()
    assert not is_as_shipped("quiet", THIS)


def test_masked_on_the_command_line(vendor: pathlib.Path) -> None:
    assert not is_as_shipped("quiet systemd.mask=systemd-sysctl.service", THIS)


@pytest.mark.parametrize(
    "change", ["etc/systemd-sysctl.service", "usr/systemd-sysctl.service.d", "etc/systemd-.service.d", "lib/service.d"]
)
def test_a_change(vendor: pathlib.Path, change: str) -> None:
    (vendor.parent / change).mkdir(parents=True)
    assert not is_as_shipped("quiet", THIS)
