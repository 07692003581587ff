# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The keepalive values of tuned's active profile, by the table that tests/host/readers holds against tuned itself."""

from __future__ import annotations

import pathlib

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._host import next_boot
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers import (
    configuration,
    tuned,
    tuned_profiles,
)
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers.tuned import read_tuned
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers.types import LaterWriter, Write
from ansible_collections.netops.keepalive.plugins.module_utils._host.snapshot import Snapshot
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files.types import BootFacts
from ansible_collections.netops.keepalive.plugins.module_utils._local_host import THIS
from ansible_collections.netops.keepalive.plugins.module_utils._settings import KERNEL_DEFAULTS

from tests.support.vectors.sysctl_trees import files_of
from tests.support.vectors.tuned import TUNED, TunedVector, profile
from tests.support.vectors.vector import TIME


class Host:
    """Where tuned's files are."""

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root
        self.etc, self.vendor = f"{root}/etc/tuned/profiles", f"{root}/usr/lib/tuned/profiles"

    def lay_out(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = pathlib.Path(name.format(etc=self.etc, vendor=self.vendor))
            path = path if path.is_relative_to(self.root) else self.root / name[1:]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def version(self, text: str) -> None:
        (self.root / "version.py").write_text(
            "TUNED_VERSION_MAJOR = {}\nTUNED_VERSION_MINOR = {}\n".format(*text.split("."))
        )


@pytest.fixture
def host(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    found = Host(tmp_path)
    names = tuple(f"{tmp_path}{path}" for path in tuned.PROFILE_NAMES)
    monkeypatch.setattr(tuned, "PROFILE_NAMES", names)
    monkeypatch.setattr(tuned, "MAIN_CONFIGURATION", f"{tmp_path}{tuned.MAIN_CONFIGURATION}")
    monkeypatch.setattr(tuned, "PID_FILE", f"{tmp_path}/tuned.pid")
    monkeypatch.setattr(tuned, "VERSION_FILES", f"{tmp_path}/version.py")
    monkeypatch.setattr(tuned_profiles, "FOLDERS", (found.etc, found.vendor))
    monkeypatch.setattr(tuned_profiles, "OLD_FOLDERS", (f"{tmp_path}/old",))
    monkeypatch.setattr(configuration, "starts_at_boot", lambda _service, _host: False)
    pathlib.Path(found.vendor).mkdir(parents=True)
    (tmp_path / "tuned.pid").touch()
    return found


@pytest.mark.parametrize("version", ["2.20", "2.27"])
@pytest.mark.parametrize("vector", [one for one in TUNED if not one.has_doubts], ids=lambda vector: vector.name)
def test_the_table(host: Host, vector: TunedVector, version: str) -> None:
    host.lay_out(dict(vector.files))
    host.version(version)
    writer = read_tuned(THIS)
    files = files_of({path: text.encode() for path, text in vector.files.items()})
    snapshot = Snapshot(KERNEL_DEFAULTS, files, BootFacts("systemd"), {}, later_writers=(writer,) if writer else ())
    assert next_boot.next_boot(snapshot).settings == (vector.old if vector.old and version == "2.20" else vector.values)


def test_the_place_of_a_value(host: Host) -> None:
    text = f"[main]\n[sysctl]\n# {TIME} = 1\n{TIME} = 50\n{TIME} = 60\n[other]\n{TIME}=70\n"
    host.lay_out(profile(text))
    assert read_tuned(THIS) == LaterWriter(
        "tuned",
        (Write("time", "60", f"{host.etc}/ours/tuned.conf", 5),),
        profile="ours",
        excluded=("",),
        swaps_separators=True,
    )


def test_variables_are_a_doubt(host: Host) -> None:
    host.lay_out(profile(f"[sysctl]\nuname_regex=${{x}}\n{TIME}=${{y}}\n"))
    found = read_tuned(THIS)
    assert found is not None
    assert set(found.doubts) == {
        f"{host.etc}/ours/tuned.conf:{line}: tuned uses {value} here; its variables are not read."
        for line, value in ((2, "${x}"), (3, "${y}"))
    }


def test_folders_before_2_23(host: Host) -> None:
    pathlib.Path(host.vendor).rmdir()
    host.lay_out({**profile(""), f"{host.root}/old/ours/tuned.conf": f"[sysctl]\n{TIME}=60\n"})
    found = read_tuned(THIS)
    assert found is not None
    assert [write.value for write in found.writes] == ["60"]


def test_folders_that_are_named(host: Host) -> None:
    host.lay_out(profile("", main=f"profile_dirs=/none, {host.root}/named"))
    host.lay_out({f"{host.root}/named/ours/tuned.conf": f"[sysctl]\n{TIME}=60\n"})
    found = read_tuned(THIS)
    assert found is not None
    assert [write.value for write in found.writes] == ["60"]


def test_tuned_is_not_running(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    host.lay_out(profile(f"[sysctl]\n{TIME}=60\n"))
    (host.root / "tuned.pid").unlink()
    assert read_tuned(THIS) is None
    monkeypatch.setattr(configuration, "starts_at_boot", lambda service, _host: service == "tuned")
    assert read_tuned(THIS) is not None


@pytest.mark.parametrize("text", ["[sysctl]\nuname_regex=(\n", "[sysctl]\npriority=x\n"])
def test_a_profile_that_tuned_fails_on(host: Host, text: str) -> None:
    host.lay_out(profile(f"{text}{TIME}=60\n"))
    assert read_tuned(THIS) is None
