# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A pytest plugin: writes what was collected, and how each test ended, into the file that KEEPALIVE_SHARD_RECORD names."""

from __future__ import annotations

import json
import os
import pathlib
import signal
from typing import Any, NamedTuple

import pytest

VARIABLE = "KEEPALIVE_SHARD_RECORD"
OUTCOMES = ("passed", "failed", "skipped")
WORST_FIRST = ("failed", "skipped", "passed")


class Record(NamedTuple):
    """Node ids as collected; by node id (of a file where that could not be collected) the outcome and the seconds."""

    collected: list[str]
    outcomes: dict[str, str]
    seconds: dict[str, float]

    def count(self, outcome: str) -> int:
        return list(self.outcomes.values()).count(outcome)

    def not_run(self) -> list[str]:
        return [name for name in self.collected if name not in self.outcomes]


def read(path: pathlib.Path) -> Record | None:
    """None: pytest did not come to its end."""
    return Record(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


class Recorder:
    def __init__(self, path: pathlib.Path) -> None:
        self._path = path
        self._record = Record([], {}, {})
        self._running: list[str] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._record.collected.extend(item.nodeid for item in session.items)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.outcome != "passed":
            self._record.outcomes[report.nodeid] = report.outcome

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Setup, call and teardown are reported apart; a test is as good as the worst of them, and has none before the last."""
        # A test that fails as its mark says is as it should be; xfail_strict makes a failure of one that does not.
        as_expected = report.outcome == "skipped" and hasattr(report, "wasxfail")
        self._running.append("passed" if as_expected else report.outcome)
        self._record.seconds[report.nodeid] = self._record.seconds.get(report.nodeid, 0) + report.duration
        if report.when == "teardown":
            self._record.outcomes[report.nodeid] = min(self._running, key=WORST_FIRST.index)
            self._running.clear()

    def pytest_sessionfinish(self) -> None:
        self._path.write_text(json.dumps(self._record._asdict()), encoding="utf-8")


def pytest_configure(config: Any) -> None:
    path = os.environ.pop(VARIABLE, None)  # a pytest that a test starts is none of ours
    if path:
        # Whoever ends us lets the fixtures take down what they have set up. (In a job of a shell, SIGINT may be ignored.)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        config.pluginmanager.register(Recorder(pathlib.Path(path)))
