# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An image of a host, as far as its keepalive values depend on it. The readers look at it as they look at the host itself."""

from __future__ import annotations

import os
import posixpath
import re
import stat
from collections.abc import Sequence

from ansible_collections.netops.keepalive.plugins.module_utils import _local_host
from ansible_collections.netops.keepalive.plugins.module_utils._host.startup import boot_facts
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import boot_readers
from ansible_collections.netops.keepalive.plugins.plugin_utils._look import answer, bounds, script

MAY_BE_MISSING = {*script.KERNEL, *script.LINES, *script.TEXTS, script.BOOT_TIME, *boot_facts.SYSCTL_PROGRAMS}
MODES = {"folder": stat.S_IFDIR, "special": stat.S_IFCHR}


def expression(pattern: str) -> str:
    """A regular expression for the paths that a shell finds for a pattern."""
    parts = [re.escape(part).replace(r"\*", "[^/]*").replace(r"\?", "[^/]") for part in pattern.split("/")]
    return "/".join(rf"(?!\.){part}" if part[:1] == "[" else part for part in parts)


class Asked:
    """Paths that the script looks at, by their patterns."""

    def __init__(self, *patterns: str) -> None:
        self.patterns = frozenset(patterns)
        self.expression = re.compile("|".join(expression(one) for one in patterns if re.search("[*?]", one)))

    def has(self, path: str) -> bool:
        return path in self.patterns or self.expression.fullmatch(path) is not None


# Compiled before Ansible makes a process for each host.
ALWAYS = Asked(*script.FOLDERS, *script.LOOKED_AT, *script.READ, *script.OTHER_INITS)
SOMETIMES = {sign: Asked(*patterns) for sign, patterns in script.SOMETIMES}


class NotInImage(Exception):
    """The script does not tell this."""


class Image(_local_host.LocalHost):
    def __init__(self, told: answer.Told) -> None:
        """Raises ``NotInImage`` where more is told than the script asks for, or what takes long to read."""
        self.told = told
        self.asked = [ALWAYS, *(asked for sign, asked in SOMETIMES.items() if sign in told.kinds)]
        if bounds.takes_long(told.texts):
            raise NotInImage("globs or expressions that may take long")
        for path in told.kinds:
            self.kind(path)

    def kind(self, path: str) -> str:
        """What is there; empty if there is nothing."""
        if not any(asked.has(path) for asked in self.asked):
            raise NotInImage(path)
        return self.told.kinds.get(path, "")

    def exists(self, path: str) -> bool:
        return self.kind(path) not in ("", "missing")

    def lexists(self, path: str) -> bool:
        return self.kind(path) != ""

    def isdir(self, path: str) -> bool:
        return self.kind(path) in ("folder", "closed")

    def isfile(self, path: str) -> bool:
        return self.kind(path) in ("file", "exists", "unreadable")

    def realpath(self, path: str) -> str:
        kind = "folder" if path == "/" else self.kind(path)
        if kind in ("closed", "exists") or self.told.real_paths.get(path) == "/" != path:
            raise NotInImage(path)
        if path == "/" or path in self.told.real_paths:
            return self.told.real_paths.get(path, path)
        folder, name = posixpath.split(path)
        return posixpath.join(self.realpath(folder), name)

    def samefile(self, one: str, other: str) -> bool:
        if (one, other) != script.NAMESPACES:
            raise NotInImage(f"{one}, {other}")
        return self.told.in_first_namespace  # or this user may not see that of PID 1

    def stat(self, path: str) -> os.stat_result:
        self.must_exist(path)
        kind = self.kind(path)
        if kind in ("closed", "exists") and path not in self.told.built:
            raise NotInImage(path)
        size = len(self.told.texts[path]) if kind == "file" else 0
        return status(MODES.get(kind, stat.S_IFREG), size=size, built=self.told.built.get(path, 0.0))

    def lstat(self, path: str) -> os.stat_result:
        if path not in self.told.changed:
            raise NotInImage(path)
        return status(changed=self.told.changed[path])

    def listdir(self, folder: str) -> list[str]:
        """The names of sysctl files; other names do not matter to the readers."""
        self.must_exist(folder)
        if folder not in boot_readers.FOLDERS or self.kind(folder) != "folder":
            raise NotInImage(folder)
        return [posixpath.basename(path) for path in self.told.kinds if posixpath.dirname(path) == folder]

    def glob(self, pattern: str) -> list[str]:
        if not any(pattern in asked.patterns for asked in self.asked):
            raise NotInImage(pattern)
        matches = re.compile(expression(pattern)).fullmatch
        return sorted(path for path in self.told.kinds if matches(path))

    def uname(self) -> Sequence[str]:
        if not self.told.machine and self.exists("/etc/tuned"):
            raise NotInImage("the machine's architecture")
        system = [self.told.texts[path].decode("utf-8", "surrogateescape") for path in script.SYSTEM]
        return [*system, self.told.machine]

    def read(self, path: str, most: int = -1) -> bytes:
        if path in self.told.texts:
            return self.told.texts[path]
        if path in MAY_BE_MISSING:
            raise FileNotFoundError(2, os.strerror(2), path)
        self.must_exist(path)
        if self.kind(path) == "unreadable":
            raise PermissionError(13, os.strerror(13), path)
        raise NotInImage(path)

    def run(self, command: list[str]) -> tuple[int, bytes]:
        raise NotInImage(" ".join(command))

    def must_exist(self, path: str) -> None:
        if not self.exists(path):
            raise FileNotFoundError(2, os.strerror(2), path)


def status(mode: int = 0, size: int = 0, built: float = 0.0, changed: float = 0.0) -> os.stat_result:
    return os.stat_result((mode, 0, 0, 0, 0, 0, size, 0, int(built), int(changed), 0.0, built, changed))
