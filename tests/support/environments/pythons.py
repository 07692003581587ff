# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Pythons of this machine, beside the one that runs the tests."""

from __future__ import annotations

import functools
import os
import pathlib
import subprocess

from tests.support import paths


@functools.cache
def find(version: str) -> pathlib.Path | None:
    """A working Python of the version given ("3.9"), newest patch release first among pyenv's; none: None."""
    for candidate in _candidates(f"python{version}"):
        if candidate.exists() and not candidate.is_relative_to(paths.SCRIPTS) and _version(candidate) == version:
            return candidate
    return None


def newest(versions: list[str]) -> pathlib.Path | None:
    """The first that is here of the versions given."""
    return next((found for found in map(find, versions) if found), None)


def _candidates(name: str) -> list[pathlib.Path]:
    in_pyenv = sorted(_pyenv_root().glob(f"versions/*/bin/{name}"), key=_patch_release, reverse=True)
    on_path = [pathlib.Path(folder) / name for folder in os.environ["PATH"].split(os.pathsep) if folder]
    return in_pyenv + on_path + [pathlib.Path("/usr/bin") / name, pathlib.Path("/usr/local/bin") / name]


def _pyenv_root() -> pathlib.Path:
    return pathlib.Path(os.environ.get("PYENV_ROOT") or pathlib.Path.home() / ".pyenv")


def _patch_release(python: pathlib.Path) -> list[int]:
    return [int(number) for number in python.parts[-3].split(".") if number.isdigit()]


def _version(python: pathlib.Path) -> str | None:
    """What it says itself: a pyenv shim exists for versions that are not active, and fails."""
    command = [str(python), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return result.stdout.strip() if result.returncode == 0 else None
