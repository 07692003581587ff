# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host of the fleet as tests see it: commands over ssh, and a reboot."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import NamedTuple

from . import ssh
from .errors import FleetError
from .machine import BOOT_SECONDS, Machine


class Host(NamedTuple):
    name: str
    release: str
    machine: Machine
    key: Path
    control_path: str

    @property
    def address(self) -> str:
        return self.machine.address

    def run(self, command: str, *, check: bool = True, text: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a shell command there as root (`text` on its standard input); with `check`, failing is an error with its output."""
        finished = subprocess.run(
            ["ssh", *ssh.OPTIONS, "-i", str(self.key), "-o", "BatchMode=yes", "-o", "ControlMaster=auto",
             "-o", "ControlPersist=60", "-o", f"ControlPath={self.control_path}", f"root@{self.address}", command],
            input=text or "", capture_output=True, text=True, check=False,
        )  # fmt: skip
        if check and finished.returncode != 0:
            raise FleetError(f"{self.name}: {command!r} ended with {finished.returncode}: {finished.stderr.strip()}")
        return finished

    def read(self, path: str) -> str:
        """What stands in a file there."""
        return self.run(f"cat '{path}'").stdout

    def reboot(self) -> None:
        """Reboot it as its administrator would, and return when one can log in to the new boot."""
        before = self._boot()
        self.run("systemctl reboot", check=False)  # the connection may end before the answer
        deadline = time.monotonic() + BOOT_SECONDS
        while self._boot() in (None, before):
            if time.monotonic() > deadline:
                raise FleetError(f"{self.name} did not come back from its reboot (see {self.machine.console})")
            time.sleep(0.1)

    def _boot(self) -> str | None:
        """Names the boot that answers now, if one does."""
        if not ssh.answers(self.address):
            return None
        return self.run("cat /proc/sys/kernel/random/boot_id", check=False).stdout or None
