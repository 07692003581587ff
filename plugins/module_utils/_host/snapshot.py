# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was read from a host, as plain values: everything that planning needs, so that it can happen anywhere. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings


class SysctlFile(t.NamedTuple):
    """A directory entry that a sysctl reader may open.

    ``text`` is ``None`` where there is nothing to read, and ``problem`` then says why: ``missing`` (a dangling
    link), ``directory``, ``special`` (not a regular file) or ``unreadable`` (permission).
    ``real_path`` is where the text really stands: links are followed. ``package`` names the package that ships the
    file just as it stands there; it is only looked up where somebody wants to edit files that are not his own.
    """

    text: t.Optional[str]
    real_path: str
    problem: t.Optional[str] = None
    package: t.Optional[str] = None


class TunedValue(t.NamedTuple):
    """A keepalive value in the active profile of tuned."""

    parameter: str
    value: str
    file: str
    line: int


class TunedFacts(t.NamedTuple):
    """``reapply``: tuned reads /run/sysctl.d, /etc/sysctl.d and /etc/sysctl.conf again after its profile.

    ``values`` is empty for a profile that sets other sysctls only, and reads those files again all the same.
    """

    profile: str
    reapply: bool
    values: t.Tuple[TunedValue, ...]


class BootFacts(t.NamedTuple):
    """How this host boots, as far as its keepalive values depend on it.

    ``reader`` is ``systemd`` or ``procps``, the program that sets sysctls at boot, and ``installed`` those that are
    there at all; ``procps`` is ``3.3``, ``4`` or ``None`` (unknown) and ``procps_run_first`` tells the order of
    folders before 3.3.17; ``command_line`` is the kernel's, empty in a container, which it does not concern.
    """

    reader: str
    installed: t.Tuple[str, ...] = ("systemd", "procps")
    systemd_masked: bool = False
    procps: t.Optional[str] = "4"
    procps_run_first: bool = False
    command_line: str = ""
    tuned: t.Optional[TunedFacts] = None


class Snapshot(t.NamedTuple):
    """``runtime`` holds ``None`` where the kernel shows no value; ``files`` maps each path to what was found there.

    ``short_lived`` maps a folder whose content the next boot forgets to the reason (``/etc`` on a tmpfs, say), and
    ``linked_folders`` a folder that is a link, or lies below one, to where it really is.
    """

    runtime: _settings.Settings
    files: t.Mapping[str, SysctlFile]
    facts: BootFacts
    short_lived: t.Mapping[str, str]
    linked_folders: t.Mapping[str, str] = {}

    def real_folder(self, folder: str) -> str:
        return self.linked_folders.get(folder, folder)

    def path_without_links(self, path: str) -> str:
        """The path of the file that ``path`` leads to. A link in the place of its folder is not followed: it changes no names."""
        folder = path.rpartition("/")[0]
        real_folder, _slash, name = self.files[path].real_path.rpartition("/")
        return folder + "/" + name if real_folder == self.real_folder(folder) else self.files[path].real_path
