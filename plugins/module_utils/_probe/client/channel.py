# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bytes to the application and back, in plain text."""

import socket

from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import event_loop, receive
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import tcp_info

POLL = 0.01


class HandshakeFailed(Exception):
    """TLS or ``send`` failed; the message is part of a sentence."""


class Closed(HandshakeFailed):
    """The application closed the connection in the orderly way."""

    def __init__(self) -> None:
        super().__init__("the application closed the connection")


class Channel:
    """Every method raises ``HandshakeFailed``."""

    def __init__(self, connection: socket.socket, until: float) -> None:
        self.connection = connection
        self.until = until

    def open(self) -> event_loop.Coroutine[None]:
        """What comes before the first byte."""
        yield from ()

    def start(self) -> event_loop.Coroutine[None]:
        """Only its first step, which the application answers."""
        yield from ()

    def write(self, data: bytes) -> event_loop.Coroutine[None]:
        yield from self.pass_on(data)

    def pass_on(self, data: bytes) -> event_loop.Coroutine[None]:
        while data:
            try:
                data = data[self.connection.send(data) :]
            except (BlockingIOError, InterruptedError):
                yield from self.pause(event_loop.WRITE)
            except OSError as error:
                raise HandshakeFailed("the application closed the connection") from error

    def receive(self) -> event_loop.Coroutine[bytes]:
        while True:
            yield from self.pause(event_loop.READ)
            try:
                data = self.connection.recv(receive.CHUNK)
            except (BlockingIOError, InterruptedError):
                continue
            except OSError as error:
                raise HandshakeFailed("the application reset the connection") from error
            if not data:
                raise Closed
            return data

    def pause(self, events: int) -> event_loop.Coroutine[None]:
        if not (yield event_loop.Pause(self.until, self.connection, events)) and event_loop.now() >= self.until:
            raise HandshakeFailed("the application did not answer in time, if it accepted the connection at all")

    def until_acknowledged(self) -> event_loop.Coroutine[None]:
        """Wait until the other side has all that was sent."""
        while tcp_info.read(self.connection).unacknowledged:
            if event_loop.now() >= self.until:
                raise HandshakeFailed("the application's side did not acknowledge in time what was sent")
            yield event_loop.Pause(event_loop.now() + POLL)
