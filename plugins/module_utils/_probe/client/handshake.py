# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Past the login phase of an application: bytes that the user gave, through TLS where it is wanted."""

import socket
import time
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import (
    event_loop,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import (
    receive as client_receive,
)
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import tcp_info

POLL = 0.01


class LoginFailed(Exception):
    """The application did not get as far as it should: a part of a sentence."""


class Closed(LoginFailed):
    """It closed the connection itself, in the orderly way."""

    def __init__(self) -> None:
        super().__init__("the application closed the connection")


class Channel:
    """Bytes to the application and back. Every method raises ``LoginFailed``."""

    def __init__(self, connection: socket.socket, until: float) -> None:
        self.connection = connection
        self.until = until

    def open(self) -> event_loop.Conversation[None]:
        """What comes before the first byte."""
        yield from ()

    def start(self) -> event_loop.Conversation[None]:
        """The first step of it alone, for an answer that nobody will acknowledge."""
        yield from ()

    def write(self, data: bytes) -> event_loop.Conversation[None]:
        yield from self.pass_on(data)

    def pass_on(self, data: bytes) -> event_loop.Conversation[None]:
        while data:
            try:
                data = data[self.connection.send(data) :]
            except (BlockingIOError, InterruptedError):
                yield from self.pause(event_loop.WRITE)
            except OSError as error:
                raise LoginFailed("the application closed the connection") from error

    def receive(self) -> event_loop.Conversation[bytes]:
        while True:
            yield from self.pause(event_loop.READ)
            try:
                data = self.connection.recv(client_receive.CHUNK)
            except (BlockingIOError, InterruptedError):
                continue
            except OSError as error:
                raise LoginFailed("the application reset the connection") from error
            if not data:
                raise Closed
            return data

    def pause(self, events: int) -> event_loop.Conversation[None]:
        if not (yield event_loop.Pause(self.until, self.connection, events)) and time.monotonic() >= self.until:
            raise LoginFailed("the application did not answer in time, if it accepted the connection at all")

    def until_acknowledged(self) -> event_loop.Conversation[None]:
        """Wait until the other side has all that was sent."""
        while tcp_info.read(self.connection).unacknowledged:
            if time.monotonic() >= self.until:
                raise LoginFailed("what was sent to the application was not acknowledged in time")
            yield event_loop.Pause(time.monotonic() + POLL)


def channel(connection: socket.socket, target: types.Target, timeout: float) -> Channel:
    until = time.monotonic() + timeout
    if not target.tls:
        return Channel(connection, until)
    # A run without TLS does without its library.
    from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import tls

    return tls.Channel(connection, until, tls.server_name(target.host))


def log_in(connection: socket.socket, target: types.Target, timeout: float) -> event_loop.Conversation[None]:
    """Do what the target wants done before the silence. Raises ``LoginFailed``."""
    own = channel(connection, target, timeout)
    yield from own.open()
    if target.send and client_receive.is_closed(connection):
        raise Closed  # what was sent now would be answered with a reset
    yield from own.write(target.send or b"")
    if target.tls or target.send:
        yield from own.until_acknowledged()


def tried(connection: socket.socket, target: types.Target, timeout: float) -> event_loop.Conversation[t.Optional[str]]:
    """The same; why it could not be done, if it could not."""
    try:
        yield from log_in(connection, target, timeout)
    except (LoginFailed, OSError) as failure:
        return str(failure)
    return None
