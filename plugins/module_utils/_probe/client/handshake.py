# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done before a connection is silent: TLS where it is wanted, then the bytes that the user gave."""

import socket

from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import channel, event_loop, receive


def open_channel(connection: socket.socket, target: types.Target, timeout: float) -> channel.Channel:
    until = event_loop.now() + timeout
    if not target.tls:
        return channel.Channel(connection, until)
    # A run without TLS does without its library.
    from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import tls

    return tls.TlsChannel(connection, until, tls.server_name(target.host))


def complete(connection: socket.socket, target: types.Target, timeout: float) -> event_loop.Coroutine[None]:
    """Do what the target wants done first. Raises ``HandshakeFailed``."""
    if not target.speaks:
        return
    own = open_channel(connection, target, timeout)
    yield from own.open()
    if target.send and receive.is_closed(connection):
        raise channel.Closed  # data sent now would be answered with a reset
    yield from own.write(target.send or b"")
    yield from own.until_acknowledged()
