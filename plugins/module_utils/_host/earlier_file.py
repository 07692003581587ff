# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Move values from the file that an earlier run wrote, when its option ``file`` was another. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._host import next_boot, snapshot, target_file
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import boot_readers
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import text as sysctl_text

Values = t.Mapping[str, int]


def moved(planned: snapshot.Snapshot, path: str, wanted: Values) -> t.Tuple[snapshot.Snapshot, Values]:
    """The snapshot in which each file of the module that would win over ``wanted`` is removed, and its values are in ``path``.

    Also returns the values that the next boot has to set: ``wanted``, and for the other moved values what it set before.
    """
    before, to_hold = next_boot.next_boot(planned).settings.named(), dict(wanted)
    while True:
        in_the_way = sorted({override.file for override in next_boot.overrides(planned, wanted)} - {path})
        earlier = next((file for file in in_the_way if is_ours(planned, file)), None)
        if earlier is None:
            return planned, to_hold
        values = values_of(planned, earlier)
        to_hold = dict({name: before[name] for name in values}, **to_hold)
        planned = target_file.with_text(planned, earlier, None)
        planned = target_file.with_settings(planned, path, dict(values, **wanted))


def is_ours(planned: snapshot.Snapshot, path: str) -> bool:
    """Whether the module wrote all of this file. A link and the target of a link are never removed, so they do not count."""
    if path not in planned.files or path.rpartition("/")[0] not in target_file.OWN_FOLDERS:
        return False
    file = planned.files[path]
    is_linked = [other.real_path for other in planned.files.values()].count(file.real_path) > 1
    text = file.text or ""
    return (
        text.startswith(sysctl_text.HEADER)
        and sysctl_text.without(text, _settings.NAMES) is None
        and planned.path_without_links(path) == path
        and not is_linked
    )


def values_of(planned: snapshot.Snapshot, path: str) -> t.Dict[str, int]:
    alone = boot_readers.predict(planned.facts.reader, {path: planned.files[path]}, planned.facts)
    return {
        name: alone.settings.named()[name] for name, source in alone.sources.items() if source and source.file == path
    }
