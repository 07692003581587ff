# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told meanwhile, to whom, and what is left when nobody listens any more."""

from __future__ import annotations

import os
import pathlib
import shutil
import signal
import time

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._probe import progress as probe_progress

MINUTE = 60
ENDED = r"^The measurement was ended: its play no longer waits for it\.$"


@pytest.fixture
def progress(tmp_path: pathlib.Path) -> pathlib.Path:
    """In a folder of its own, as the task makes one."""
    folder = tmp_path / "made"
    folder.mkdir()
    return folder / "progress"


def looked_at(progress: pathlib.Path, *, minutes_ago: float) -> None:
    mark = progress.with_name(progress.name + probe_progress.WAITED_FOR)
    mark.touch()
    at = time.time() - minutes_ago * MINUTE
    os.utime(mark, (at, at))


def tell(progress: pathlib.Path, *sentences: str) -> None:
    with probe_progress.to_file(str(progress)) as told:
        assert told is not None
        for sentence in sentences:
            told(sentence)


def test_each_sentence_is_a_line_and_the_end_is_told(progress: pathlib.Path) -> None:
    tell(progress, "one", "two\nin  one line")
    assert progress.read_text() == "one\ntwo in one line\n.\n"


def test_nothing_is_told_where_no_file_is_named() -> None:
    with probe_progress.to_file(None) as told:
        assert told is None


def test_a_file_that_cannot_be_written_is_said_before_anything_is_measured(tmp_path: pathlib.Path) -> None:
    path = f"{tmp_path}/no such folder/progress"
    sentence = r"^progress_file is '/.*it cannot be written \(No such file or directory\); allowed is a file in an existing folder"
    with pytest.raises(_errors.InvalidValue, match=sentence), probe_progress.to_file(path):
        pytest.fail("it was begun")


def test_it_goes_on_when_its_progress_can_no_longer_be_told(progress: pathlib.Path) -> None:
    with probe_progress.to_file(str(progress)) as told:
        assert told is not None
        progress.unlink()
        progress.mkdir()
        told("to nobody")


def test_a_reader_may_be_away_for_a_quarter_of_an_hour(progress: pathlib.Path) -> None:
    looked_at(progress, minutes_ago=16)
    tell(progress, "still here")
    assert progress.read_text().startswith("still here\n")


def test_a_reader_that_stays_away_ends_it(progress: pathlib.Path) -> None:
    looked_at(progress, minutes_ago=21)
    with pytest.raises(_errors.Abandoned, match=ENDED):
        tell(progress, "is there anybody?")


def test_a_reader_that_goes_ends_it_while_nothing_is_told(
    progress: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The task removes its folder when its play is interrupted."""
    monkeypatch.setattr(probe_progress, "SECONDS_BETWEEN_CHECKS", 0.05)
    looked_at(progress, minutes_ago=0)
    begun, usual = time.monotonic(), signal.getsignal(signal.SIGTERM)
    with pytest.raises(_errors.Abandoned, match=ENDED), probe_progress.to_file(str(progress)):
        shutil.rmtree(progress.parent)
        time.sleep(30)
    assert time.monotonic() - begun < 10
    assert signal.getsignal(signal.SIGTERM) == usual


def test_what_the_task_made_is_removed_when_nobody_comes_back(
    progress: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds the file of the job too. Also where nothing was to be told any more."""
    monkeypatch.setenv("ANSIBLE_ASYNC_DIR", str(progress.parent))
    looked_at(progress, minutes_ago=21)
    (progress.parent / "j123.4").touch()
    tell(progress)
    assert not progress.parent.exists()


def test_what_a_user_has_named_stays(progress: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at(progress, minutes_ago=21)
    tell(progress)
    assert progress.read_text() == ".\n"
    monkeypatch.setenv("ANSIBLE_ASYNC_DIR", str(progress.parent))
    progress.with_name(progress.name + probe_progress.WAITED_FOR).unlink()
    tell(progress)
    assert progress.read_text() == ".\n.\n"


def test_who_waits_gets_signs_of_life_while_nothing_is_told(
    progress: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe_progress, "SECONDS_BETWEEN_SIGNS", 0.05)
    looked_at(progress, minutes_ago=0)
    with probe_progress.to_file(str(progress)):
        time.sleep(0.5)
    assert progress.read_text().startswith("\n\n")
    length = progress.stat().st_size
    time.sleep(0.2)
    assert progress.stat().st_size == length, "they end with the measurement"


def test_a_file_of_a_user_gets_no_empty_lines(progress: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe_progress, "SECONDS_BETWEEN_SIGNS", 0.05)
    with probe_progress.to_file(str(progress)):
        time.sleep(0.3)
    assert progress.read_text() == ".\n"
