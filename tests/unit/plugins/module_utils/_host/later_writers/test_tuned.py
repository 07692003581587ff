# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The keepalive values of tuned's active profile."""

from __future__ import annotations

import pathlib

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers import configuration, tuned
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers.tuned import read_tuned
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers.types import LaterWriter, Write


@pytest.fixture
def etc(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """Where tuned's configuration is; the vendor's profiles are below usr."""
    monkeypatch.setattr(tuned, "ACTIVE_PROFILE", str(tmp_path / "active_profile"))
    monkeypatch.setattr(tuned, "MAIN_CONFIGURATION", str(tmp_path / "tuned-main.conf"))
    monkeypatch.setattr(tuned, "PROFILE_FOLDERS", (str(tmp_path), str(tmp_path / "usr")))
    monkeypatch.setattr(tuned, "PID_FILE", str(tmp_path / "tuned.pid"))
    monkeypatch.setattr(configuration, "starts_at_boot", lambda _service: False)
    (tmp_path / "tuned.pid").touch()
    return tmp_path


def profile(folder: pathlib.Path, name: str, text: str) -> str:
    path = folder / name / "tuned.conf"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return str(path)


SYSCTL = "[main]\nsummary=x\n\n[sysctl]\n# net.ipv4.tcp_keepalive_time = 1\nnet.ipv4.tcp_keepalive_time = 60\nnet/ipv4/tcp_keepalive_probes=5\n"


def test_values_with_their_places(etc: pathlib.Path) -> None:
    path = profile(etc / "usr", "ours", SYSCTL)
    (etc / "active_profile").write_text("ours\n")
    values = (Write("time", "60", path, 6), Write("probes", "5", path, 7))
    assert read_tuned() == LaterWriter("tuned", values, profile="ours", reapply=True)


def test_a_profile_in_etc_hides_the_vendors(etc: pathlib.Path) -> None:
    profile(etc / "usr", "ours", SYSCTL)
    path = profile(etc, "ours", "[sysctl]\nnet.ipv4.tcp_keepalive_time=90\n")
    (etc / "active_profile").write_text("ours")
    assert read_tuned() == LaterWriter("tuned", (Write("time", "90", path, 2),), profile="ours", reapply=True)


def test_the_including_profile_wins(etc: pathlib.Path) -> None:
    base = profile(etc / "usr", "base", SYSCTL)
    path = profile(etc, "ours", "[sysctl]\nnet.ipv4.tcp_keepalive_time=90\n[main]\ninclude=nowhere, base\n")
    (etc / "active_profile").write_text("ours\n")
    found = read_tuned()
    assert found is not None
    assert set(found.writes) == {Write("time", "90", path, 2), Write("probes", "5", base, 7)}


def test_of_two_active_profiles_the_later_wins(etc: pathlib.Path) -> None:
    profile(etc, "one", SYSCTL)
    path = profile(etc, "two", "[sysctl]\nnet.ipv4.tcp_keepalive_time=90\n")
    (etc / "active_profile").write_text("one two\n")
    found = read_tuned()
    assert found is not None
    assert found.profile == "one two"
    assert Write("time", "90", path, 2) in found.writes


def test_profiles_that_include_each_other_end(etc: pathlib.Path) -> None:
    profile(etc, "one", "[main]\ninclude=two\n" + SYSCTL.replace("[main]\n", ""))
    profile(etc, "two", "[main]\ninclude=one\n")
    (etc / "active_profile").write_text("one\n")
    found = read_tuned()
    assert found is not None
    assert [value.value for value in found.writes] == ["60", "5"]


@pytest.mark.parametrize(
    "text, reapply",
    [("", True), ("reapply_sysctl = 1\n", True), ("reapply_sysctl=0\n", False), ("# reapply_sysctl=0\n", True),
     ("daemon = 1\nreapply_sysctl = False\n", False), ("reapply_sysctl = no\n", False)],
)  # fmt: skip
def test_whether_tuned_reads_the_sysctl_files_again(etc: pathlib.Path, text: str, reapply: bool) -> None:
    profile(etc, "ours", SYSCTL)
    (etc / "active_profile").write_text("ours\n")
    (etc / "tuned-main.conf").write_text(text)
    found = read_tuned()
    assert found is not None
    assert found.reapply is reapply


@pytest.mark.parametrize("active", ["", "missing\n", "other\n"])
def test_no_profile_with_values(etc: pathlib.Path, active: str) -> None:
    profile(etc, "other", "[cpu]\ngovernor=performance\n[vm]\nnet.ipv4.tcp_keepalive_time=60\n")
    (etc / "active_profile").write_text(active)
    assert read_tuned() is None


def test_tuned_is_not_running(etc: pathlib.Path) -> None:
    profile(etc, "ours", SYSCTL)
    (etc / "active_profile").write_text("ours\n")
    (etc / "tuned.pid").unlink()
    assert read_tuned() is None


def test_quotes_are_not_part_of_a_value(etc: pathlib.Path) -> None:
    path = profile(etc, "ours", '[sysctl]\nnet.ipv4.tcp_keepalive_time="90"\n')
    (etc / "active_profile").write_text("ours\n")
    assert read_tuned() == LaterWriter("tuned", (Write("time", "90", path, 2),), profile="ours", reapply=True)


def test_a_profile_of_other_sysctls_reads_the_files_again(etc: pathlib.Path) -> None:
    profile(etc, "ours", "[sysctl]\nvm.swappiness=10\n")
    (etc / "active_profile").write_text("ours\n")
    assert read_tuned() == LaterWriter("tuned", (), profile="ours", reapply=True)
