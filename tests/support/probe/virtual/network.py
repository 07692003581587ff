# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The port of the client to the machine (see `client/network.py`), for tests: time passes only while the loop waits."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

from ansible_collections.netops.keepalive.plugins.module_utils._probe.client.network import READ, WRITE, Network, Poller

from tests.support.probe.virtual.application import Application
from tests.support.probe.virtual.sockets import VirtualSocket

START = 1000.0


class VirtualNetwork(Network):
    """`applications` has the application at each address and port; a connection to any other is refused."""

    def __init__(self, applications: dict[tuple[str, int], Application], *, may_filter: bool = True) -> None:
        self.applications = applications
        self.may_filter = may_filter
        self.time = START
        self.connections: list[VirtualSocket] = []
        self._order = itertools.count()
        self._events: list[tuple[float, int, Callable[[], None]]] = []

    def now(self) -> float:
        return self.time

    def socket(self, family: int) -> VirtualSocket:  # type: ignore[override]
        connection = VirtualSocket(self, family)
        self.connections.append(connection)
        return connection

    def poller(self) -> VirtualPoller:
        return VirtualPoller(self)

    def later(self, seconds: float, event: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.time + seconds, next(self._order), event))

    def pass_time(self, until: float) -> None:
        """Up to the next event, at most until then."""
        moment = min([until, *(self._events[0][:1])] if self._events else [until])
        self.time = max(self.time, moment)
        while self._events and self._events[0][0] <= self.time:
            heapq.heappop(self._events)[2]()


class VirtualPoller(Poller):
    def __init__(self, network: VirtualNetwork) -> None:
        self.network = network
        self.registered: dict[int, int] = {}

    def register(self, descriptor: int, events: int) -> None:
        self.registered[descriptor] = events

    def unregister(self, descriptor: int) -> None:
        del self.registered[descriptor]

    def wait(self, seconds: float) -> list[tuple[int, int]]:
        until = self.network.time + seconds
        while True:
            ready = self.ready()
            if ready or self.network.time >= until:
                return ready
            self.network.pass_time(until)

    def ready(self) -> list[tuple[int, int]]:
        found = []
        for connection in self.network.connections:
            wanted = self.registered.get(connection.fileno(), 0)
            events = (READ if connection.is_readable() else 0) | (WRITE if connection.is_writable() else 0)
            if wanted & events:
                found.append((connection.fileno(), wanted & events))
        return found

    def close(self) -> None:
        assert not self.registered, "a finished loop waits for nothing"
