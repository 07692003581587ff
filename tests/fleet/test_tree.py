# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cache of release trees: built once, whole or not at all. A stand-in for debootstrap shows what it is asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support import needs, paths
from tests.support.fleet import requirements, tree

STAND_IN = """#!/bin/sh
for last_but_one in "$@"; do tree=$mirror mirror=$last_but_one; done
echo "$tree $mirror" >>"$CALLS"
mkdir -p "$tree/etc/ssh" "$tree/etc/default" "$tree/etc/systemd/system" "$tree/var/cache/apt/archives"
echo secret >"$tree/etc/ssh/ssh_host_rsa_key"
sleep "${SECONDS_TO_BUILD:-0}"
echo "E: the mirror is on fire"
exit "${STATUS:-0}"
"""


class Trees:
    def __init__(self, folder: Path) -> None:
        (folder / "bin").mkdir()
        (folder / "bin" / "debootstrap").write_text(STAND_IN)
        (folder / "bin" / "debootstrap").chmod(0o755)
        self.calls = folder / "calls"
        self.cache = folder / "cache"
        self._environment = {
            **os.environ,
            "PATH": f"{folder}/bin:{os.environ['PATH']}",
            "CALLS": str(self.calls),
            "KEEPALIVE_CACHE": str(self.cache),
        }

    def ask(self, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.support.fleet", "tree", "bookworm"],
            cwd=paths.ROOT,
            env={**self._environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def entries(self) -> list[Path]:
        """Trees, whole or unfinished, without locks and logs."""
        return [entry for entry in (self.cache / "trees").iterdir() if entry.is_dir()]


@pytest.fixture
def trees(tmp_path: Path) -> Trees:
    needs.booted_hosts()
    return Trees(tmp_path)


def test_two_processes_that_want_the_same_tree_build_it_once(trees: Trees) -> None:
    asking = [trees.ask(SECONDS_TO_BUILD="0.5") for _ in range(2)]
    answers = {process.communicate()[0] for process in asking}

    (answer,) = answers
    (found,) = trees.entries()
    assert Path(answer.strip()) == found
    assert len(trees.calls.read_text().splitlines()) == 1
    assert not (found / "etc/ssh/ssh_host_rsa_key").exists(), "host keys are the fleet's, never the cache's"


def test_a_tree_that_could_not_be_built_is_not_there(trees: Trees) -> None:
    refused = trees.ask(STATUS="1")
    output, error = refused.communicate()

    assert (refused.returncode, output) == (1, "")
    assert error.startswith("fleet: debootstrap could not build bookworm: E: the mirror is on fire (all of it: ")
    assert len(error.splitlines()) == 1
    assert all(entry.name.startswith(".") for entry in trees.entries())


def test_what_a_killed_build_left_is_removed_by_the_next(trees: Trees) -> None:
    killed = trees.ask(SECONDS_TO_BUILD="1")
    while not trees.calls.exists():
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()

    answer, _error = trees.ask().communicate()

    assert trees.entries() == [Path(answer.strip())]


def test_the_mirror_is_the_one_that_apt_uses(trees: Trees) -> None:
    trees.ask().communicate()
    mirror = trees.calls.read_text().split()[-1]
    known = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert mirror in known


def test_another_recipe_is_another_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree.path_of("trixie")
    monkeypatch.setattr(tree, "PACKAGES", (*tree.PACKAGES, "redis-server"))
    assert tree.path_of("trixie") != before


def test_what_is_missing_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda program: None if program == "systemd-nspawn" else program)
    monkeypatch.setattr(requirements, "KEYRING", __file__)
    assert requirements.missing() == "not found: systemd-nspawn; install with: apt-get install systemd-container"


def test_without_root_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert requirements.missing() == "booting hosts needs root: run this as root (or with sudo)"
