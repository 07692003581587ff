# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of programs that set keepalive values later at boot than the sysctl files: plain values."""

import typing as t


class Write(t.NamedTuple):
    """A parameter gets a value, as text, from a line of a file."""

    parameter: str
    value: str
    file: str
    line: int


class LaterWriter(t.NamedTuple):
    """One such program. ``writes`` stand in its own configuration; ``doubts`` are sentences about what is not known.

    ufw: ``file`` is the sysctl file that it applies.

    tuned: ``profile`` names what is active. With ``reapply`` it then reads /run/sysctl.d, /etc/sysctl.d and
    /etc/sysctl.conf again, even where its profile sets other sysctls only, but no key that an ``excluded`` pattern matches.
    ``swaps_separators``: slashes and dots swap their meaning in its keys.
    """

    program: str
    writes: t.Tuple[Write, ...] = ()
    doubts: t.Tuple[str, ...] = ()
    file: t.Optional[str] = None
    profile: str = ""
    reapply: bool = False
    excluded: t.Tuple[str, ...] = ()
    swaps_separators: bool = False
