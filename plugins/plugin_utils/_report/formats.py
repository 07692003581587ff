# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The formats of a report: the name of each, and the text that a report becomes. Pure."""

import json
import typing as t

from ansible_collections.netops.keepalive.plugins.plugin_utils._report import junit, model, prometheus, summary
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.html import page

HOSTS, AFTER = '"hosts": [\n', "\n]\n}\n"


def as_json(whole: model.Result) -> str:
    return "".join([before_hosts(whole), ",\n".join(map(json.dumps, whole["hosts"])), after_hosts(whole)])


def before_hosts(whole: model.Result) -> str:
    """A line for each finding and each host: quick to read and write for thousands of hosts, and what differs between two runs can be seen."""
    parts = []
    for key, value in whole.items():
        if key == "hosts":
            continue
        text = json.dumps(value)
        if key == "findings" and value:
            text = "[\n{0}\n]".format(",\n".join(map(json.dumps, value)))
        parts.append("{0}: {1},\n".format(json.dumps(key), text))
    return "{{\n{0}{1}".format("".join(parts), HOSTS if whole["hosts"] else HOSTS.rstrip())


def after_hosts(whole: model.Result) -> str:
    return AFTER if whole["hosts"] else AFTER.lstrip()


FORMATS: dict[str, t.Callable[[model.Result], str]] = {
    "json": as_json,
    "html": page.page,
    "junit": junit.junit,
    "prometheus": prometheus.prometheus,
    "summary": lambda found: json.dumps(summary.summary(found), indent=1) + "\n",
}
