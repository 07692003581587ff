# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The habits of this project that no other tool checks."""

from __future__ import annotations

import ast
import pathlib

import pytest

from tests.support.commands import run
from tests.support.paths import ROOT

MOST_LINES = 250
MOST_LINES_OF_TESTS = 400  # tables of cases are long
PURE = [
    "_settings",
    "_policy",
    "_presets",
    "_differences",
    "_errors",
    "_observation",
    "_judge",
    "_described",
    "_remedies",
    "_recognition",
    "_validation",
    "_outcome",
    "_unknown_programs",
    "_audit",
    "_snippet",
]
OUTSIDE = ("os", "sys", "socket", "subprocess", "io", "pathlib")


def project_files() -> list[pathlib.Path]:
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def test_code_files_are_short() -> None:
    long = {}
    for path in project_files():
        lines = len(path.read_bytes().splitlines()) if path.suffix in (".py", ".ps1", ".sh") else 0
        if lines > (MOST_LINES_OF_TESTS if path.is_relative_to(ROOT / "tests") else MOST_LINES):
            long[str(path.relative_to(ROOT))] = lines
    assert not long, "split them"


@pytest.mark.parametrize("name", PURE)
def test_pure_rooms_stay_pure(name: str) -> None:
    """They hold decisions: no host, no Ansible, so that they can be tested and reused anywhere."""
    code = (ROOT / "plugins" / "module_utils" / f"{name}.py").read_text(encoding="utf-8")
    allowed = {f"ansible_collections.netops.keepalive.plugins.module_utils.{room}" for room in PURE}
    reaching_out = [
        module
        for module in imported(code)
        if module.partition(".")[0] in OUTSIDE or (module.startswith("ansible") and module not in allowed)
    ]
    assert not reaching_out


@pytest.mark.parametrize(("room", "unknown"), [("_sockets", "_probe"), ("_sockets", "_host"), ("_host", "_probe")])
def test_a_room_knows_nothing_of_those_that_stand_on_it(room: str, unknown: str) -> None:
    files = sorted((ROOT / "plugins" / "module_utils" / room).glob("*.py"))
    assert files
    found = [
        (file.name, name)
        for file in files
        for name in imported(file.read_text(encoding="utf-8"))
        if f".{unknown}." in f"{name}."
    ]
    assert not found


def imported(code: str) -> list[str]:
    """The modules that it imports, wherever it does."""
    nodes = list(ast.walk(ast.parse(code)))
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    parts = [
        f"{node.module}.{alias.name}" for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names
    ]
    return plain + parts
