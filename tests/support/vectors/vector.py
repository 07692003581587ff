# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a row of the table is, and the words that rows are written in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from tests.support.vectors.sysctl_trees import ETC, Tree

TIME, INTVL, PROBES = "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes"
SLASHED_TIME = "net/ipv4/tcp_keepalive_time"
X = f"{ETC}50-x.conf"  # where one() puts its text

Sources = Mapping[str, tuple[str, int] | None]


class Values(NamedTuple):
    time: int = 7200
    interval: int = 75
    probes: int = 9


START = Values()


class Vector(NamedTuple):
    """``procps_33`` is what procps-ng 3.3.17 does where 4.0.2 does something else, and ``procps_405`` what 4.0.5 does.

    The sources name, by reader and parameter, the file and line to be reported as what decides; what they leave out is
    not checked.
    """

    name: str
    tree: Tree
    procps: Values
    systemd: Values
    procps_33: Values | None = None
    sources: Mapping[str, Sources] = MappingProxyType({})
    procps_405: Values | None = None

    def expected(self, reader: str, *, procps: str = "4") -> Values:
        if reader == "systemd":
            return self.systemd
        other = {"3.3": self.procps_33, "4.0.5": self.procps_405}.get(procps)
        return self.procps if other is None else other


def both(
    name: str, tree: Tree, values: Values, *, procps_33: Values | None = None, sources: Sources | None = None
) -> Vector:
    """The programs agree."""
    return Vector(name, tree, values, values, procps_33, {"systemd": sources or {}, "procps": sources or {}})


def time(value: int) -> bytes:
    """The usual line."""
    return f"{TIME}={value}\n".encode()


def intvl(value: int) -> bytes:
    return f"{INTVL}={value}\n".encode()
