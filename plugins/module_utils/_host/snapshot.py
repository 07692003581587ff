# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was read from a host, as plain values: all that planning needs, so that it can run anywhere. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers import types as writer_types
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import types as sysctl_types


class Snapshot(t.NamedTuple):
    """``runtime`` holds ``None`` where the kernel shows no value; ``files`` maps each path to what was found there.

    ``short_lived`` maps a folder whose content does not survive a reboot to the reason (``/etc`` on a tmpfs, for
    example), and ``linked_folders`` a folder that is a link, or lies below one, to where it really is. ``later_writers``
    stand in the order in which they run. ``files_unchanged``: no sysctl file has changed since this host started.
    ``initrd_is_older``: an initrd has a copy of the files in /etc and is older than they are; ``None``: no initrd has one.
    """

    runtime: _settings.Settings
    files: sysctl_types.Files
    facts: sysctl_types.BootFacts
    short_lived: t.Mapping[str, str]
    linked_folders: t.Mapping[str, str] = {}
    later_writers: t.Tuple[writer_types.LaterWriter, ...] = ()
    files_unchanged: bool = False
    initrd_is_older: t.Optional[bool] = None

    def real_folder(self, folder: str) -> str:
        return self.linked_folders.get(folder, folder)

    def path_without_links(self, path: str) -> str:
        """The path of the file that ``path`` leads to. A link in the place of its folder is not followed: it changes no names."""
        folder = path.rpartition("/")[0]
        real_folder, _slash, name = self.files[path].real_path.rpartition("/")
        return folder + "/" + name if real_folder == self.real_folder(folder) else self.files[path].real_path
