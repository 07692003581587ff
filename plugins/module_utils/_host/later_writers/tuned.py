# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keepalive values of the active tuned profile, which tuned sets after the sysctl files were read at boot.

Source: ``tuned/plugins/plugin_sysctl.py`` and tuned-main.conf(5), tuned-profiles(7).
"""

import os
import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers import configuration
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers import types as writer_types

ACTIVE_PROFILE = "/etc/tuned/active_profile"
MAIN_CONFIGURATION = "/etc/tuned/tuned-main.conf"
PROFILE_FOLDERS = ("/etc/tuned/profiles", "/etc/tuned", "/usr/lib/tuned/profiles", "/usr/lib/tuned")
PID_FILE = "/run/tuned/tuned.pid"
NAME_OF = {parameter.sysctl: parameter.name for parameter in _settings.PARAMETERS}
FALSE = ("0", "false", "no", "off")


class Line(t.NamedTuple):
    """A setting in a profile."""

    file: str
    number: int
    section: str
    key: str
    value: str


def read_tuned() -> t.Optional[writer_types.LaterWriter]:
    """The profile that tuned holds this host to; ``None`` where tuned does not run or its profile sets no sysctls."""
    profiles = " ".join(line.strip() for line in configuration.read_lines(ACTIVE_PROFILE)).split()
    if not os.path.exists(PID_FILE) and not configuration.starts_at_boot("tuned"):
        return None
    lines = [line for profile in profiles for line in profile_lines(profile, seen=set())]
    if not any(line.section == "sysctl" for line in lines):
        return None
    values = {}
    for line in lines:
        name = NAME_OF.get(line.key.replace("/", "."))
        if line.section == "sysctl" and name:
            values[name] = writer_types.Write(name, line.value.replace('"', ""), line.file, line.number)
    return writer_types.LaterWriter(
        "tuned", tuple(values.values()), profile=" ".join(profiles), reapply=reapplies_sysctl()
    )


def profile_lines(profile: str, seen: t.Set[str]) -> t.List[Line]:
    """All settings of a profile, after those of the profiles that it includes: the later one wins."""
    path = next((p for p in (f + "/" + profile + "/tuned.conf" for f in PROFILE_FOLDERS) if os.path.isfile(p)), None)
    if path is None or path in seen:
        return []
    seen.add(path)
    own = list(lines_of(path))
    included = [
        name
        for line in own
        if (line.section, line.key) == ("main", "include")
        for name in re.split(r"[,;\s]+", line.value)
    ]
    return [line for name in included for line in profile_lines(name, seen)] + own


def lines_of(path: str) -> t.Iterator[Line]:
    section = ""
    for number, line in enumerate(configuration.read_lines(path), 1):
        header = re.match(r"\s*\[([^]]+)\]", line)
        key, equals, value = line.partition("=")
        if header:
            section = header.group(1).strip()
        elif equals and key.strip() and key.strip()[0] not in "#;":
            yield Line(path, number, section, key.strip(), value.strip())


def reapplies_sysctl() -> bool:
    for line in configuration.read_lines(MAIN_CONFIGURATION):
        key, _equals, value = line.partition("=")
        if key.strip() == "reapply_sysctl":
            return value.strip().lower() not in FALSE
    return True
