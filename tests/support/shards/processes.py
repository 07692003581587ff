# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pytest processes of shards: some at a time, each with a log and a record of its own, all ended when we are."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from typing import NamedTuple

from tests.support.shards import record
from tests.support.shards.table import Shard

POLL_SECONDS = 0.2
SECONDS_TO_CLEAN_UP = 120
PYTEST = [sys.executable, "-m", "pytest", "-qq", "-p", record.__name__]


class Ended(NamedTuple):
    """A pytest that came to an end: its exit status, what it printed, and its record, if it wrote one."""

    name: str
    status: int
    seconds: float
    log: str
    record: record.Record | None


class Running(NamedTuple):
    name: str
    shard: Shard
    process: subprocess.Popen[bytes]
    start: float


class Workshop:
    """Runs pytest on shards of the tests in `root`/tests; the logs and records lie in `folder`."""

    def __init__(self, table: Mapping[str, Shard], root: pathlib.Path, folder: pathlib.Path) -> None:
        self._table, self._root, self._folder = table, root, folder
        folder.mkdir(parents=True, exist_ok=True)

    def run(self, names: Sequence[str], at_once: int) -> Generator[Ended, None, None]:
        """Each shard as it ends. They start in the order given, but for those that wait for their `alone`."""
        waiting = {name: self._table[name] for name in names}
        running: list[Running] = []
        try:
            while waiting or running:
                while len(running) < at_once and (name := _next(waiting, running)):
                    running.append(self._start(name, waiting.pop(name)))
                time.sleep(POLL_SECONDS)
                for one in [one for one in running if one.process.poll() is not None]:
                    running.remove(one)
                    yield self._ended(one)
        finally:
            _stop(running)

    def _start(self, name: str, shard: Shard) -> Running:
        self._file(name, "json").unlink(missing_ok=True)
        with self._file(name, "log").open("wb") as log:
            process = subprocess.Popen(
                # In one cache they would overwrite each other's memory of what failed last.
                [*PYTEST, "-o", f"cache_dir={self._file(name, 'cache')}", *shard.options, *self._selection(shard)],
                cwd=self._root,
                env={**os.environ, record.VARIABLE: str(self._file(name, "json"))},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # an interrupt from the keyboard is for us; we pass it on once
            )
        return Running(name, shard, process, time.monotonic())

    def _selection(self, shard: Shard) -> list[str]:
        """The shard's paths without what other shards have inside of them."""
        others = {path for other in self._table.values() for path in other.paths}
        inner = sorted(path for path in others for own in shard.paths if path.startswith(f"{own}/"))
        return [*(f"tests/{path}" for path in shard.paths), *(f"--ignore=tests/{path}" for path in inner)]

    def _ended(self, one: Running) -> Ended:
        log = self._file(one.name, "log").read_text(encoding="utf-8", errors="replace")
        found = record.read(self._file(one.name, "json"))
        return Ended(one.name, one.process.returncode, time.monotonic() - one.start, log, found)

    def _file(self, name: str, kind: str) -> pathlib.Path:
        return self._folder / f"{name}.{kind}"


def _next(waiting: Mapping[str, Shard], running: Sequence[Running]) -> str | None:
    taken = {one.shard.alone for one in running} - {""}
    return next((name for name, shard in waiting.items() if shard.alone not in taken), None)


def _stop(running: Sequence[Running]) -> None:
    for one in running:
        one.process.terminate()
    for one in running:
        try:
            one.process.wait(SECONDS_TO_CLEAN_UP)
        except subprocess.TimeoutExpired:
            one.process.kill()
