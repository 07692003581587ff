# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys in sysctl files, and the paths below ``/proc/sys`` that they name: separators and spellings. Pure.

Paths are relative to ``/proc/sys``. Sources: ``src/basic/sysctl-util.c``, ``path-util.c`` of systemd; ``slashdot`` in
``sysctl.c`` of procps-ng.
"""

import posixpath
import re

ROOT = "/proc/sys/"
GLOB_CHARACTERS = re.compile(r"[*?\[]")


def slashed(key: str) -> str:
    """A key as a path: where its first separator is a dot, dots and slashes swap their meaning."""
    first = re.search(r"[./]", key)
    if not first or first.group() == "/":
        return key
    return key.translate({ord("."): "/", ord("/"): "."})


def simplified(path: str) -> str:
    """A path as systemd simplifies it before it compares and opens it: without empty parts and without ``.``."""
    return "/".join(part for part in path.split("/") if part not in ("", "."))


def opened(path: str) -> str:
    """The path that the kernel opens for one that was not simplified, if all folders in it exist."""
    if path.endswith(("/", "/.", "/..")):
        return path  # this asks for a folder, and values are files
    return posixpath.normpath(ROOT + path)[len(ROOT) :]


def is_glob(path: str) -> bool:
    return bool(GLOB_CHARACTERS.search(path))
