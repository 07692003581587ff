# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many connections are open at once, and how many are opened in a second; on a virtual machine."""

from __future__ import annotations

import errno
import itertools
import socket

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import connection_limit, event_loop
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client.event_loop import Coroutine, Pause

from tests.support.probe.virtual.network import START, VirtualNetwork
from tests.support.probe.virtual.sockets import VirtualSocket


def opened(network: VirtualNetwork, most: int | None, rate: float, connections: int = 6) -> list[float]:
    """When each connection was opened, in seconds; it is held for two."""
    limit = connection_limit.ConnectionLimit(most, rate, network)

    def user() -> Coroutine[float]:
        connection = yield from limit.acquire(socket.AF_INET, None)
        start = event_loop.now()
        yield Pause(start + 2)
        limit.release(connection)
        return round(start - START, 3)

    found = event_loop.run([user() for _ in range(connections)], network)
    assert limit.open == 0
    return found


@pytest.mark.parametrize(
    ("most", "rate", "moments"),
    [
        (None, 0.0, [0, 0, 0, 0, 0, 0]),
        (None, 4.0, [0, 0.25, 0.5, 0.75, 1, 1.25]),
        (2, 0.0, [0, 0, 2, 2, 4, 4]),
        (3, 4.0, [0, 0.25, 0.5, 2, 2.25, 2.5]),
    ],
)
def test_each_waits_for_its_turn(most: int | None, rate: float, moments: list[float]) -> None:
    found = opened(VirtualNetwork({}), most, rate)
    assert found == pytest.approx(moments, abs=2.5 * connection_limit.PATIENCE)
    assert all(later - earlier > 0.24 for earlier, later in itertools.pairwise(found) if rate)


class Full(VirtualNetwork):
    """A machine with two descriptors."""

    def socket(self, family: int) -> VirtualSocket:  # type: ignore[override]
        if sum(connection.fileno() >= 0 for connection in self.connections) == 2:
            raise OSError(errno.EMFILE, "Too many open files")
        return super().socket(family)


def test_where_no_descriptor_is_free_the_others_are_waited_for() -> None:
    assert opened(Full({}), None, 0.0) == pytest.approx([0, 0, 2, 2, 4, 4], abs=2.5 * connection_limit.PATIENCE)


def test_where_none_is_free_and_none_will_be_it_is_an_error() -> None:
    class None_(VirtualNetwork):
        def socket(self, family: int) -> VirtualSocket:  # type: ignore[override]
            raise OSError(errno.EMFILE, "Too many open files")

    with pytest.raises(OSError, match="Too many open files"):
        opened(None_({}), None, 0.0, connections=1)
