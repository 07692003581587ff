# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The units for policy_always_keepalive: those of offenders that have keepalive off and no setting for it. Pure."""

import re
import typing as t

from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import listener as returned_listener
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned.shapes import Absent, Items, Key, Keys, Text
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import generic_remedies

Result = dict[str, t.Any]
Mapping = t.Mapping[str, t.Any]
OFF = "keepalive_off"
# What systemd allows. The lines are pasted into a file of variables, where Ansible would take other names for templates.
NAME = re.compile(r"[A-Za-z0-9:_.\\@-]+\.service\Z")
TASK = generic_remedies.SWITCH.lines[0].partition("{")[0]
UNITS = Items(
    Keys(
        (
            Key("unit", Text(shortest=1), "The unit, for policy_always_keepalive.", Absent.REFUSED),
            Key(
                "hosts",
                Items(Text(), returned_listener.MOST_LISTENERS),
                "The hosts that have it, by their names in the inventory.",
                Absent.REFUSED,
            ),
        )
    ),
    returned_listener.MOST_LISTENERS,
)


class Gathered:
    """The units of hosts that come one by one."""

    def __init__(self) -> None:
        self.hosts: dict[str, list[str]] = {}

    def add(self, host: Mapping) -> None:
        self.add_units(host["name"], {unit for unit in map(unit_of, host["listeners"] or ()) if unit})

    def add_units(self, host: str, units: t.Iterable[str]) -> None:
        for unit in units:
            self.hosts.setdefault(unit, []).append(host)

    def units(self) -> list[Result]:
        """Those of most hosts first."""
        ordered = sorted(self.hosts.items(), key=lambda item: (-len(item[1]), item[0]))
        return [{"unit": unit, "hosts": hosts} for unit, hosts in ordered]


def unit_of(entry: Mapping) -> str | None:
    """The unit that the remedy names for the switch: only that of a service of root's systemd, outside of containers."""
    if entry["verdict"] != OFF or not entry["fails"] or not entry["remedy"]:
        return None
    unit = str((entry["process"] or {}).get("unit"))
    named = "units: [{0}]".format(unit)
    is_remedy = any(line.startswith(TASK) and named in line for line in entry["remedy"]["lines"])
    return unit if is_remedy and NAME.match(unit) else None
