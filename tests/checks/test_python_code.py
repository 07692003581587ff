# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Python code: its form, likely mistakes, types, and the oldest Python that has to take it."""

from __future__ import annotations

import ast
import pathlib

import pytest

from tests.support.commands import run, tool
from tests.support.paths import INSTALLED, ROOT

ON_MANAGED_HOSTS = sorted(
    path for folder in ("modules", "module_utils") for path in (INSTALLED / "plugins" / folder).rglob("*.py")
)


def test_formatted() -> None:
    tool("ruff", "format", "--check", ".")


def test_linted() -> None:
    tool("ruff", "check", ".")


def test_types_of_the_collection() -> None:
    """On the installed copy: only there the imports lead where Ansible's lead. 3.10 is the oldest Python of a controller."""
    tool(
        "mypy",
        "--cache-dir",
        "build/mypy",
        "--python-version",
        "3.10",
        "-p",
        "ansible_collections.netops.keepalive.plugins",
    )


def test_types_of_the_tests_and_benchmarks() -> None:
    tool("mypy", "--cache-dir", "build/mypy", "-p", "tests", "-p", "benchmarks")


@pytest.mark.parametrize("path", ON_MANAGED_HOSTS, ids=lambda path: str(path.relative_to(INSTALLED)))
def test_python_3_6_can_parse_what_runs_on_managed_hosts(path: pathlib.Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"), filename=str(path), feature_version=(3, 6))


def test_shell_scripts_parse() -> None:
    scripts = [path for path in (ROOT / "tools").iterdir() if path.read_bytes().startswith(b"#!/bin/sh")]
    scripts += [*(ROOT / "tests").rglob("*.sh"), ROOT / ".ci" / "run"]
    for script in scripts:
        run("bash", "-n", script)
