# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import os
import socket
from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted.reader import Reader
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import (
    connect,
    connection_limit,
    event_loop,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import hold, in_flight, session


@pytest.mark.parametrize(
    ("method", "before"),
    [(hold, "The path was not tried (hold)"), (in_flight, "Data in flight was not measured")],
    ids=["hold", "in flight"],
)
def test_an_error_of_the_kernel_is_told_in_its_words(monkeypatch: pytest.MonkeyPatch, method: Any, before: str) -> None:
    def failing(*_arguments: object) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(method.handshake, "complete", failing)
    monkeypatch.setattr(method.handshake, "open_channel", failing)
    with socket.create_server(("127.0.0.1", 0)) as server:
        target = types.Target("127.0.0.1", server.getsockname()[1], socket.AF_INET, hold=1.0, send=b"x")
        context = connect.ConnectContext(types.Options(), connection_limit.ConnectionLimit(None))
        (found,) = event_loop.run(
            [method.observe(target, session.Session([target], context, _settings.Settings(), Reader()))]
        )
    assert found == (None, (f"{before}: No space left on device.",))
