# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collections of others that tests and benchmarks hold ours against, taken out of the package `ansible` on PyPI.

That package is 700 MB unpacked; only the folder of one collection is kept.
"""

from __future__ import annotations

import fcntl
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

from tests.support.paths import cache

# Brings ansible.posix 2.1.0 and ansible.windows 3.3.0.
ANSIBLE_PACKAGE = "ansible==12.3.0"


def ansible_posix() -> pathlib.Path:
    """A folder for ANSIBLE_COLLECTIONS_PATH that holds ansible.posix."""
    return _collection("posix", cache() / "collections" / ANSIBLE_PACKAGE)


def ansible_windows() -> pathlib.Path:
    """A folder for ANSIBLE_COLLECTIONS_PATH that holds ansible.windows."""
    return _collection("windows", cache() / "collections" / f"{ANSIBLE_PACKAGE}-windows")


def community_general() -> pathlib.Path:
    """The same for community.general."""
    return _collection("general", cache() / "collections" / f"{ANSIBLE_PACKAGE}-general", namespace="community")


def _collection(name: str, folder: pathlib.Path, namespace: str = "ansible") -> pathlib.Path:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{folder}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process may want it too
        if not folder.exists():
            _unpack(f"ansible_collections/{namespace}/{name}/", folder)
    return folder


def _unpack(prefix: str, folder: pathlib.Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest", scratch, ANSIBLE_PACKAGE],
            check=True,
        )  # fmt: skip
        (wheel,) = pathlib.Path(scratch).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(f"{scratch}/unpacked", [name for name in archive.namelist() if name.startswith(prefix)])
        shutil.move(f"{scratch}/unpacked", folder)
