# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Programs under strace, which makes one of their system calls fail, wait or be the last.

A number counts the calls of that name in the whole program: what a module does is found by recording it first.
"""

from __future__ import annotations

import pathlib
import re
from typing import NamedTuple

from tests.support import needs

# All that changes something or lets it reach the disk, under the names of every architecture.
WRITING = "openat,write,fchmod,fchown,fsetxattr,fsync," + ",".join(
    f"?{name},?{name}at" for name in ("mkdir", "rmdir", "unlink", "rename", "chmod")
)
TO_WRITE = re.compile(r"O_WRONLY|O_RDWR|O_CREAT")


class Call(NamedTuple):
    """A system call: its name, its ordinal number under that name, and what it concerns, like `rename /etc/hosts`."""

    name: str
    number: int
    what: str


def strace(*options: str, output: pathlib.Path | str = "/dev/null") -> list[str]:
    """The words to put before a command."""
    return [needs.program("strace"), "-qqq", "-y", "-s", "200", "-o", str(output), *options]


def injecting(call: str, effect: str, *, path: str | None = None) -> list[str]:
    """`effect` as in strace(1), --inject: error=EIO, signal=KILL, delay_exit=MICROSECONDS, with when=NUMBER."""
    return strace(*(["-P", path] if path else []), "-e", f"trace={call}", "-e", f"inject={call}:{effect}")


def recording(output: pathlib.Path) -> list[str]:
    return strace("-e", f"trace={WRITING}", output=output)


def writes(trace: str) -> list[Call]:
    """The calls in a recording that change something on the host: not what opens a file to read it, and not what prints."""
    calls = []
    numbers: dict[str, int] = {}
    for line in trace.splitlines():
        match = re.match(r"([a-z0-9]+)\((.*)", line)
        if match:
            name, arguments = match.groups()
            numbers[name] = numbers.get(name, 0) + 1
            only_reads = name == "openat" and not TO_WRITE.search(arguments)
            if not only_reads and not re.match(r"[12]<", arguments) and "/dev/null" not in arguments:
                calls.append(Call(name, numbers[name], described(name, arguments)))
    return calls


def described(name: str, arguments: str) -> str:
    """The last path that is named decides, which is the new name in a rename; text that is written comes after a quote."""
    paths = re.findall(r'^[0-9]+<([^>]*)>|"(/[^"]*)"', arguments)
    path = next(filter(None, paths[-1] if name.startswith("rename") else paths[0]))
    plain_name = name if name == "openat" else name.removesuffix("at")
    return f"{plain_name} {re.sub(r'[0-9]+[.]netops-keepalive', 'PID.netops-keepalive', path)}"
