# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding and ending the processes of a fleet, and no others.

Every process that we start for a host carries the host's machine name in its environment (its children inherit it), and
so does the host's PID 1. That mark is read from /proc each time: no pid is remembered, so none can be somebody else's by now.
"""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator

MARK = "KEEPALIVE_FLEET_MACHINE"


def marked(prefix: str) -> Iterator[int]:
    """The processes of all machines whose name begins so."""
    for entry in os.listdir("/proc"):
        if entry.isdigit() and _is_marked(int(entry), prefix):
            yield int(entry)


def kill(prefix: str) -> None:
    """End them, and return when they are gone. A host's PID 1 takes everything in the host with it."""
    while True:
        ending = [descriptor for pid in marked(prefix) for descriptor in _kill_one(pid, prefix)]
        if not ending:
            return
        for descriptor in ending:
            select.select([descriptor], [], [], 10)
            os.close(descriptor)


def _kill_one(pid: int, prefix: str) -> Iterator[int]:
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    # The descriptor holds on to one process; only now is it certain that the mark is read from that one.
    if _is_marked(pid, prefix):
        signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        yield descriptor
    else:
        os.close(descriptor)


def _is_marked(pid: int, prefix: str) -> bool:
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            environment = file.read().split(b"\0")
    except OSError:  # it ended, or the kernel's own
        return False
    return any(variable.startswith(f"{MARK}={prefix}".encode()) for variable in environment)
