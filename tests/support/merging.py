# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report in slices, and what the action merge_reports makes of them, without a run of Ansible."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterable
from typing import Any

from ansible_collections.netops.keepalive.plugins.action import merge_reports
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import formats, model
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.merge import told

Report = dict[str, Any]


def slices_of(report: Report, number: int) -> list[Report]:
    """What as many runs would have reported, each on every n-th host, as AWX does it."""
    return [part(report, report["hosts"][index::number]) for index in range(number)]


def part(report: Report, hosts: list[Report], **more: Any) -> Report:
    return model.report(json.loads(json.dumps({**report, "hosts": hosts, **more})))


def write(folder: pathlib.Path, reports: Iterable[Report]) -> list[str]:
    """A report.json for each, in a folder of its own; their paths."""
    paths = []
    for number, report in enumerate(reports):
        path = folder / f"slice{number}" / "report.json"
        path.parent.mkdir(parents=True)
        path.write_text(formats.as_json(report), encoding="utf-8")
        paths.append(str(path))
    return paths


def merged(
    folder: pathlib.Path,
    *paths: str,
    expected: Iterable[str] = (),
    variables: Report | None = None,
    mode: str = "0644",
) -> told.Found:
    arguments = {
        "reports": [*paths],
        "expected": [*expected],
        "base": str(folder.parent),
        "folder": str(folder),
        "mode": mode,
    }
    return merge_reports.merge(arguments, variables or {}, False)
