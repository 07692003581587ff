# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the readers look at a host: through ``LocalHost``, or on the controller through an image of a host, which has its methods."""

import glob
import os
import subprocess
import typing as t


class LocalHost:
    """The host that this process runs on. The methods are those of ``os`` and ``glob``, and raise what these do."""

    def exists(self, path: str) -> bool:
        return os.path.exists(path)

    def lexists(self, path: str) -> bool:
        return os.path.lexists(path)

    def isdir(self, path: str) -> bool:
        return os.path.isdir(path)

    def isfile(self, path: str) -> bool:
        return os.path.isfile(path)

    def realpath(self, path: str) -> str:
        return os.path.realpath(path)

    def samefile(self, one: str, other: str) -> bool:
        return os.path.samefile(one, other)

    def stat(self, path: str) -> os.stat_result:
        return os.stat(path)

    def lstat(self, path: str) -> os.stat_result:
        return os.lstat(path)

    def listdir(self, folder: str) -> t.List[str]:
        return os.listdir(folder)

    def glob(self, pattern: str) -> t.List[str]:
        return sorted(glob.glob(pattern))

    def uname(self) -> t.Sequence[str]:
        return os.uname()

    def read(self, path: str, most: int = -1) -> bytes:
        with open(path, "rb") as file:
            return file.read(most)

    def text(self, path: str) -> str:
        """The content of a file; empty where it cannot be read."""
        try:
            return self.read(path).decode("utf-8", "surrogateescape")
        except OSError:
            return ""

    def run(self, command: t.List[str]) -> t.Tuple[int, bytes]:
        """The exit status and output of a command."""
        # The library knows no AnsibleModule, whose run_command ansible-test would have us call.
        done = subprocess.run(  # pylint: disable=ansible-bad-function
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        return done.returncode, done.stdout


THIS = LocalHost()
