# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the files of a report, on the controller, in one task, and says what is to be told of it."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import (
    artifact,
    console,
    model,
    policies,
    summary,
    tally,
    written,
)
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.changes import earlier
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import report_options

ARGUMENTS = {
    "report": {"type": "dict", "required": True},
    "folder": {"type": "str", "default": ""},
    "before": {"type": "str", "default": ""},
    "mode": {"type": "raw", "default": "0644"},
    "console": {"type": "str", "default": console.FINDINGS},
}
STATS = "keepalive"


class ActionModule(ActionBase):
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: object = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validated, arguments = self.validate_argument_spec(ARGUMENTS)
        # These are files of the controller. The recap counts what changed on the hosts.
        result.update(changed=False, problem="", lines=[], warnings=[])
        try:
            whole = model.report(arguments["report"], sources(arguments["report"], task_vars or {}))
        except _errors.KeepaliveError as error:
            result.update(failed=True, msg=str(error))
            return result
        counts = summary.summary(whole)
        compare(whole, arguments["before"], result)
        page = None
        try:
            page = self.write(whole, arguments, result)
        except _errors.KeepaliveError as error:
            # No host has a part in this, so the task does not fail: the play goes on to the verdicts.
            result["problem"] = str(error)
            counts["outcome"] = summary.REPORT_FAILED
        told = console.lines(whole, view(arguments["console"]), page)
        outcome = [result["problem"]] if result["problem"] else []
        result["lines"] = [*told, *outcome, "outcome={0}".format(counts["outcome"])]
        # What set_stats would return.
        # AWX joins the artifacts of job slices, and of equal keys one survives.
        own = artifact.artifact(whole, map(tally.of_host, whole["hosts"]))
        data = {STATS: counts, artifact.name(task_vars or {}): own}
        result["ansible_stats"] = {"data": data, "per_host": False, "aggregate": False}
        return result

    def write(self, whole: model.Result, arguments: Mapping[str, Any], result: dict[str, Any]) -> str | None:
        """The path of the page; none where no file is to be written."""
        role = "policy" if whole["kinds"] == [model.POLICY] else "validate"
        mode = report_options.file_mode(arguments["mode"], f"{role}_report_mode")
        if not arguments["folder"] or self._task.check_mode:
            return None
        folder = folder_of(arguments["folder"], f"{role}_report_dir")
        lost = written.write(whole, folder, mode)
        result["warnings"] += [lost] if lost else []
        return str(folder / "report.html")


def compare(whole: dict[str, Any], before: str, result: dict[str, Any]) -> None:
    """With an earlier report; one that cannot be read takes nothing from the verdicts."""
    if before:
        try:
            whole["since"] = earlier.compared(before, whole)
        except _errors.InvalidValue as error:
            result["warnings"].append(f"{error} The report does not say what changed.")


def view(given: str) -> str:
    """Another word was refused for each host, at the beginning."""
    return given if given in console.VIEWS else console.FINDINGS


def sources(report: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
    """Where the policy of each host came from: variables of the host, else those of the play."""
    hosts, hostvars = report.get("hosts"), task_vars.get("hostvars") or {}
    names = [*policies.OF_POLICY] if report.get("kinds") == [model.POLICY] else [*policies.VARIABLES, policies.OWN]
    first = variables_of(hostvars, task_vars.get("inventory_hostname"), names)
    # What the first host has beyond its own variables is the play's.
    of_play = {name: task_vars[name] for name in names if name in task_vars and name not in first}
    if not isinstance(hosts, Mapping):
        return {}
    return {host: policies.source({**of_play, **variables_of(hostvars, host, names)}) for host in hosts}


def variables_of(hostvars: Any, host: Any, names: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if host not in hostvars:
        return found
    own = hostvars[host]
    for name in names:
        try:
            if name in own:
                found[name] = own[name]
        except AnsibleError:  # a template that cannot be filled in: the host's result says so
            continue
    return found


def folder_of(given: str, variable: str = "validate_report_dir") -> pathlib.Path:
    try:
        if "\0" not in given:
            return pathlib.Path(given).expanduser()
    except RuntimeError:  # the home of a user that does not exist
        pass
    raise _errors.InvalidValue(f"{variable} is {_errors.shown(given)}: allowed is the path of a folder.")
