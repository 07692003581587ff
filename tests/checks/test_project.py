# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The habits of this project that no other tool checks."""

from __future__ import annotations

import pathlib

from tests.support.commands import run
from tests.support.paths import ROOT

MOST_LINES = 250
MOST_LINES_OF_TESTS = 400  # tables of cases are long


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
