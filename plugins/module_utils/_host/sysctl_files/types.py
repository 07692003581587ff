# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of sysctl files and of the programs that read them at boot: plain values."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings

MASK = "/dev/null"  # a link to it stands for an empty file, and hides others of its name
MOST_MEBIBYTES = 2  # of a file that is read; real ones have some KiB


class SysctlFile(t.NamedTuple):
    """A directory entry that a sysctl reader may open.

    ``text`` is ``None`` where there is nothing to read, and ``problem`` then says why: ``missing`` (a dangling
    link), ``directory``, ``special`` (not a regular file), ``unreadable`` (permission) or ``large``.
    ``real_path`` is where the text really stands: links are followed. ``package`` names the package that ships the
    file just as it stands there; it is looked up only where files may be edited that this module did not write.
    """

    text: t.Optional[str]
    real_path: str
    problem: t.Optional[str] = None
    package: t.Optional[str] = None


Files = t.Mapping[str, SysctlFile]


class Obstacle(t.NamedTuple):
    """A clause that says why a program sets nothing at boot, and one that says what to do."""

    why: str
    cure: str


class BootFacts(t.NamedTuple):
    """How this host boots, as far as sysctl files are concerned.

    ``reader`` is ``systemd`` or ``procps``, the program that reads the files at boot, and ``installed`` names those that
    are there at all. ``procps`` is its version, ``3.3``, ``4``, ``4.0.5`` (and newer) or ``None`` (unknown);
    ``procps_run_first`` tells the order of folders before 3.3.17. ``command_line`` is the kernel's; it is empty in a
    container, which it does not concern.
    ``obstacles`` holds for a reader what keeps it from setting anything; ``doubts`` are sentences about what is not known.
    ``start`` holds the values that this network namespace starts with, where they are not the kernel's defaults. In a
    container ``start_is_known`` is false where its engine may have set others.
    """

    reader: str
    installed: t.Tuple[str, ...] = ("systemd", "procps")
    obstacles: t.Mapping[str, Obstacle] = {}
    procps: t.Optional[str] = "4"
    procps_run_first: bool = False
    command_line: str = ""
    doubts: t.Tuple[str, ...] = ()
    start: _settings.Settings = _settings.KERNEL_DEFAULTS
    start_is_known: bool = True
