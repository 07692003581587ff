# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A table of servers that are all measured in one call, as a user would, with the wire read beside."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from tests.support.hosts.throwaway import ThrowawayHost
from tests.support.probe import capture
from tests.support.probe.dead_peer import scene

Seen = dict[str, Any]
# What a busy machine may be late by, beyond the kernel's own slack.
MACHINE = 1.0
# The kernel's clock for these timers ticks every 4 to 10 ms: that much a time may seem short.
TICK = 0.02
# Of no case more is waited for than this, unless it says so.
LONGEST = 12


class Case(NamedTuple):
    """A server (see servers.py) and how it is measured (fields of a target)."""

    server: Seen
    target: Seen = {}


class Results:
    """What was seen of each case, by its name."""

    def __init__(self, cases: Mapping[str, Case], ports: list[int], found: Seen, wire: list[capture.Segment]) -> None:
        self.found = found
        self.ports = dict(zip(cases, ports, strict=True))
        self.observations: dict[str, Seen] = dict(zip(cases, found["observations"], strict=True))
        self.wire = wire

    def __getitem__(self, name: str) -> Seen:
        return self.observations[name]

    def measured(self, name: str) -> Seen:
        measured: Seen | None = self[name]["measured"]
        assert measured is not None, self[name]
        return measured

    def segments(self, name: str, *, to_us: bool) -> list[capture.Segment]:
        """Those between the server and whoever speaks with it, in one direction."""
        port = self.ports[name]
        return [segment for segment in self.wire if (segment.source if to_us else segment.destination) == port]


def measure_all(host: ThrowawayHost, cases: Mapping[str, Case], **how: Any) -> Results:
    with scene.servers(host, *(case.server for case in cases.values())) as ports, scene.wire(host) as wire:
        targets = [
            {"address": reached_at(case.server), "port": port, "max_wait": LONGEST, **case.target}
            for case, port in zip(cases.values(), ports, strict=True)
        ]
        found = scene.measured(host, targets, **how)
        time.sleep(0.2)
    return Results(cases, ports, found, wire)


def reached_at(server: Seen) -> str:
    address: str = server.get("address", "127.0.0.1")
    return address


def on_time(seconds: float, due: float) -> bool:
    """Whether a kernel timer that was due then may have run then: late by an eighth at most, never early."""
    return due - TICK <= seconds <= due * 1.125 + MACHINE
