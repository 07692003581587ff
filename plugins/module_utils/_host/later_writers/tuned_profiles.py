# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The units of tuned's profiles: profiles are found, include others, and are merged.

Sources: ``tuned/profiles/locator.py``, ``loader.py``, ``merger.py`` and ``unit.py`` of tuned 2.20 and 2.27.
"""

import configparser
import posixpath
import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _local_host
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers import configuration

# Up to 2.23, and since then.
OLD_FOLDERS = ("/etc/tuned", "/usr/lib/tuned")
FOLDERS = ("/etc/tuned/profiles", "/usr/lib/tuned/profiles")
TRUE = ("True", "true", "1")
# Keys of each unit that are not options of its plugin.
OF_THE_UNIT = ("type", "enabled", "replace", "prepend", "drop", "devices", "devices_udev_regex", "cpuinfo_regex", "uname_regex",
               "script_pre", "script_post", "priority")  # fmt: skip


class Option(t.NamedTuple):
    value: str
    file: str
    line: int


Section = t.Dict[str, Option]


class Unit(t.NamedTuple):
    plugin: str
    enabled: bool
    conditions: t.Mapping[str, Option]
    priority: t.Optional[str]
    options: Section


class NotLoadable(Exception):
    """tuned refuses the profile, and then tunes nothing at all."""


def merged_units(names: t.Sequence[str], folders: t.Sequence[str], host: _local_host.LocalHost) -> t.Dict[str, Unit]:
    """The units of the profiles in force, by name. Raises ``NotLoadable``."""
    units: t.Dict[str, Unit] = {}
    for sections in load(names, folders, [], host):
        for name, section in sections.items():
            if name != "main":
                units[name] = merged(units.get(name), unit_of(name, section), section)
    return units


def load(
    names: t.Sequence[str], folders: t.Sequence[str], loaded: t.List[str], host: _local_host.LocalHost
) -> t.Iterator[t.Dict[str, Section]]:
    """The sections of each profile, after those of the profiles that it includes."""
    for name in names:
        path = find(name, folders, loaded, host)
        if path:
            loaded.append(path)
            sections = sections_of(path, host)
            include = sections.get("main", {}).get("include")
            if include:
                yield from load(re.split(r"\s*[,;]\s*", include.value), folders, loaded, host)
            yield sections


def find(name: str, folders: t.Sequence[str], loaded: t.Sequence[str], host: _local_host.LocalHost) -> t.Optional[str]:
    """The file of a profile; a profile that includes its own name gets the one that it hides. With a dash it may be missing."""
    paths = [posixpath.join(folder, posixpath.basename(name.lstrip("-")), "tuned.conf") for folder in folders]
    for path in paths:
        if path not in loaded and host.isfile(path):
            return path
    if name.startswith("-") or any(path in loaded for path in paths):
        return None
    raise NotLoadable(name)


def sections_of(path: str, host: _local_host.LocalHost) -> t.Dict[str, Section]:
    lines = configuration.read_lines(path, host)
    parser = configparser.ConfigParser(delimiters=("=",), inline_comment_prefixes=("#",), strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    try:
        parser.read_string("\n".join(lines), path)
    except configparser.Error as error:
        raise NotLoadable(path) from error
    numbers = line_numbers(lines)
    return {
        section: {
            key: Option(parser.get(section, key, raw=True), path, numbers.get((section, key), 0))
            for key in parser.options(section)
        }
        for section in parser.sections()
    }


def line_numbers(lines: t.Sequence[str]) -> t.Dict[t.Tuple[str, str], int]:
    """By section and key, the last line that sets the key; the parser does not tell it."""
    section, found = "", {}
    for number, line in enumerate(lines, 1):
        header = re.match(r"\[(.+)\]", line)
        if header:
            section = header.group(1)
        else:
            found[section, line.partition("=")[0].strip()] = number
    return found


def unit_of(name: str, section: Section) -> Unit:
    def value(key: str, default: str) -> str:
        return section[key].value if key in section else default

    return Unit(
        value("type", name),
        value("enabled", "1") in TRUE,
        {key: section[key] for key in ("cpuinfo_regex", "uname_regex") if key in section},
        section["priority"].value if "priority" in section else None,
        {key: option for key, option in section.items() if key not in OF_THE_UNIT},
    )


def merged(old: t.Optional[Unit], new: Unit, section: Section) -> Unit:
    """The unit after a later profile has named it again."""
    if old is None or ("replace" in section and section["replace"].value in TRUE):
        return new
    dropped = re.split(r"\b\s*[,;]\s*", section["drop"].value) if "drop" in section else []
    options = {key: option for key, option in old.options.items() if key not in dropped}
    options.update(new.options)
    return new._replace(
        conditions=dict(old.conditions, **new.conditions),
        priority=old.priority if new.priority is None else new.priority,
        options=options,
    )
