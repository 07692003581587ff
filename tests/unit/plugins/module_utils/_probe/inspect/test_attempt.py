# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import os
import socket
from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import reader as accepted_reader
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import workers
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import (
    connect,
    connection_limit,
    event_loop,
    handshake,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.inspect import attempt

TARGET = types.Target("127.0.0.1", 80, socket.AF_INET, send=b"x")


def test_an_error_of_the_kernel_before_the_reading_is_told_in_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_arguments: object) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(handshake, "complete", failing)
    context = connect.ConnectContext(types.Options(), connection_limit.ConnectionLimit(None))
    none: event_loop.Batch[Any, Any] = event_loop.Batch(lambda _asked: {})
    call = attempt.Call(context, accepted_reader.Reader(), none, workers.Workers([TARGET]), none)
    with socket.socket() as connection:
        found = attempt.Attempt(0, connection, TARGET, call)
        event_loop.run([found.speak()])
    assert found.limits == ("TLS or send failed (No space left on device); these are the options before it.",)
