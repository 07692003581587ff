# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of the info module: a host's values, their origin and their contradictions. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _json, _settings
from ansible_collections.netops.keepalive.plugins.module_utils._host import next_boot
from ansible_collections.netops.keepalive.plugins.module_utils._host import snapshot as host_snapshot
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import boot_readers, kernel_numbers
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import text as sysctl_text


def info_report(snapshot: host_snapshot.Snapshot) -> _json.Report:
    """The return values of ``tcp_keepalive_info``."""
    boot = next_boot.next_boot(snapshot)
    by_reader = predictions(snapshot)
    return _json.fit_for_json(
        {
            "runtime": snapshot.runtime.report(),
            "boot": boot.settings.report(),
            "boot_source": boot_readers.source_report(boot.sources),
            "defaults": _settings.KERNEL_DEFAULTS.report(),
            "explicit": {
                name: boot.sources[name] is not None
                or getattr(snapshot.runtime, name) not in (None, getattr(_settings.KERNEL_DEFAULTS, name))
                for name in _settings.NAMES
            },
            "native": {
                parameter.sysctl: getattr(snapshot.runtime, parameter.name) for parameter in _settings.PARAMETERS
            },
            "readers": {reader: prediction.report() for reader, prediction in by_reader.items()},
            "conflicts": _json.rows(conflicts(snapshot)),
            "limits": next_boot.limits(snapshot) + next_boot.unexplained(snapshot),
            "reboot_required": False,
        }
    )


def predictions(snapshot: host_snapshot.Snapshot) -> t.Dict[str, boot_readers.Prediction]:
    """The values that each reader would set, whether or not it boots this host."""
    return {reader: boot_readers.predict(reader, snapshot.files, snapshot.facts) for reader in boot_readers.READERS}


def conflicts(snapshot: host_snapshot.Snapshot) -> t.List[next_boot.Override]:
    """Each assignment in a file that gives a parameter another value than it will have after the next boot."""
    facts, boot = snapshot.facts, next_boot.next_boot(snapshot)
    found: t.Dict[t.Tuple[str, str, int], next_boot.Override] = {}
    for reader in sorted(boot_readers.READERS, key=lambda name: name != facts.reader):
        if reader in facts.installed:
            for item in boot_readers.assignments(
                reader, boot_readers.files_read(reader, snapshot.files, facts), snapshot.files, facts
            ):
                for name in _settings.NAMES:
                    if item.assignment.path != sysctl_text.PATHS[name] or item.assignment.value is None:
                        continue
                    value = kernel_numbers.value_of(name, item.assignment.value)
                    if value != getattr(boot.settings, name):
                        place = (name, item.file, item.assignment.line)
                        found.setdefault(
                            place, next_boot.Override(name, value, item.file, item.assignment.line, reader)
                        )
    return list(found.values())
