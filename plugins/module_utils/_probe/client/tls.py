# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS to an application that is probed. No certificate is verified: the connection carries no secret but ``send``."""

import contextlib
import functools
import re
import socket
import ssl
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import channel, event_loop

LABEL = re.compile(r"[A-Za-z0-9_-]{1,63}\Z")


class TlsChannel(channel.Channel):
    """The library encrypts in memory; the connection is read and written by ``Channel``."""

    def __init__(self, connection: socket.socket, until: float, name: t.Optional[str]) -> None:
        super().__init__(connection, until)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = trusting_context().wrap_bio(self.incoming, self.outgoing, server_hostname=name)

    def open(self) -> event_loop.Coroutine[None]:
        done = False
        while not done:
            done = self.step()
            yield from self.pass_on(self.outgoing.read())
            if not done:
                try:
                    self.incoming.write((yield from self.receive()))
                except channel.Closed:
                    raise
                except channel.HandshakeFailed as failure:
                    raise channel.HandshakeFailed("the TLS handshake failed: {0}".format(failure)) from failure

    def start(self) -> event_loop.Coroutine[None]:
        self.step()
        yield from self.pass_on(self.outgoing.read())

    def write(self, data: bytes) -> event_loop.Coroutine[None]:
        if data:
            self.tls.write(data)
            yield from self.pass_on(self.outgoing.read())

    def step(self) -> bool:
        """Whether the handshake is done."""
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLError as error:
            raise channel.HandshakeFailed("the TLS handshake failed: {0}".format(error.reason or error)) from error
        return True


@functools.lru_cache(maxsize=None)
def trusting_context() -> ssl.SSLContext:
    """It speaks with old and unknown servers too. All connections share it: there may be a thousand."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # This OpenSSL, or this Python (before 3.7), may not know these; then its own limits stay.
    with contextlib.suppress(ssl.SSLError):
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with contextlib.suppress(AttributeError, ValueError):
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    return context


def server_name(host: t.Optional[str]) -> t.Optional[str]:
    """The name to ask a TLS server for: a host's name, not its address, nor one that TLS has no form for."""
    if not host or ":" in host or host.replace(".", "").isdigit():
        return None
    labels = host.rstrip(".").split(".")
    return ".".join(labels) if all(LABEL.match(label) for label in labels) else None
