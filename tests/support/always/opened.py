# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections that a process of a throw-away host keeps open, to look at their options while the module runs."""

from __future__ import annotations

import contextlib
import json
import pathlib
import sys
import time
from collections.abc import Iterator
from typing import Any

from tests.support.always.scene import Ends, Options, Scene

HELD = pathlib.Path(__file__).with_name("held.py")


class Held:
    def __init__(self, process: Any) -> None:
        self._process = process
        assert process.stdout.readline() == b"up\n", process.stderr.read()

    def look(self, **options: int) -> list[Ends]:
        """The options of both ends of each, after the accepted ends were given these."""
        self._process.stdin.write(json.dumps(options).encode() + b"\n")
        self._process.stdin.flush()
        return [(accepted, client) for accepted, client in json.loads(self._process.stdout.readline())]

    def wait_until_all_are(self, options: Options) -> None:
        deadline = time.monotonic() + 30
        while set(map(tuple, self.ends())) != {tuple(options)}:
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def ends(self) -> list[Options]:
        return [end for pair in self.look() for end in pair]


@contextlib.contextmanager
def held(scene: Scene, *cases: tuple[int, dict[str, Any]], cgroup: str = "") -> Iterator[Held]:
    process = scene.open(sys.executable, HELD, json.dumps(cases), f"{scene.mount}/{cgroup}")
    try:
        yield Held(process)
    finally:
        process.communicate()


def wait_until_it_has_ended(scene: Scene) -> None:
    """The process that goes on after the run."""
    deadline = time.monotonic() + 60
    while scene.sh("test -e /run/netops-keepalive-connections || echo ended") == "":
        assert time.monotonic() < deadline
        time.sleep(0.5)
