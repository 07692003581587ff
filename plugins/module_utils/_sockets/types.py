# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The processes that hold sockets, as plain values."""

import typing as t


class Process(t.NamedTuple):
    """The process that holds a listener; ``pids`` has all processes that do, ``pid`` is the first of them."""

    pid: int
    name: str
    command: str
    unit: t.Optional[str] = None
    unit_user: t.Optional[int] = None
    """The user whose own systemd manager runs the unit; ``None`` for a unit of the system."""
    container: t.Optional[str] = None
    pids: t.Tuple[int, ...] = ()
    script: t.Optional[str] = None
    """What it runs if it is an interpreter."""
    preload: t.Optional[str] = None
    """Whether LD_PRELOAD reaches it, once that was asked."""


class Holder(t.NamedTuple):
    """A process that has a socket open, and under which descriptor."""

    pid: int
    fd: int
