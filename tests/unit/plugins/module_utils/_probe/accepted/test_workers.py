# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose a connection is where workers share a port."""

from __future__ import annotations

import socket

from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted.workers import Workers
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.types import Holder

FAMILY = int(socket.AF_INET)


def worker(pid: int, port: int = 80) -> types.Target:
    listener = types.Listener(FAMILY, "127.0.0.1", port, pid, pid, holders=(Holder(pid, 3),))
    return types.Target("127.0.0.1", port, FAMILY, listener)


def test_a_connection_that_another_worker_has_is_exchanged() -> None:
    workers = Workers([worker(11), worker(22), worker(33)])
    assert workers.assign(0, 22)
    assert workers.target_of == [1, 0, 2]
    assert workers.assign(1, 11)
    assert workers.target_of == [1, 0, 2]


def test_a_worker_that_was_read_already_is_not_read_again() -> None:
    workers = Workers([worker(11), worker(22)])
    assert workers.assign(0, 11)
    assert not workers.assign(1, 11)
    assert workers.assign(1, 22)


def test_a_child_of_theirs_counts_for_the_connection_itself() -> None:
    workers = Workers([worker(11), worker(22)])
    assert workers.assign(1, 99)
    assert workers.assign(0, None)
    assert workers.target_of == [0, 1]


def test_other_ports_are_not_exchanged() -> None:
    workers = Workers([worker(11), worker(11, port=81)])
    assert workers.assign(0, 11)
    assert workers.assign(1, 11)
    assert workers.target_of == [0, 1]
