# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sysctl file that ufw applies when it starts."""

from __future__ import annotations

import pathlib

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers import configuration, ufw
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers.types import LaterWriter, Write
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers.ufw import read_ufw
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers.writes import writes_of
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files.types import BootFacts, SysctlFile
from ansible_collections.netops.keepalive.plugins.module_utils._local_host import THIS

OWN = "/etc/ufw/sysctl.conf"


@pytest.fixture
def etc(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """ufw as Debian ships it, enabled and started at boot."""
    monkeypatch.setattr(ufw, "FILES", (f"{tmp_path}/ufw.conf", f"{tmp_path}/default"))
    monkeypatch.setattr(configuration, "starts_at_boot", lambda service, _host: service == "ufw")
    (tmp_path / "ufw.conf").write_text("# set to yes\nENABLED=yes\nLOGLEVEL=low\n")
    (tmp_path / "default").write_text(f'IPV6=yes\nDEFAULT_INPUT_POLICY="DROP"\n#IPT_SYSCTL=/x\nIPT_SYSCTL={OWN}\n')
    return tmp_path


def test_as_shipped_and_enabled(etc: pathlib.Path) -> None:
    assert read_ufw(THIS) == LaterWriter("ufw", file=OWN)


@pytest.mark.parametrize(
    "line, enabled",
    [
        ("ENABLED=YES", True),
        ("ENABLED=no", False),
        ('ENABLED="yes" # x', True),
        ("ENABLED=Yes", False),
        ("ENABLED='yes", False),
        ("", False),
    ],
)
def test_whether_it_is_enabled(etc: pathlib.Path, line: str, enabled: bool) -> None:
    (etc / "ufw.conf").write_text(line + "\n")
    assert (read_ufw(THIS) is not None) is enabled


@pytest.mark.parametrize(
    "line, file",
    [
        ('IPT_SYSCTL="/etc/sysctl.conf"', "/etc/sysctl.conf"),
        ("IPT_SYSCTL=", None),
        ("IPT_SYSCTL=/a\n IPT_SYSCTL=/b", "/b"),
        ("", None),
    ],
)
def test_which_file_it_applies(etc: pathlib.Path, line: str, file: str | None) -> None:
    (etc / "default").write_text(line + "\n")
    found = read_ufw(THIS)
    assert (found and found.file) == file


def test_a_service_that_is_not_started(etc: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "starts_at_boot", lambda service, _host: False)
    assert read_ufw(THIS) is None


def test_its_keys_have_slashes_and_its_globs_count() -> None:
    text = "net/ipv4/tcp_keepalive_intvl=1800\nnet/ipv4/tcp_keepalive_p*=3\n#net/ipv4/tcp_keepalive_time=1\n"
    files = {OWN: SysctlFile(text, OWN)}
    assert list(writes_of(LaterWriter("ufw", file=OWN), files, BootFacts("systemd"))) == [
        Write("interval", "1800", OWN, 1),
        Write("probes", "3", OWN, 2),
    ]
    assert list(writes_of(LaterWriter("ufw", file=OWN), {}, BootFacts("systemd"))) == []
