# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Trees of sysctl files as tests write them down, and as our code sees them once they were read from a host."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import NamedTuple

from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files.boot_readers import FOLDERS
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files.types import SysctlFile

ETC, RUN, LOCAL, VENDOR = "/etc/sysctl.d/", "/run/sysctl.d/", "/usr/local/lib/sysctl.d/", "/usr/lib/sysctl.d/"
CONF = "/etc/sysctl.conf"


class Link(NamedTuple):
    """A symbolic link."""

    target: str


class Folder(NamedTuple):
    """A directory where a file is expected."""


Entry = bytes | Link | Folder
Tree = Mapping[str, Entry]


def one(text: str | bytes, path: str = f"{ETC}50-x.conf") -> Tree:
    """A single file."""
    return {path: text if isinstance(text, bytes) else text.encode()}


def files_of(tree: Tree) -> dict[str, SysctlFile]:
    """What reading these files from a host yields."""
    return {
        path: _read(tree, path)
        for path in tree
        if path == CONF or (posixpath.dirname(path) in FOLDERS and path.endswith(".conf"))
    }


def _read(tree: Tree, path: str) -> SysctlFile:
    real_path = _followed(tree, path)
    entry = tree.get(real_path)
    if real_path == "/dev/null":
        return SysctlFile("", real_path)
    if isinstance(entry, bytes):
        return SysctlFile(entry.decode("utf-8", "surrogateescape"), real_path)
    return SysctlFile(None, real_path, "missing" if entry is None else "directory")


def _followed(tree: Tree, path: str) -> str:
    entry = tree.get(path)
    if isinstance(entry, Link):
        return _followed(tree, posixpath.normpath(posixpath.join(posixpath.dirname(path), entry.target)))
    return path
