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
from collections.abc import Iterator, Sequence
from typing import Any

from tests.support.hosts.throwaway import ThrowawayHost, end_of, output_of
from tests.support.probe import capture

HERE = pathlib.Path(__file__).parent
Seen = dict[str, Any]


@contextlib.contextmanager
def servers(host: ThrowawayHost, *kinds: Seen, within: Sequence[str] = ()) -> Iterator[list[int]]:
    """The ports of servers of these kinds (see servers.py); `within` is a program that runs them, such as `ip netns exec`."""
    with running(host, *within, sys.executable, str(HERE / "servers.py"), json.dumps(kinds)) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())


@contextlib.contextmanager
def running(host: ThrowawayHost, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program on that host that ends when its input does."""
    process = host.open(*command)
    try:
        yield process
    finally:
        process.communicate(timeout=30)


def order(targets: list[Seen], **how: Any) -> bytes:
    return json.dumps({"targets": targets, **how}).encode()


def prober(
    host: ThrowawayHost, targets: list[Seen], *, machine_root: bool = False, **how: Any
) -> subprocess.Popen[bytes]:
    """Start to measure; `how` is what prober.py takes besides targets."""
    program = str(HERE / "prober.py")
    return host.start(sys.executable, program, stdin=order(targets, **how), machine_root=machine_root)


def measured(host: ThrowawayHost, targets: list[Seen], *, machine_root: bool = False, **how: Any) -> Seen:
    """All that the prober returns."""
    found: Seen = json.loads(output_of(prober(host, targets, machine_root=machine_root, **how)))
    return found


@contextlib.contextmanager
def wire(host: ThrowawayHost) -> Iterator[list[capture.Segment]]:
    """What passes on the loopback meanwhile; filled at the end."""
    found: list[capture.Segment] = []
    process = host.open(sys.executable, capture.__file__)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    try:
        yield found
    finally:
        output, _errors = end_of(process)
        found.extend(capture.segments(output.splitlines()))
