# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The systemd socket units of the listeners that systemd holds (socket activation), as systemd itself names them."""

import os
import re
import subprocess
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _text
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types

RUNS_THE_HOST = "/run/systemd/system"
SHOW = ("systemctl", "show", "--property=Id,ActiveState,Listen,ListenStream", "*.socket")
# The first form is that of systemd before 239.
STREAM = re.compile(r"ListenStream=(\S+)|Listen=(\S+) \(Stream\)")
LONGEST_WAIT = 5.0


def marked(listeners: t.List[types.Listener]) -> t.List[types.Listener]:
    """The same listeners, with their socket units. systemd is asked only if it holds one of them."""
    if not any(map(held_by_systemd, listeners)) or not os.path.isdir(RUNS_THE_HOST):
        return listeners
    units = by_endpoint(shown())
    return [
        one._replace(socket_unit=units.get(_text.endpoint(one.address, one.port))) if held_by_systemd(one) else one
        for one in listeners
    ]


def held_by_systemd(listener: types.Listener) -> bool:
    """systemd keeps the socket open also while its service runs."""
    return listener.namespace is None and 1 in listener.pids


def shown() -> str:
    """A paragraph for each socket unit that is loaded; nothing if systemd does not answer."""
    try:
        done = subprocess.run(  # pylint: disable=ansible-bad-function
            SHOW, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=LONGEST_WAIT, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace")


def by_endpoint(paragraphs: str) -> t.Dict[str, str]:
    """The names of the active units, by the addresses and ports that they listen on."""
    found: t.Dict[str, str] = {}
    for paragraph in paragraphs.split("\n\n"):
        lines = paragraph.splitlines()
        names = [line[len("Id=") :] for line in lines if line.startswith("Id=")]
        if names and "ActiveState=active" in lines:
            for line in lines:
                stream = STREAM.match(line)
                if stream:
                    found[stream.group(1) or stream.group(2)] = names[0]
    return found
