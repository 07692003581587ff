# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual environments beside the one that runs the tests, kept in the cache."""

from __future__ import annotations

import fcntl
import hashlib
import pathlib

from tests.support import paths
from tests.support.commands import run

REQUIREMENTS = paths.ROOT / "tests" / "requirements"


def venv(python: pathlib.Path, *, requirements: list[str]) -> pathlib.Path:
    """The folder of an environment made with `python`, holding the requirements; made once, then found."""
    folder = paths.cache() / "venvs" / _name(python, requirements)
    folder.parent.mkdir(parents=True, exist_ok=True)
    complete = folder / "complete"
    with open(folder.with_suffix(".lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (complete.exists() and (folder / "bin" / "python").exists()):
            run(python, "-m", "venv", "--clear", folder)
            run(folder / "bin" / "python", "-m", "pip", "install", "-qq", "--disable-pip-version-check", *requirements)
            complete.touch()
    return folder


def from_file(name: str) -> list[str]:
    """The requirements in tests/requirements/NAME."""
    lines = (REQUIREMENTS / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _name(python: pathlib.Path, requirements: list[str]) -> str:
    """Other requirements, another environment."""
    return hashlib.sha256("\n".join([str(python), *sorted(requirements)]).encode()).hexdigest()[:12]
