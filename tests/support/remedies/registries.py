# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The newest packages of PyPI and npm, put into the tree of a host from outside: a host has no network of its own."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import sys
from pathlib import Path

from tests.support import needs
from tests.support.commands import attempt
from tests.support.fleet import FleetError, Host
from tests.support.remedies.trials import PYPI, folder_of

# Newer wheels run on older systems only if they say so; every release in the trials has glibc 2.31 or newer.
PLATFORMS = ("manylinux_2_28", "manylinux_2_17", "manylinux2014")


def install(registry: str, package: str, host: Host) -> str:
    """Its version."""
    folder = host.machine.root / folder_of(package).lstrip("/")
    return from_pypi(package, folder, python_of(host)) if registry == PYPI else from_npm(package, folder)


def python_of(host: Host) -> str:
    return host.run("""python3 -c 'import sys; print("{0}.{1}".format(*sys.version_info))'""").stdout.strip()


def from_pypi(package: str, folder: Path, python: str) -> str:
    platforms = [f"--platform={name}_{platform.machine()}" for name in PLATFORMS]
    carry_out(sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), "--only-binary=:all:",
              f"--python-version={python}", *platforms, package)  # fmt: skip
    return next(iter(importlib.metadata.distributions(name=package, path=[str(folder)]))).version


def from_npm(package: str, folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    carry_out(needs.program("npm"), "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), package)
    version: str = json.loads((folder / "node_modules" / package / "package.json").read_text())["version"]
    return version


def carry_out(*command: str) -> None:
    status, said = attempt(*command)
    if status:
        raise FleetError(f"{' '.join(command)}: {said}")
