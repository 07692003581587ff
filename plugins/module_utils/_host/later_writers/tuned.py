# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""tuned: what its active profile sets at boot, after the sysctl files were read.

Sources: ``tuned/daemon/daemon.py``, ``units/manager.py``, ``plugins/plugin_sysctl.py`` of tuned 2.20 to 2.27; tuned-main.conf(5).
"""

import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _local_host
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers import (
    configuration,
    tuned_profiles,
    writes,
)
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers import types as writer_types

PROFILE_NAMES = ("/etc/tuned/active_profile", "/etc/tuned/post_loaded_profile")
MAIN_CONFIGURATION = "/etc/tuned/tuned-main.conf"
PID_FILE = "/run/tuned/tuned.pid"
VERSION_FILES = "/usr/lib/python3*/*-packages/tuned/version.py"
CPUINFO = "/proc/cpuinfo"
SWAPS_SEPARATORS = (2, 22)  # of keys: slashes and dots swap their meaning; before, both separate
EXCLUDES = (2, 27)
FALSE = ("0", "false", "no", "off")


def read_tuned(host: _local_host.LocalHost) -> t.Optional[writer_types.LaterWriter]:
    """``None`` where tuned does not run, or its profile sets no sysctls."""
    if not host.exists(PID_FILE) and not configuration.starts_at_boot("tuned", host):
        return None
    main = main_configuration(host)
    # The second file names one profile, which is merged last.
    profiles = [name for path in PROFILE_NAMES for name in host.text(path).split()]
    try:
        units = sysctl_units(profiles, main, host)
    except (tuned_profiles.NotLoadable, re.error, ValueError):  # then tuned tunes nothing at all
        return None
    if not units:
        return None
    version = tuned_version(host)
    swaps = version >= SWAPS_SEPARATORS
    options = [(writes.tuned_name(key, swaps), option) for unit in units for key, option in unit.options.items()]
    ours = [(name, option) for name, option in options if name]
    return writer_types.LaterWriter(
        "tuned",
        tuple(writer_types.Write(name, unquoted(option.value), option.file, option.line) for name, option in ours),
        profile=" ".join(profiles),
        reapply=main.get("reapply_sysctl", "1").lower() not in FALSE,
        swaps_separators=swaps,
        excluded=tuple(re.split(r"\s*[,;]\s*", main.get("reapply_sysctl_exclude", ""))) if version >= EXCLUDES else (),
        doubts=doubts([option for _name, option in ours] + [one for unit in units for one in unit.conditions.values()]),
    )


def sysctl_units(
    profiles: t.Sequence[str], main: t.Mapping[str, str], host: _local_host.LocalHost
) -> t.List[tuned_profiles.Unit]:
    """The units of the plugin sysctl that are in force, in the order in which they run."""
    units = tuned_profiles.merged_units(profiles, profile_folders(main, host), host).values()
    found = [unit for unit in units if unit.plugin == "sysctl" and unit.enabled and matches(unit, main, host)]
    return sorted(found, key=lambda unit: int(unit.priority or main.get("default_instance_priority", "0")))


def main_configuration(host: _local_host.LocalHost) -> t.Dict[str, str]:
    values = {}
    for line in configuration.read_lines(MAIN_CONFIGURATION, host):
        key, equals, value = re.split(r"(?:^|\s)#", line)[0].partition("=")
        if equals:
            values[key.strip()] = value.strip()
    return values


def profile_folders(main: t.Mapping[str, str], host: _local_host.LocalHost) -> t.Sequence[str]:
    """Where profiles are, the folder that hides others first."""
    if "profile_dirs" in main:
        return re.split(r"\s*[,;]\s*", main["profile_dirs"])[::-1]
    return tuned_profiles.FOLDERS if host.isdir(tuned_profiles.FOLDERS[-1]) else tuned_profiles.OLD_FOLDERS


def matches(unit: tuned_profiles.Unit, main: t.Mapping[str, str], host: _local_host.LocalHost) -> bool:
    """Whether the unit is meant for this machine."""

    def text(key: str) -> str:
        if key == "uname_regex":
            return main.get("uname_string") or " ".join(host.uname())
        return main.get("cpuinfo_string") or "\n".join(configuration.read_lines(CPUINFO, host))

    return all(
        "${" in condition.value or re.search(condition.value, text(key), re.MULTILINE)
        for key, condition in unit.conditions.items()
    )


def tuned_version(host: _local_host.LocalHost) -> t.Tuple[int, ...]:
    """Major and minor version; where it is not known, that of a new one."""
    for path in host.glob(VERSION_FILES):
        found = re.findall(r"TUNED_VERSION_M(?:AJOR|INOR) = ([0-9]+)", host.text(path))
        return tuple(int(number) for number in found)
    return EXCLUDES


def unquoted(value: str) -> str:
    return re.sub('^"(.*)"$', r"\1", value)


def doubts(options: t.Iterable[tuned_profiles.Option]) -> t.Tuple[str, ...]:
    sentence = "{0.file}:{0.line}: tuned uses {0.value} here; its variables are not read."
    return tuple(sentence.format(option) for option in options if "${" in option.value)
