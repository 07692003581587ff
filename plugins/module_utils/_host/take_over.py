# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take over keepalive values from other files, by commenting out their lines. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _json
from ansible_collections.netops.keepalive.plugins.module_utils._host import next_boot, snapshot, target_file
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import text as sysctl_text


def take_over(planned: snapshot.Snapshot, wanted: t.Mapping[str, int]) -> snapshot.Snapshot:
    """The snapshot in which no other file sets one of ``wanted`` to another value, for each program that reads the files.

    Raises:
        Overridden: a line that decides the next boot is in a file that the module does not edit.
    """
    while True:
        standing = next_boot.overrides(planned, wanted)
        editable = [override for override in standing if why_not(planned, override) is None]
        if not editable:
            refuse_what_decides(planned, standing)
            return planned
        for path in sorted({override.file for override in editable}):
            planned = target_file.with_text(
                planned, path, sysctl_text.commented_out(planned.files[path].text or "", wanted)
            )


def refuse_what_decides(planned: snapshot.Snapshot, standing: t.Sequence[next_boot.Override]) -> None:
    for override in standing:
        # A reader that does not boot this host only gives a warning.
        if next_boot.decides(override, planned.facts):
            raise _errors.Overridden(
                "{0}, and cannot be taken over: {1}.".format(override.sentence(), why_not(planned, override)),
                _json.rows(standing),
            )


def why_not(planned: snapshot.Snapshot, override: next_boot.Override) -> t.Optional[str]:
    """Why the line is not commented out; ``None`` if it can be."""
    file = planned.files.get(override.file)
    if file is None and override.reader == "tuned":
        return "change the tuned profile, or reapply_sysctl of tuned"
    if file is None or not planned.path_without_links(override.file).startswith("/etc/"):
        return "only files in /etc are edited"
    if file.package:
        return "that file belongs to the package {0}".format(file.package)
    if sysctl_text.commented_out(file.text or "", [override.parameter]) == file.text:
        return "the line does not name the value by itself"
    return None
