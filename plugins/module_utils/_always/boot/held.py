# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the operator keeps everything off, by a file or on the kernel's command line."""

import os
import time
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._sockets import processes

DISABLED = "/etc/netops-keepalive/disabled"
WORD = "netops_keepalive=off"
COMMAND_LINES = ("/proc/cmdline", "/proc/1/cmdline")
"""The second is where a container is told."""


class Hold(t.NamedTuple):
    """``age`` is in seconds."""

    by: str
    age: int

    def sentence(self) -> str:
        return "Held for {0} seconds by {1}: nothing is changed until that is gone.".format(self.age, self.by)


def read() -> t.Optional[Hold]:
    try:
        return Hold(DISABLED, max(0, int(time.time() - os.lstat(DISABLED).st_mtime)))
    except OSError:
        pass
    if any(WORD in processes.contents(path).replace("\0", " ").split() for path in COMMAND_LINES):
        uptime = processes.contents("/proc/uptime").partition(".")[0]
        return Hold("{0} on the kernel's command line".format(WORD), int(uptime or 0))
    return None
