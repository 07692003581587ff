# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The formats of a report: the name of each, and the text that a report becomes. Pure."""

import json
import typing as t

from ansible_collections.netops.keepalive.plugins.plugin_utils._report import junit, model, page, prometheus


def as_json(found: model.Result) -> str:
    return json.dumps(found, indent=1) + "\n"


FORMATS: dict[str, t.Callable[[model.Result], str]] = {
    "json": as_json,
    "html": page.page,
    "junit": junit.junit,
    "prometheus": prometheus.prometheus,
    "summary": lambda found: as_json(model.summary(found)),
}
