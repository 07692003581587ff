# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a test needs of the machine. Each function skips the running test, with the reason, where that is missing.

With KEEPALIVE_TESTS=all such a skip is a failure: tests/support/no_skips.py sees to it, for these and for every other skip.
"""

from __future__ import annotations

import functools
import os
import pathlib
import shutil
import subprocess

import pytest

from tests.support.environments import pythons
from tests.support.fleet import requirements


def root() -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root")


def program(name: str, *, package: str = "") -> str:
    """The path of a program; `package` is the Debian package that brings it, where its name is another."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"needs the program {name} (Debian: apt-get install {package or name})")
    return found


def pwsh() -> str:
    """A PowerShell of this machine, for its parser."""
    found = shutil.which("pwsh")
    if found is None:
        pytest.skip("needs pwsh, Microsoft's PowerShell for Linux")
    return found


def windows_inventory() -> pathlib.Path:
    """An inventory of Windows hosts to test on. The suites set their keepalive values, and put back what they found."""
    named = os.environ.get("KEEPALIVE_WINDOWS_INVENTORY")
    if not named:
        pytest.skip("needs Windows hosts: KEEPALIVE_WINDOWS_INVENTORY names no inventory")
    return pathlib.Path(named).resolve()


def chromium() -> str:
    """A browser for the pages; Playwright drives it, and brings none of its own."""
    return program("chromium")


def user_namespaces() -> None:
    """What an ordinary user's throw-away host is made of."""
    unshare = program("unshare", package="util-linux")
    refusal = _refusal(unshare, "--user", "--map-root-user", "--net", "--mount", "true")
    if refusal:
        pytest.skip(f"needs user namespaces, which are refused here: {refusal}")


def booted_hosts() -> None:
    """What tests/fleet is made of."""
    lack = requirements.missing()
    if lack:
        pytest.skip(lack)
    refusal = _refusal("unshare", "--net", "--mount", "--pid", "--fork", "true")
    if refusal:
        pytest.skip(f"needs to make namespaces, which is refused here: {refusal}")


def mptcp() -> None:
    if not pathlib.Path("/proc/sys/net/mptcp").exists():
        pytest.skip("needs a kernel with MPTCP")


def python(version: str) -> pathlib.Path:
    """A Python of the version given, like "3.6", outside of any virtual environment."""
    found = pythons.find(version)
    if found is None:
        pytest.skip(f"needs Python {version}: no python{version} on PATH, in pyenv or in /usr/bin")
    return found


def installed(path: pathlib.Path, *, hint: str) -> pathlib.Path:
    """A file or folder that something else has to bring."""
    if not path.exists():
        pytest.skip(f"needs {path}: {hint}")
    return path


@functools.cache
def _refusal(*command: str) -> str:
    """What the command says when it is refused; nothing when it works."""
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if result.returncode == 0 else (result.stderr.strip() or f"exit status {result.returncode}")
