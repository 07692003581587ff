# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether an initrd of dracut has a copy of the sysctl files. tests/host/readers/test_initrd_for_real.py asks the real dracut."""

from __future__ import annotations

import os
import pathlib

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._host.startup import initrd
from ansible_collections.netops.keepalive.plugins.module_utils._host.startup.initrd import copies_etc, is_older
from ansible_collections.netops.keepalive.plugins.module_utils._local_host import THIS


@pytest.fixture
def tree(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A host whose dracut copies the files, and whose image was built in the future."""
    for name in ("MKINITRAMFS", "FILE"):
        monkeypatch.setattr(initrd, name, f"{tmp_path}{getattr(initrd, name)}")
    for name in ("FOLDERS", "IMAGES", "WITH_VERSION"):
        monkeypatch.setattr(initrd, name, tuple(f"{tmp_path}{path}" for path in getattr(initrd, name)))
    for folder in ("boot", "etc/dracut.conf.d", "usr/lib/dracut/dracut.conf.d", "usr/sbin"):
        (tmp_path / folder).mkdir(parents=True)
    version(tmp_path, "112-7")
    image(tmp_path, "initrd.img-6.12.1", +1000)
    return tmp_path


def version(tree: pathlib.Path, text: str) -> None:
    (tree / "usr/lib/dracut/dracut-version.sh").write_text(f"#!/bin/sh\nDRACUT_VERSION={text}\n")


def image(tree: pathlib.Path, name: str, seconds: int) -> None:
    """An image that was built so long after now."""
    path = tree / "boot" / name
    path.touch()
    built = path.stat().st_mtime + seconds
    os.utime(path, (built, built))


DEFAULTS = [("059-4", False), ("108", False), ("109", True), ("112-7", True), ("057-88.git20250311.el9", False)]


@pytest.mark.parametrize(("text", "copies"), DEFAULTS)
def test_without_a_configuration(tree: pathlib.Path, text: str, copies: bool) -> None:
    version(tree, text)
    assert copies_etc(THIS) is copies


@pytest.mark.parametrize("text", ["", "git", "12"])
def test_a_version_that_is_not_one(tree: pathlib.Path, text: str) -> None:
    version(tree, text)
    assert not copies_etc(THIS)


def test_a_version_that_is_not_known(tree: pathlib.Path) -> None:
    (tree / "usr/lib/dracut/dracut-version.sh").unlink()
    assert not copies_etc(THIS)


def test_a_version_in_the_program(tree: pathlib.Path) -> None:
    (tree / "usr/lib/dracut/dracut-version.sh").unlink()
    (tree / "usr/bin").mkdir()
    (tree / "usr/bin/dracut").write_text('#!/bin/bash -p\nreadonly dracut_cmd\nDRACUT_VERSION="112-7"\n')
    assert copies_etc(THIS)


# Files and what is in them; whether dracut 059 then copies the files.
CONFIGURATIONS: list[tuple[dict[str, str], bool]] = [
    ({"etc/dracut.conf": "hostonly=yes # as here\n"}, True),
    ({"usr/lib/dracut/dracut.conf.d/01-dist.conf": 'hostonly="yes"\nhostonly_cmdline="no"\n'}, True),
    ({"etc/dracut.conf.d/x.conf": "# hostonly=yes\nhostonly_mode=strict\n"}, False),
    ({"etc/dracut.conf": "hostonly=yes\n", "etc/dracut.conf.d/x.conf": " hostonly='no'\n"}, False),
    ({"etc/dracut.conf.d/a.conf": "hostonly=no\n", "usr/lib/dracut/dracut.conf.d/b.conf": "hostonly=yes\n"}, True),
    ({"etc/dracut.conf.d/a.conf": "hostonly=no\n", "usr/lib/dracut/dracut.conf.d/a.conf": "hostonly=yes\n"}, False),
]


@pytest.mark.parametrize(("files", "copies"), CONFIGURATIONS)
def test_configurations(tree: pathlib.Path, files: dict[str, str], copies: bool) -> None:
    version(tree, "059")
    for path, text in files.items():
        (tree / path).write_text(text)
    assert copies_etc(THIS) is copies


def test_the_newest_image_counts(tree: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Only files of /etc are copied; this stands for one that changed now.
    monkeypatch.setattr(initrd, "COPIED", str(tree))
    changed = [str(tree), f"{tree}/missing"]
    assert is_older(changed, THIS) is False
    image(tree, "initrd.img-6.12.1", -1000)
    assert is_older(changed, THIS) is True
    image(tree, "initrd.img-6.12.1-kdump", +1000)
    assert is_older(changed, THIS) is True
    image(tree, "initramfs-6.13.0.img", +1000)
    assert is_older(changed, THIS) is False


def test_files_that_are_not_copied(tree: pathlib.Path) -> None:
    image(tree, "initrd.img-6.12.1", -1000)
    assert is_older([str(tree)], THIS) is False


def test_no_image(tree: pathlib.Path) -> None:
    (tree / "boot/initrd.img-6.12.1").unlink()
    assert is_older([], THIS) is None


def test_no_copy(tree: pathlib.Path) -> None:
    (tree / "etc/dracut.conf").write_text("hostonly=no\n")
    assert is_older([], THIS) is None


def test_another_program_builds_the_images(tree: pathlib.Path) -> None:
    (tree / "usr/sbin/mkinitramfs").touch()
    assert is_older([], THIS) is None
