# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values that later writers set, in turn. Pure."""

import fnmatch
import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers import types as writer_types
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import boot_readers, kernel_numbers
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import keys as sysctl_keys
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import text as sysctl_text
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import types as sysctl_types

NAMES = {path: name for name, path in sysctl_text.PATHS.items()}
SWAPPED = {ord("."): "/", ord("/"): "."}


def writes_of(
    writer: writer_types.LaterWriter, files: sysctl_types.Files, facts: sysctl_types.BootFacts
) -> t.Iterator[writer_types.Write]:
    """What ``writer`` sets at boot, in turn."""
    yield from writer.writes
    if writer.file is not None and writer.file in files:
        # ufw runs `sysctl -e -q -p FILE`.
        lines = boot_readers.assignments("procps", [writer.file], files, facts)
        for name, item in boot_readers.procps_order(lines, facts.procps):
            yield writer_types.Write(name, item.assignment.value or "", item.file, item.assignment.line)
    if writer.reapply:
        yield from reapplied_by_tuned(writer, files, facts)


def reapplied_by_tuned(
    writer: writer_types.LaterWriter, files: sysctl_types.Files, facts: sysctl_types.BootFacts
) -> t.Iterator[writer_types.Write]:
    """What tuned sets from the sysctl files that it reads after its profile, line by line, without globs and dashes.

    Source: ``_apply_system_sysctl`` in ``tuned/plugins/plugin_sysctl.py``.
    """
    for path in boot_readers.files_read("procps", files, facts._replace(procps_run_first=True)):
        if not path.startswith(("/etc/", "/run/")):
            continue
        for number, line in enumerate(re.split("\r\n?|\n", files[path].text or ""), 1):
            key, _equals, value = line.strip().partition("=")
            name = tuned_name(key.strip(), writer.swaps_separators)
            if name and not any(fnmatch.fnmatch(key.strip(), pattern) for pattern in writer.excluded):
                yield writer_types.Write(name, value.strip(), path, number)


def tuned_name(key: str, swaps_separators: bool) -> t.Optional[str]:
    """The parameter that a key names to tuned."""
    return NAMES.get(sysctl_keys.opened(key.translate(SWAPPED) if swaps_separators else key.replace(".", "/")))


def value_after(write: writer_types.Write, program: str, current: int) -> t.Optional[int]:
    """The value that a write gives the parameter; ``None`` where it stays. To tuned, ``>60`` means: at least 60."""
    operator, number = write.value[:1], kernel_numbers.value_of(write.parameter, write.value[1:])
    if program == "tuned" and operator in ("<", ">") and number is not None:
        return number if (number > current if operator == ">" else number < current) else None
    return kernel_numbers.value_of(write.parameter, write.value)
