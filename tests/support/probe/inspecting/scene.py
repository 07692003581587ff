# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers and a prober on a throw-away host, and what came of it."""

from __future__ import annotations

import contextlib
import json
import pathlib
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.support.hosts.throwaway import ThrowawayHost, output_of

HERE = pathlib.Path(__file__).parent
Seen = dict[str, Any]


class Server(NamedTuple):
    port: int
    pid: int
    descriptor: int


class Found:
    """All that the prober returned."""

    def __init__(self, answer: Seen) -> None:
        self.answer = answer

    def listeners(self, port: int) -> list[Seen]:
        return [one for one in self.answer["listeners"] if one["port"] == port]

    def listener(self, port: int) -> Seen:
        (found,) = self.listeners(port)
        return found

    def observations(self, port: int) -> list[Seen]:
        return [one for one in self.answer["observations"] if one["port"] == port]

    def observation(self, port: int) -> Seen:
        (found,) = self.observations(port)
        return found


@contextlib.contextmanager
def servers(host: ThrowawayHost, *kinds: Seen, under: tuple[str, ...] = (), **how: Any) -> Iterator[list[Server]]:
    """Servers of these kinds (see servers.py)."""
    process = host.open(*under, sys.executable, str(HERE / "servers.py"), json.dumps(kinds), **how)
    assert process.stdout is not None
    try:
        yield [Server(*one) for one in json.loads(process.stdout.readline())]
    finally:
        process.communicate(timeout=30)


def prober(host: ThrowawayHost, *, machine_root: bool = False, **order: Any) -> subprocess.Popen[bytes]:
    """Start the prober, its input left open; `order` is what prober.py takes. A prober that becomes nobody needs the
    machine's root to begin with."""
    process = host.open(sys.executable, str(HERE / "prober.py"), machine_root=machine_root or bool(order.get("user")))
    assert process.stdin is not None
    process.stdin.write(json.dumps(order).encode() + b"\n")
    process.stdin.flush()
    return process


def seen(process: subprocess.Popen[bytes]) -> Found:
    return Found(json.loads(output_of(process).splitlines()[-1]))


def resumed(process: subprocess.Popen[bytes]) -> Found:
    """A prober that waits after its discovery goes on."""
    assert process.stdin is not None
    process.stdin.write(b"go on\n")
    process.stdin.flush()
    return seen(process)


def discovered(host: ThrowawayHost, **order: Any) -> Found:
    return seen(prober(host, **order))


def inspected(host: ThrowawayHost, ports: list[int], **order: Any) -> Found:
    return seen(prober(host, ports=ports, **order))
