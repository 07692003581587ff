# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which process an observation names."""

from __future__ import annotations

import os
import socket
import sys

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.inspect import run as inspect_run
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.types import Holder

NO_PROCESS = 2**22 + 1  # above what Linux gives


@pytest.mark.parametrize("full_command", [False, True])
def test_where_the_processes_that_listened_have_ended_it_is_the_one_that_accepted(full_command: bool) -> None:
    listener = types.Listener(socket.AF_INET, "127.0.0.1", 80, 1, 1, holders=(Holder(NO_PROCESS, 7),))
    target = types.Target("127.0.0.1", 80, socket.AF_INET, listener)
    options = types.Options(full_command=full_command)
    named = inspect_run.with_new_process(target, Holder(os.getpid(), 8), options).listener
    assert named is not None
    assert named.process is not None
    assert named.process.pid == os.getpid()
    assert (" " in named.process.command.replace(os.path.realpath(sys.executable), "")) is full_command
