# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers in an application's lines: the policy's, as far as its settings reach. Pure."""

import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings

Entry = t.Mapping[str, t.Any]
Application = t.Mapping[str, t.Any]
Values = _settings.Settings

PLACE = re.compile("<([a-z_]+)>")
MILLISECONDS = 1000
MINUTE = 60


def values(*sources: Entry) -> Values:
    """The numbers to fill in: the kernel's defaults, overruled by each source in turn if a socket can hold its value."""
    chosen = {one.name: one.default for one in _settings.PARAMETERS}
    for source in sources:
        for one in _settings.PARAMETERS:
            value = source.get(one.name)
            if value is not None and one.minimum <= value <= one.maximum:
                chosen[one.name] = int(value)
    return Values(**chosen)


def filled(application: Application, entry: Entry, wanted: Values) -> list[str] | None:
    """The application's lines with their numbers; ``None`` if its single number cannot meet the policy."""
    numbers = fields(application, entry, wanted)
    return None if numbers is None else [fill(line, numbers) for line in application.get("lines", ())]


def fill(line: str, numbers: t.Mapping[str, t.Any]) -> str:
    return PLACE.sub(lambda found: str(numbers[found.group(1)]), line)


def fields(application: Application, entry: Entry, wanted: Values) -> dict[str, t.Any] | None:
    most = application.get("at_most", {})
    time, interval, probes = (min(value, most.get(name, value)) for name, value in wanted.named().items())
    if "fixed" in application:
        fixed = application["fixed"]
        interval, probes = fixed["interval"], fixed["probes"]
        time = min(time, (_settings.drop_after(wanted) or 0) - interval * probes)
    numbers: dict[str, t.Any] = {"time": time, "interval": interval, "probes": probes}
    numbers.update(count_timeout=interval * probes, time_minutes=time // MINUTE)
    if "single" in application:
        numbers["single"] = largest(application["single"], wanted)
    numbers.update({name + "_ms": value * MILLISECONDS for name, value in list(numbers.items())})
    if any(numbers[name] < 1 for name in PLACE.findall(" ".join(application.get("lines", ()))) if name in numbers):
        return None
    numbers["port"] = entry["port"]
    return numbers


def lacks_a_minute(application: Application, wanted: Values) -> bool:
    """Whether only the whole minutes of its setting keep it from the policy: the probes after the first would be in time."""
    fixed = application.get("fixed")
    in_minutes = any("<time_minutes>" in line for line in application.get("lines", ()))
    if fixed is None or not in_minutes:
        return False
    return fixed["interval"] * fixed["probes"] + MINUTE <= (_settings.drop_after(wanted) or 0)


def largest(rule: t.Mapping[str, int], wanted: Values) -> int:
    """The largest time with which the first probe and the drop come soon enough; 0 if there is none.

    The interval is the time divided by ``divisor``, without the remainder, but 1 at least.
    """
    divisor, probes, allowed = rule["divisor"], rule["probes"], _settings.drop_after(wanted) or 0
    interval = allowed // (divisor + probes)
    if interval:
        time = interval * divisor + min(divisor - 1, allowed - interval * (divisor + probes))
    else:
        time = min(divisor - 1, allowed - probes)
    return max(0, min(time, wanted.time or 0))
