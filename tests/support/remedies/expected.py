# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the data promises of an application: keepalive, values and verdict as shipped, and the verdict once it is cured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

NAMES = ("time", "interval", "probes")
KERNEL = (7200, 75, 9)


class Shipped(NamedTuple):
    keepalive: bool
    verdict: str
    set_by: str | None
    values: tuple[int, int, int] | None


def shipped(application: Mapping[str, Any], policy: Mapping[str, int]) -> Shipped:
    if application["group"] == "off_by_default":
        return Shipped(False, "keepalive_off", None, None)
    if application["group"] == "os_timings":
        return Shipped(True, "time_too_long", "host", KERNEL)
    time, interval, probes = (application["ships"][name] for name in NAMES)
    return Shipped(True, verdict(time, interval, probes, policy), "application", (time, interval, probes))


def verdict(time: int, interval: int, probes: int, policy: Mapping[str, int]) -> str:
    if time > policy["time"]:
        return "time_too_long"
    late = time + interval * probes > policy["time"] + policy["interval"] * policy["probes"]
    return "drops_too_late" if late else "compliant"


def cured(application: Mapping[str, Any], policy: Mapping[str, int]) -> str:
    """The verdict once the printed lines, the host's values or the general remedy are in place."""
    if application.get("stays_off") or (application["group"] == "own_timings" and not application.get("lines")):
        return shipped(application, policy).verdict
    return "compliant"
