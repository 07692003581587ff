# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a report: one file, made from the files beside this one and the report."""

from __future__ import annotations

import base64
import hashlib
import pathlib
import typing as t

import jinja2
import markupsafe
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import tally
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.html import columns, overview

FILES = pathlib.Path(__file__).with_name("files")


def page(
    report: t.Mapping[str, t.Any],
    counts: tally.Tally | None = None,
    shown: t.Sequence[t.Mapping[str, t.Any]] | None = None,
) -> str:
    """``counts`` and ``shown`` stand for listeners that are not at hand, as ``overview.page`` says."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FILES),
        autoescape=True,
        trim_blocks=True,
        keep_trailing_newline=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    found = overview.page(report, counts, shown)
    style, icons = file("page.css"), file("icons.svg")
    script = file("rows.js") + file("page.js")
    return environment.get_template("page.html.j2").render(
        page=found,
        data=markupsafe.Markup(columns.script(found.hosts)),
        style=style,
        script=script,
        icons=icons,
        style_hash=allowed(style),
        script_hash=allowed(script),
    )


def file(name: str) -> markupsafe.Markup:
    return markupsafe.Markup((FILES / name).read_text(encoding="utf-8"))


def allowed(code: str) -> markupsafe.Markup:
    """The page's content security policy names its own code by this; no other code in the page runs."""
    return markupsafe.Markup(f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'")
