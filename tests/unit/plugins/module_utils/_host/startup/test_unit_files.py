# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Unit files of systemd: which drop-ins count, in which order, and the settings in them."""

from __future__ import annotations

import pathlib

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._host.startup import unit_files
from ansible_collections.netops.keepalive.plugins.module_utils._host.startup.unit_files import (
    Setting,
    drop_ins,
    effective,
    fragment,
    is_mask,
    settings_of,
)
from ansible_collections.netops.keepalive.plugins.module_utils._local_host import THIS


@pytest.fixture
def folders(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setattr(unit_files, "FOLDERS", tuple(str(tmp_path / name) for name in ("etc", "run", "usr")))
    monkeypatch.setattr(unit_files, "LASTING_FOLDERS", tuple(str(tmp_path / name) for name in ("etc", "usr")))
    return tmp_path


def put(path: pathlib.Path, text: str = "") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


def test_a_unit_file_in_run_ends_with_this_boot(folders: pathlib.Path) -> None:
    put(folders / "run/a.service")
    assert fragment("a.service", THIS) is None
    vendor = put(folders / "usr/a.service")
    assert fragment("a.service", THIS) == vendor
    own = put(folders / "etc/a.service")
    assert fragment("a.service", THIS) == own


def test_drop_ins_stand_in_the_order_of_their_names(folders: pathlib.Path) -> None:
    expected = [
        put(folders / "usr/service.d/10.conf"),
        put(folders / "run/a-.service.d/20.conf"),
        put(folders / "etc/a-b.service.d/30.conf"),
        put(folders / "usr/a-b.service.d/40.conf"),
    ]
    put(folders / "etc/a-.service.d/40.conf")  # hidden by the one of the unit itself
    put(folders / "usr/a-b.service.d/30.conf")  # hidden by the one in etc
    put(folders / "etc/a-b.service.d/50.txt")
    put(folders / "etc/b-.service.d/60.conf")
    assert drop_ins("a-b.service", THIS) == expected


SETTINGS: list[tuple[str, list[tuple[str, str, int]]]] = [
    ("[Unit]\n# A=1\n; A=2\n A = b c \n\nnonsense\nA=\n", [("A", "b c", 4), ("A", "", 7)]),
    ("A=b \\\n  c \\\n# a comment\n  d\nB=e\n", [("A", "b  c  d", 4), ("B", "e", 5)]),
    ("A=b\\", []),
]


@pytest.mark.parametrize("text, found", SETTINGS)
def test_settings(tmp_path: pathlib.Path, text: str, found: list[tuple[str, str, int]]) -> None:
    path = put(tmp_path / "x.conf", text)
    assert list(settings_of(path, THIS)) == [Setting(key, value, path, line) for key, value, line in found]


def test_a_file_that_is_gone_has_no_settings(tmp_path: pathlib.Path) -> None:
    assert list(settings_of(str(tmp_path / "x.conf"), THIS)) == []


def test_an_empty_value_empties_its_list() -> None:
    keys = ["ConditionPathExists=/a", "AssertHost=b", "ExecStart=c", "ConditionHost=", "ExecStart=", "ExecStart=d"]
    settings = [Setting(key, value, "", 1) for key, value in (text.split("=") for text in keys)]
    assert [f"{one.key}={one.value}" for one in effective(settings)] == ["AssertHost=b", "ExecStart=d"]


def test_masks(tmp_path: pathlib.Path) -> None:
    unit = tmp_path / "a.service"
    assert not is_mask(str(unit), THIS)
    unit.symlink_to("/dev/null")
    assert is_mask(str(unit), THIS)
    unit.unlink()
    unit.touch()
    assert is_mask(str(unit), THIS)
    unit.write_text("[Service]\n")
    assert not is_mask(str(unit), THIS)
    unit.unlink()
    unit.symlink_to("nowhere")
    assert not is_mask(str(unit), THIS)
