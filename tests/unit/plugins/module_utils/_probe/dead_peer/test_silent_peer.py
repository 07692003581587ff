# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted.reader import End, Reader
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import connect, connection_limit
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import session, silent_peer
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.options import SocketOptions
from ansible_collections.netops.keepalive.plugins.module_utils._verdict.observation import Observation

TARGET = types.Target("127.0.0.1", 80, socket.AF_INET)
VALUES = _settings.Values(60, 20, 3, 0)


class Passed(End):
    """An end that is read once, and is another process's then."""

    def __init__(self, first: SocketOptions, why: _errors.KeepaliveError) -> None:
        self.host = _settings.Settings()
        self.readings: list[SocketOptions] = [first]
        self.why = why

    def read(self) -> SocketOptions:
        if self.readings:
            return self.readings.pop()
        raise self.why

    def timer(self) -> None:
        return None


@pytest.fixture
def peer() -> Iterator[silent_peer.SilentPeer]:
    context = connect.ConnectContext(types.Options(), connection_limit.ConnectionLimit(None))
    whole = session.Session([TARGET], context, _settings.Settings(), Reader())
    with socket.socket() as connection:
        yield silent_peer.SilentPeer(connection, TARGET, whole, Observation("127.0.0.1", 80, "inet"))


@pytest.mark.parametrize("why", [_errors.SocketUnreadable("no right"), _errors.SocketGone("it was closed")])
@pytest.mark.parametrize(("keepalive", "known"), [(True, (True, VALUES)), (False, (None, None))], ids=["on", "off"])
def test_an_off_that_was_read_only_once_is_not_known(
    peer: silent_peer.SilentPeer,
    why: _errors.KeepaliveError,
    keepalive: bool,
    known: tuple[bool | None, _settings.Values | None],
) -> None:
    end = Passed(SocketOptions(keepalive, VALUES), why)
    peer.read(end)
    assert peer.seen.keepalive is keepalive
    peer.read(end)
    assert (peer.seen.keepalive, peer.seen.values) == known
