# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the client needs of the machine: a clock, sockets, and their events. A test hands in its own, where hours pass at once."""

import select
import socket
import time
import typing as t

# epoll and poll have the same numbers for these.
READ, WRITE = 1, 4


class Poller:
    """Tells which descriptors are ready."""

    def __init__(self) -> None:
        self.poll: t.Any
        try:
            self.poll, self.second = select.epoll(), 1
        except OSError:  # no descriptor is free; poll() needs none, and each connection gets its own error
            self.poll, self.second = select.poll(), 1000

    def register(self, descriptor: int, events: int) -> None:
        """Raises ``OSError``."""
        self.poll.register(descriptor, events)

    def unregister(self, descriptor: int) -> None:
        try:
            self.poll.unregister(descriptor)
        except (OSError, KeyError):
            pass  # it was closed

    def wait(self, seconds: float) -> t.List[t.Tuple[int, int]]:
        found: t.List[t.Tuple[int, int]] = self.poll.poll(seconds * self.second)
        return found

    def close(self) -> None:
        if self.second == 1:
            self.poll.close()


class Network:
    """This machine."""

    now: t.Callable[[], float] = staticmethod(time.monotonic)
    """Seconds since some moment, never 0."""

    def socket(self, family: int) -> socket.socket:
        """A new TCP socket that never blocks, in the network namespace of this thread. Raises ``OSError``."""
        return socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)

    def poller(self) -> Poller:
        return Poller()


MACHINE = Network()
