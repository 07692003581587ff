# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""KEEPALIVE_TESTS=all must turn every kind of skip into a failure."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest

from tests.support.paths import ROOT

SKIPS = {
    "needs": "from tests.support import needs\ndef test_it(): needs.program('no-such-program')",
    "in the test": "import pytest\ndef test_it(): pytest.skip('no reason')",
    "a mark": "import pytest\n@pytest.mark.skip(reason='no reason')\ndef test_it(): pass",
    "a whole file": "import pytest\npytest.skip('no reason', allow_module_level=True)",
    "a missing package": "import pytest\npytest.importorskip('no_such_package')",
}


def closing_line(folder: pathlib.Path, code: str, *, everything: bool) -> tuple[int, str]:
    (folder / "test_sample.py").write_text(code, encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.support.no_skips", "--rootdir", str(folder), str(folder)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "KEEPALIVE_TESTS": "all" if everything else ""},
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, result.stdout.splitlines()[-1]


@pytest.mark.parametrize("code", SKIPS.values(), ids=SKIPS.keys())
def test_a_skip_is_a_failure(code: str, tmp_path: pathlib.Path) -> None:
    status, line = closing_line(tmp_path, code, everything=True)
    assert status != 0
    assert "skipped" not in line


@pytest.mark.parametrize("code", SKIPS.values(), ids=SKIPS.keys())
def test_otherwise_it_is_a_skip(code: str, tmp_path: pathlib.Path) -> None:
    status, line = closing_line(tmp_path, code, everything=False)
    assert "1 skipped" in line
    assert status in (0, 5)
