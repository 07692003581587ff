# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shards of tests side by side: one sum, and no test lost, doubled or forgotten in silence."""

from __future__ import annotations

import contextlib
import io
import pathlib
from collections.abc import Iterator

import pytest

from tests.support.paths import ROOT
from tests.support.shards.__main__ import ALL, run
from tests.support.shards.processes import Workshop
from tests.support.shards.table import ALL_TESTS, SHARDS, Shard

GOOD = {
    "a/test_a.py": "def test_good(): pass\ndef test_other(): pass",
    "b/test_b.py": "import pytest\n@pytest.mark.parametrize('x', [1, 2])\ndef test_good(x): pass",
    "b/inner/test_inner.py": "def test_good(): pass",
}
SHARDS_OF_GOOD = {"a": Shard(("a",)), "b": Shard(("b",)), "inner": Shard(("b/inner",))}
# A shard for each: what its test file says, and the complaint.
BAD = {
    "failure": ("def test_it(): assert False", "Shard failure failed: 1 tests, status 1."),
    "error": (
        "import pytest\n@pytest.fixture\ndef x():\n    yield\n    assert False\ndef test_it(x): pass",
        "Shard error failed: 1 tests, status 1.",
    ),
    "crash": (
        "import os\ndef test_it(): os._exit(0)",
        "Shard crash crashed: its pytest ended with status 0 and left no record.",
    ),
    "nothing": ("", "Shard nothing has no tests."),
    "no_python": ("def", "Shard no_python failed: 1 tests, status 2."),
    "early_end": (
        "import pytest\ndef test_it(): pytest.exit('enough')\ndef test_next(): pass",
        "Shard early_end did not run tests/early_end/test_it.py::test_it, tests/early_end/test_it.py::test_next (2).",
    ),
    "skip": (
        "import pytest\ndef test_it(): pytest.skip('no reason')",
        "Shard skip skipped 1 tests, and KEEPALIVE_TESTS=all allows none.",
    ),
}

Outcome = tuple[int, list[str]]


def write(folder: pathlib.Path, files: dict[str, str]) -> None:
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n", encoding="utf-8")
    for name, text in files.items():
        path = folder / "tests" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def outcome(folder: pathlib.Path, files: dict[str, str], table: dict[str, Shard], at_once: int = 3) -> Outcome:
    """The exit status and the lines of a run over these files."""
    write(folder, files)
    workshop = Workshop({ALL: ALL_TESTS, **table}, folder, folder / "build")
    with contextlib.redirect_stdout(io.StringIO()) as said:
        status = run(workshop, list(table), at_once, complete=True)
    return status, said.getvalue().splitlines()


@pytest.fixture(scope="module", autouse=True)
def environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("KEEPALIVE_TESTS", "all")
        yield


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory, environment: None) -> Outcome:
    files = {f"{name}/test_it.py": code for name, (code, _complaint) in BAD.items()}
    return outcome(tmp_path_factory.mktemp("bad"), {**files, **GOOD}, {name: Shard((name,)) for name in (*BAD, "a")})


def test_the_last_line_is_the_sum_of_all(tmp_path: pathlib.Path) -> None:
    status, lines = outcome(tmp_path, GOOD, SHARDS_OF_GOOD)
    assert (status, lines[-1]) == (0, "5 passed, 0 failed, 0 skipped"), lines


def test_the_sum_counts_what_failed_too(bad: Outcome) -> None:
    status, lines = bad
    assert (status, lines[-1]) == (1, "2 passed, 3 failed, 1 skipped"), lines


@pytest.mark.parametrize("complaint", [complaint for _code, complaint in BAD.values()], ids=BAD)
def test_a_shard_that_is_no_success_fails_the_run(bad: Outcome, complaint: str) -> None:
    assert complaint in bad[1]


def test_what_cannot_be_collected_fails_the_run(bad: Outcome) -> None:
    assert "The tests could not be collected: status 2." in bad[1]


def test_a_test_in_no_shard_is_missed(tmp_path: pathlib.Path) -> None:
    status, lines = outcome(tmp_path, GOOD, {"a": SHARDS_OF_GOOD["a"]})
    (complaint,) = [line for line in lines if line.startswith("These tests are in no shard: ")]
    assert complaint.endswith(
        ": tests/b/inner/test_inner.py::test_good, tests/b/test_b.py::test_good[1], tests/b/test_b.py::test_good[2] (3)."
    )
    assert status == 1


def test_a_test_in_two_shards_is_seen(tmp_path: pathlib.Path) -> None:
    status, lines = outcome(tmp_path, GOOD, {**SHARDS_OF_GOOD, "again": Shard(("b/inner",))})
    assert "These tests are in more than one shard: tests/b/inner/test_inner.py::test_good (1)." in lines
    assert status == 1


def test_two_that_want_to_be_alone_never_meet(tmp_path: pathlib.Path) -> None:
    lock = str(tmp_path / "lock")
    code = f"import os, time\ndef test_it():\n    os.mkdir({lock!r})\n    time.sleep(0.5)\n    os.rmdir({lock!r})"
    files = {f"{name}/test_{name}.py": code for name in "abc"}
    status, lines = outcome(tmp_path, files, {name: Shard((name,), alone="lock") for name in "abc"})
    assert (status, lines[-1]) == (0, "3 passed, 0 failed, 0 skipped"), lines


SLOW = """
import pathlib, pytest, time
@pytest.fixture
def thing():
    pathlib.Path("thing").touch()
    yield
    pathlib.Path("thing").unlink()
def test_it(thing):
    time.sleep(60)
"""
QUICK = """
import pathlib, time
def test_it():
    while not pathlib.Path("thing").exists(): time.sleep(0.1)
"""


def test_a_run_that_is_given_up_lets_its_shards_clean_up(tmp_path: pathlib.Path) -> None:
    write(tmp_path, {"test_slow.py": SLOW, "test_quick.py": QUICK})
    table = {"slow": Shard(("test_slow.py",)), "quick": Shard(("test_quick.py",))}
    shards = Workshop(table, tmp_path, tmp_path / "build").run(list(table), 2)
    assert next(shards).name == "quick"
    assert (tmp_path / "thing").exists()
    shards.close()
    assert not (tmp_path / "thing").exists()


@pytest.mark.parametrize("path", sorted({path for shard in SHARDS.values() for path in shard.paths}))
def test_the_table_names_what_there_is(path: str) -> None:
    assert (ROOT / "tests" / path).exists()
