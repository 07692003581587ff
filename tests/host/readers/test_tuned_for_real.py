# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of tuned's configurations, held against tuned 2.20 and the newest one of Debian: it is true, and our code knows it."""

from __future__ import annotations

import pytest

from tests.support.readers.release import Release, ask_all
from tests.support.vectors.tuned import TUNED, TunedVector

OLD, NEW = "later-writers", "newest-later-writers"


@pytest.mark.parametrize("vector", TUNED, ids=[vector.name for vector in TUNED])
def test_tuned_does_what_the_table_says_and_we_predict_it(
    vector: TunedVector, releases_with_tuned: list[Release]
) -> None:
    answers = ask_all(releases_with_tuned, {path: text.encode() for path, text in vector.files.items()})
    expected = {OLD: {"tuned": vector.old or vector.values}, NEW: {"tuned": vector.values}}
    assert {name: answer.real for name, answer in answers.items()} == expected, str(answers)
    assert {name: bool(answer.doubts) for name, answer in answers.items()} == dict.fromkeys(
        (OLD, NEW), vector.has_doubts
    )
    if not vector.has_doubts:
        assert {name: answer.predicted for name, answer in answers.items()} == expected
