# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections that come and go: the mark of each dies with it, so the kernel's memory stays as it is."""

from __future__ import annotations

import pathlib
import re
import sys
import time

import pytest

from tests.support.always.scene import Scene
from tests.support.hosts import throwaway

NUMBER = 200_000
# Each end has a mark, which is more than this in the kernel: a leak would be 38 MB.
SMALLEST_MARK, MOST_GROWTH = 96, 8 << 20
# They end with a reset, so none waits in TIME_WAIT.
COME_AND_GO = f"""
import socket, struct
listener = socket.create_server(("127.0.0.1", 0))
on = 0
for number in range({NUMBER}):
    client = socket.create_connection(listener.getsockname())
    accepted = listener.accept()[0]
    on += accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    accepted.close()
print(on)
"""


def memory_of_the_kernel() -> int:
    """What it cannot give back, in bytes, once it has had time to free what has ended."""
    time.sleep(3)
    text = pathlib.Path("/proc/meminfo").read_text(encoding="ascii")
    return 1024 * sum(int(size) for size in re.findall(r"^(?:SUnreclaim|Percpu): +(\d+) kB$", text, re.MULTILINE))


@pytest.mark.long
def test_the_kernel_keeps_nothing_of_connections_that_have_ended(scene: Scene) -> None:
    assert MOST_GROWTH < 2 * NUMBER * SMALLEST_MARK / 4
    scene.always(scope="host", loopback=True, time=120, interval=30, probes=4)
    before = memory_of_the_kernel()
    process = scene.start(sys.executable, "-c", COME_AND_GO)
    assert int(throwaway.output_of(process)) == NUMBER, "each was switched on"
    assert memory_of_the_kernel() - before < MOST_GROWTH
