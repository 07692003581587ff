# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Module pages and guides."""

from __future__ import annotations

import json

import pytest
import yaml

from tests.support.commands import run, tool
from tests.support.paths import ROOT


def documented() -> list[str]:
    """The page of each thing that a user can call, relative to the collection's folder in the site."""
    listed = json.loads(tool("ansible-doc", "--metadata-dump", "--no-fail-on-errors", "netops.keepalive"))["all"]
    kinds = ("module", "filter", "lookup", "role")
    return sorted(f"{name.split('.')[-1]}_{kind}.html" for kind in kinds for name in listed.get(kind, {}))


def rerouted() -> list[str]:
    """A page each for the names that meta/runtime.yml leads elsewhere, such as a module for hosts that want .ps1."""
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    return [f"{name}_module.html" for name in runtime["plugin_routing"]["modules"]]


@pytest.fixture(scope="module")
def site() -> None:
    run("make", "docs")


def test_lint() -> None:
    # On the source: the linter copies what git knows, so of the installed copy it would see nothing.
    tool(
        "antsibull-docs",
        *(
            "lint-collection-docs",
            "--plugin-docs",
            "--check-extra-docs-refs",
            "--validate-collection-refs",
            "self",
            ".",
        ),
    )


def test_site_has_a_page_for_everything_and_none_astray(site: None) -> None:
    folder = ROOT / "build" / "docs" / "collections" / "netops" / "keepalive"
    pages = {page.relative_to(folder).as_posix() for page in folder.rglob("*.html")}
    guides = {f"docsite/{guide.stem}.html" for guide in (ROOT / "docs" / "docsite" / "rst").glob("*.rst")}
    assert pages == {"index.html", *documented(), *rerouted(), *guides}


def test_every_guide_is_listed() -> None:
    sections = yaml.safe_load((ROOT / "docs" / "docsite" / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    listed = {guide for section in sections for guide in section["toctree"]}
    assert listed == {guide.stem for guide in (ROOT / "docs" / "docsite" / "rst").glob("*.rst")}
