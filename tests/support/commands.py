# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running programs in tests, so that a failure shows what they said."""

from __future__ import annotations

import os
import pathlib
import subprocess
from collections.abc import Mapping

import pytest

from tests.support import paths


def attempt(
    *command: str | pathlib.Path,
    cwd: pathlib.Path = paths.ROOT,
    env: Mapping[str, str] | None = None,
    timeout: float = 600,
) -> tuple[int, str]:
    """Run it; its exit status and what it printed, both streams."""
    result = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        check=False,
    )
    return result.returncode, result.stdout


def run(
    *command: str | pathlib.Path,
    cwd: pathlib.Path = paths.ROOT,
    env: Mapping[str, str] | None = None,
    timeout: float = 600,
) -> str:
    """Run it and return what it printed; the test fails, showing just that, where the exit status is not 0."""
    status, said = attempt(*command, cwd=cwd, env=env, timeout=timeout)
    if status:
        pytest.fail(f"exit status {status} of: {' '.join(map(str, command))}\n{said}", pytrace=False)
    return said


def tool(name: str, *arguments: str | pathlib.Path, cwd: pathlib.Path = paths.ROOT) -> str:
    """Run a program of the virtual environment that runs the tests."""
    return run(paths.SCRIPTS / name, *arguments, cwd=cwd)
