# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which order the later writers set which values. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers import types as writer_types
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import boot_readers
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import text as sysctl_text
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import types as sysctl_types


def writes_of(
    writer: writer_types.LaterWriter, files: sysctl_types.Files, facts: sysctl_types.BootFacts
) -> t.Iterator[writer_types.Write]:
    """What ``writer`` sets at boot, in turn."""
    yield from writer.writes
    if writer.file in files:
        # ufw runs `sysctl -e -q -p FILE`.
        for name, item in boot_readers.procps_order(boot_readers.assignments("procps", [writer.file], files, facts)):
            yield writer_types.Write(name, item.assignment.value or "", item.file, item.assignment.line)
    if writer.reapply:
        yield from reapplied_by_tuned(files, facts)


def reapplied_by_tuned(files: sysctl_types.Files, facts: sysctl_types.BootFacts) -> t.Iterator[writer_types.Write]:
    """What tuned sets from the sysctl files that it reads after its profile, line by line and without globs.

    Source: ``tuned/plugins/plugin_sysctl.py`` (``_apply_system_sysctl``).
    """
    read = boot_readers.files_read("procps", files, facts._replace(procps_run_first=True))
    again = [path for path in read if path.startswith(("/etc/", "/run/"))]
    for item in boot_readers.assignments("procps", again, files, facts._replace(procps="3.3")):
        for name in _settings.NAMES:
            if item.assignment.path == sysctl_text.PATHS[name]:
                yield writer_types.Write(name, item.assignment.value or "", item.file, item.assignment.line)
