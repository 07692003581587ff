# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether systemd-sysctl.service sets the values at boot. tests/host/booted holds such drop-ins against a real boot."""

from __future__ import annotations

import pathlib

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._host.startup import systemd_sysctl, unit_files
from ansible_collections.netops.keepalive.plugins.module_utils._host.startup.systemd_sysctl import read_service
from ansible_collections.netops.keepalive.plugins.module_utils._local_host import THIS

PROGRAM = "/usr/lib/systemd/systemd-sysctl"
SHIPPED = f"[Unit]\nConditionPathIsReadWrite=/proc/sys/net/\n[Service]\nExecStart={PROGRAM}\n"
REPLACED = "ExecStart=\nExecStart="


@pytest.fixture
def folders(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A host with the service as it is shipped."""
    for name in ("FOLDERS", "LASTING_FOLDERS"):
        monkeypatch.setattr(unit_files, name, (f"{tmp_path}/etc", f"{tmp_path}/usr"))
    wanted = tmp_path / "usr/sysinit.target.wants"
    wanted.mkdir(parents=True)
    (wanted / "systemd-sysctl.service").symlink_to("../systemd-sysctl.service")
    (tmp_path / "usr/systemd-sysctl.service").write_text(SHIPPED)
    return tmp_path


def drop_in(folders: pathlib.Path, text: str) -> str:
    path = folders / "etc/systemd-sysctl.service.d/x.conf"
    path.parent.mkdir(parents=True)
    path.write_text(text + "\n")
    return str(path)


def test_as_shipped(folders: pathlib.Path) -> None:
    assert read_service("quiet", THIS) == (None, ())


@pytest.mark.parametrize("command_line", ["systemd.mask=systemd-sysctl.service", "quiet systemd.mask=systemd-sysctl"])
def test_masked_on_the_command_line(folders: pathlib.Path, command_line: str) -> None:
    assert read_service(command_line, THIS).obstacle == (
        "systemd-sysctl.service is masked",
        "unmask it, or pass boot: false",
    )


def test_another_unit_masked_on_the_command_line(folders: pathlib.Path) -> None:
    assert read_service("systemd.mask=systemd-sysctl.socket", THIS).obstacle is None


def test_masked_by_a_file(folders: pathlib.Path) -> None:
    (folders / "etc").mkdir()
    (folders / "etc/systemd-sysctl.service").symlink_to("/dev/null")
    assert read_service("", THIS).obstacle == ("systemd-sysctl.service is masked", "unmask it, or pass boot: false")


def test_not_enabled(folders: pathlib.Path) -> None:
    (folders / "usr/sysinit.target.wants/systemd-sysctl.service").unlink()
    assert read_service("", THIS).obstacle == (
        "systemd-sysctl.service is not enabled",
        "run systemctl add-wants sysinit.target systemd-sysctl.service, or pass boot: false",
    )
    (folders / "etc/multi-user.target.requires").mkdir(parents=True)
    (folders / "etc/multi-user.target.requires/systemd-sysctl.service").symlink_to("nowhere")
    assert read_service("", THIS).obstacle is None


def test_no_service(folders: pathlib.Path) -> None:
    (folders / "usr/systemd-sysctl.service").unlink()
    assert read_service("", THIS).obstacle == (
        "systemd-sysctl.service does not exist",
        "install the package that has it, or pass boot: false",
    )


HARMLESS = [
    f"{REPLACED}-{PROGRAM}",
    f"{REPLACED}{PROGRAM} --prefix=/net --strict",
    f"{REPLACED}{PROGRAM} --prefix net.ipv4",
    f"{REPLACED}{PROGRAM} --prefix=/kernel --prefix=net/ipv4",
    f"{REPLACED}{PROGRAM} --prefix=/kernel\nExecStart={PROGRAM}",
    "ExecStartPre=-/bin/true",
    "ConditionPathIsReadWrite=\nConditionPathIsReadWrite=/proc/sys/",
    "User=root\nPrivateNetwork=no",
    "PrivateNetwork=yes\nPrivateNetwork=no",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless(folders: pathlib.Path, text: str) -> None:
    drop_in(folders, text)
    assert read_service("", THIS) == (None, ())


# The drop-in, the line of it that is named, and what it does.
OBSTACLES = [
    (f"{REPLACED}{PROGRAM} --prefix=/kernel", 2, "is what systemd-sysctl.service runs"),
    (f"{REPLACED}{PROGRAM} --prefix=/proc/sys/net", 2, "is what systemd-sysctl.service runs"),
    (f"{REPLACED}{PROGRAM} --prefix=net/ipv4/tcp_keepalive_time", 2, "is what systemd-sysctl.service runs"),
    (f"{REPLACED}{PROGRAM} 50-coredump.conf", 2, "is what systemd-sysctl.service runs"),
    (f"{REPLACED}/bin/sh -c 'sysctl --system", 2, "is what systemd-sysctl.service runs"),
    ("User=nobody", 1, "keeps systemd-sysctl.service from the values of this host"),
    ("PrivateNetwork=Yes", 1, "keeps systemd-sysctl.service from the values of this host"),
    ("ProtectKernelTunables=1", 1, "keeps systemd-sysctl.service from the values of this host"),
]


@pytest.mark.parametrize("text, line, what", OBSTACLES)
def test_obstacles(folders: pathlib.Path, text: str, line: int, what: str) -> None:
    path = drop_in(folders, text)
    setting = text.splitlines()[line - 1]
    assert read_service("", THIS).obstacle == (
        f"{path}:{line} ({setting}) {what}",
        "remove that line, or pass boot: false",
    )


def test_a_service_that_runs_nothing(folders: pathlib.Path) -> None:
    drop_in(folders, "ExecStart=")
    found = read_service("", THIS).obstacle
    assert found is not None
    assert found.why == "systemd-sysctl.service runs nothing"


def test_a_command_besides(folders: pathlib.Path) -> None:
    path = drop_in(folders, "ExecStartPost=/usr/sbin/sysctl -w net.ipv4.tcp_keepalive_time=88")
    assert read_service("", THIS) == (
        None,
        (f"{path}:1: systemd-sysctl.service also runs /usr/sbin/sysctl -w net.ipv4.tcp_keepalive_time=88; the values that this sets are not known.",),
    )  # fmt: skip


def test_conditions_are_judged_by_systemd(folders: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = drop_in(folders, "ConditionHost=a\nConditionPathExists=b")
    verdicts = {"ConditionHost=a": True, "ConditionPathExists=b": False}
    monkeypatch.setattr(
        systemd_sysctl,
        "are_met",
        lambda conditions, _host: all(verdicts[f"{one.key}={one.value}"] for one in conditions),
    )
    assert read_service("", THIS).obstacle == (
        f"{path}:2 (ConditionPathExists=b) keeps systemd-sysctl.service from running",
        "remove that line, or pass boot: false",
    )
    verdicts["ConditionPathExists=b"] = True
    assert read_service("", THIS) == (None, ())


def test_a_condition_that_cannot_be_judged(folders: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = drop_in(folders, "ConditionHost=a")
    monkeypatch.setenv("PATH", str(folders))  # no systemd-analyze
    assert read_service("", THIS) == (
        None,
        (f"{path}:1: whether systemd-sysctl.service runs at boot depends on ConditionHost=a.",),
    )
