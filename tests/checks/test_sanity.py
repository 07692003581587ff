# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`ansible-test sanity`, all but pslint, whose rules come from no package index that is used here.

Without pwsh, which validate-modules runs to read the argument spec of a .ps1 file, the modules for Windows are left out.
"""

from __future__ import annotations

import os
import pathlib
import re
import shutil

import pytest

from tests.support import needs, paths
from tests.support.commands import attempt
from tests.support.environments import pythons, venvs

ANSIBLE_CORE = "ansible-core>=2.21.5,<2.22"
CONTROLLERS = ["3.13", "3.12", "3.14"]
TARGETS = ["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"]
# The versions of pip that ansible-test of the releases supported here asks for.
SCRIPT_FOR_PIP = "get_pip_25_2.py"
PWSH = shutil.which("pwsh")


@pytest.fixture
def collection(tmp_path: pathlib.Path) -> pathlib.Path:
    """What is installed, and what ansible-test wants beside it; outside of git, whose ignored files it does not see."""
    copy = tmp_path / "ansible_collections" / "netops" / "keepalive"
    left_out = () if PWSH else ("win_*", "*.psm1")
    shutil.copytree(paths.INSTALLED, copy, ignore=shutil.ignore_patterns("__pycache__", *left_out))
    (copy / "tests").mkdir()
    shutil.copy(paths.ROOT / "tests" / "config.yml", copy / "tests")
    for ignored in (paths.ROOT / "tests" / "sanity").glob("ignore-*.txt"):
        (copy / "tests" / "sanity").mkdir(exist_ok=True)
        shutil.copy(ignored, copy / "tests" / "sanity")
    return copy


@pytest.fixture
def home() -> pathlib.Path:
    """A home of its own, kept with the environments that ansible-test makes there; with the user's settings for pip."""
    folder = paths.cache() / "ansible-test"
    cache = folder / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    shutil.copy(paths.ROOT / "tests" / "support" / "environments" / "get_pip.py", cache / SCRIPT_FOR_PIP)
    settings = pathlib.Path.home() / ".config" / "pip"
    (folder / ".config").mkdir(exist_ok=True)
    link = folder / ".config" / "pip"
    if settings.exists() and not link.is_symlink():
        link.symlink_to(settings)
    return folder


def test_sanity(collection: pathlib.Path, home: pathlib.Path) -> None:
    controller = pythons.newest(CONTROLLERS) or needs.python(CONTROLLERS[-1])
    environment = venvs.venv(controller, requirements=[ANSIBLE_CORE])
    targets = [found for found in map(pythons.find, TARGETS) if found]
    folders = [environment / "bin", *(python.parent for python in targets), "/usr/bin", "/bin"]
    if PWSH:
        folders.append(pathlib.Path(PWSH).parent)
    status, said = attempt(
        environment / "bin" / "ansible-test",
        *("sanity", "--color", "no", "--skip-test", "pslint"),
        cwd=collection,
        env={"HOME": str(home), "PATH": os.pathsep.join(map(str, folders))},
        timeout=1200,
    )
    complaints = [line for line in said.splitlines() if line.startswith(("ERROR", "FATAL"))]
    assert not complaints, "\n".join(complaints)
    assert status == 0, said
    assert 'Running sanity test "validate-modules"' in said
    imported_on = re.findall(r'Running sanity test "import" on Python (\S+)', said)
    assert sorted(imported_on) == sorted(python.name.removeprefix("python") for python in targets)
