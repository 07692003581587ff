# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Merges the reports of slices of a fleet, on the controller, in one task, and says why the run fails."""

from __future__ import annotations

import contextlib
import gc
import pathlib
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.netops.keepalive.plugins.action import write_report
from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _text
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import read_back
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.merge import artifacts, merged, slices, told
from ansible_collections.netops.keepalive.plugins.plugin_utils._roles import variables
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import report_options

ARGUMENTS = {
    "reports": {"type": "list", "elements": "str", "default": []},
    "expected": {"type": "list", "elements": "str", "default": []},
    "base": {"type": "str", "default": ""},
    "folder": {"type": "str", "default": ""},
    "mode": {"type": "raw", "default": "0644"},
    "console": {"type": "str", "default": write_report.console.FINDINGS},
}
NOTHING = (
    "there is nothing to merge: merge_reports names no report.json, and no variable that begins with keepalive_ "
    "holds what a job has left among its artifacts"
)


class ActionModule(ActionBase):
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: object = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validated, arguments = self.validate_argument_spec(ARGUMENTS)
        try:
            found = merge(arguments, task_vars or {}, self._task.check_mode)
        except _errors.KeepaliveError as error:
            result.update(failed=True, msg=str(error))
            return result
        except OSError as error:  # there is no folder for what waits for its turn
            result.update(failed=True, msg="the reports cannot be merged: {0}".format(_text.as_part(_text.why(error))))
            return result
        view = write_report.view(arguments["console"])
        # These are files of the controller, which no host has a part in, so the task does not fail: the play goes on to the verdicts.
        result.update(
            changed=False,
            lines=told.lines(found, view),
            failure=told.failure(found, variables.flag("merge_enforce", task_vars or {}, self._templar, True)),
            missing=told.missing(found.merged.whole),
            warnings=[found.lost] if found.lost else [],
        )
        stats = {write_report.STATS: told.summary(found)}
        result["ansible_stats"] = {"data": stats, "per_host": False, "aggregate": False}
        return result


def merge(arguments: Mapping[str, Any], task_vars: Mapping[str, Any], check_mode: bool) -> told.Found:
    base = pathlib.Path(arguments["base"])
    folder = write_report.folder_of(arguments["folder"], "merge_report_dir") if arguments["folder"] else None
    mode = report_options.file_mode(arguments["mode"], "merge_report_mode")
    patterns = [str(base / write_report.folder_of(one, "merge_reports")) for one in paths(arguments["reports"])]
    known = {} if patterns else artifacts.among(task_vars)
    if not patterns and not known:
        raise _errors.InvalidValue(NOTHING)
    with without_collector(), contextlib.ExitStack() as unfinished:
        out = merged.Output(None if check_mode or not folder else base / folder, mode, unfinished)
        if patterns:
            return of_files(patterns, arguments["expected"], out)
        return of_artifacts(known, arguments["expected"], out)


@contextlib.contextmanager
def without_collector() -> Iterator[None]:
    """Hosts that pass by leave no reference cycles, so looking for them after every few hosts is time lost."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def paths(given: Sequence[str]) -> list[str]:
    """A list, or a text with commas, as extra variables often are."""
    return [one.strip() for text in given for one in text.split(",") if one.strip()]


def of_files(patterns: Sequence[str], expected: Sequence[str], out: merged.Output) -> told.Found:
    files, problems = slices.found(patterns)
    given = []
    with tempfile.TemporaryFile(dir=out.folder) as file:
        spool = slices.Spool(file)
        for path in files:
            try:
                given.append(slices.read(path, spool))
                # One of them may hold what only its owner may read.
                out.mode &= stat.S_IMODE(path.stat().st_mode)
            except read_back.Damaged as error:
                problems.append(str(error))
        whole = merged.merge_reports(given, spool, expected, out)
    return told.Found(whole, problems, out.folder, out.problem, out.lost, told.of_files(given))


def of_artifacts(known: Mapping[str, Mapping[str, Any]], expected: Sequence[str], out: merged.Output) -> told.Found:
    given, problems = [], []
    for name, one in known.items():
        try:
            given.append(artifacts.read(name, one))
        except read_back.Damaged as error:
            problems.append(str(error))
    whole = merged.merge_artifacts(given, expected, out)
    return told.Found(whole, problems, out.folder, out.problem, out.lost, told.of_artifacts(given))
