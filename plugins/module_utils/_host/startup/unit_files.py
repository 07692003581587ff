# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unit files of systemd and their drop-ins: where they are, in which order they count, and the settings in them.

Source: systemd.unit(5).
"""

import posixpath
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _local_host

# In order of precedence. A unit file in /run ends with this boot. Drop-ins there count: generators write them anew.
FOLDERS = (
    "/etc/systemd/system.control",
    "/run/systemd/generator.early",
    "/etc/systemd/system",
    "/run/systemd/system",
    "/run/systemd/generator",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
    "/run/systemd/generator.late",
)
LASTING_FOLDERS = tuple(folder for folder in FOLDERS if not folder.startswith("/run/"))


class Setting(t.NamedTuple):
    """A line ``key=value`` of a unit file or drop-in."""

    key: str
    value: str
    file: str
    line: int


def fragment(unit: str, host: _local_host.LocalHost) -> t.Optional[str]:
    """The path of the unit file."""
    paths = [folder + "/" + unit for folder in LASTING_FOLDERS]
    return next((path for path in paths if host.exists(path)), None)


def is_mask(path: str, host: _local_host.LocalHost) -> bool:
    """Whether this is a link to /dev/null or an empty file; both mask a unit."""
    try:
        return host.realpath(path) == "/dev/null" or host.stat(path).st_size == 0
    except OSError:  # no such file, or a dangling link
        return False


def drop_in_folders(unit: str) -> t.List[str]:
    """The folders that may hold drop-ins of the unit: its own, those of its prefixes, that of its type."""
    name, _dot, kind = unit.rpartition(".")
    parts = name.split("-")
    prefixes = ["-".join(parts[:count]) + "-." + kind for count in range(len(parts) - 1, 0, -1)]
    return [folder + "/" + owner + ".d" for owner in [unit] + prefixes + [kind] for folder in FOLDERS]


def drop_ins(unit: str, host: _local_host.LocalHost) -> t.List[str]:
    """The drop-ins in their order: by file name; a name in an earlier folder hides the later ones."""
    by_name: t.Dict[str, str] = {}
    for folder in drop_in_folders(unit):
        for path in host.glob(folder + "/*.conf"):
            by_name.setdefault(posixpath.basename(path), path)
    return [by_name[name] for name in sorted(by_name)]


def settings_of(path: str, host: _local_host.LocalHost) -> t.Iterator[Setting]:
    """The settings of a unit file or drop-in, in turn. No key that matters here is in two sections."""
    continued = ""
    for number, line in enumerate(host.text(path).splitlines(), 1):
        line = line.strip()
        if line[:1] in ("#", ";") or not (line or continued):
            continue
        if line.endswith("\\"):
            continued += line[:-1] + " "
            continue
        key, equals, value = (continued + line).partition("=")
        continued = ""
        if equals:
            yield Setting(key.strip(), value.strip(), path, number)


def effective(settings: t.Iterable[Setting]) -> t.List[Setting]:
    """What is left of settings that form lists: an empty value empties its list."""
    kept: t.List[Setting] = []
    for setting in settings:
        if setting.value:
            kept.append(setting)
        else:
            kept = [one for one in kept if list_of(one.key) != list_of(setting.key)]
    return kept


def list_of(key: str) -> str:
    """The list that a key belongs to: all conditions form one, and all assertions."""
    return next((name for name in ("Condition", "Assert") if key.startswith(name)), key)
