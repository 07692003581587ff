# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of trees, held against the programs of four releases: it is true, and our code knows it there."""

from __future__ import annotations

import pytest

from tests.support.readers.release import READERS, Release, ask_all
from tests.support.vectors import VECTORS, Vector


@pytest.mark.parametrize("vector", VECTORS, ids=[vector.name for vector in VECTORS])
def test_each_release_does_what_the_table_says_and_we_predict_it(vector: Vector, releases: list[Release]) -> None:
    answers = ask_all(releases, vector.tree)
    expected = {
        name: {reader: vector.expected(reader, procps=answer.procps) for reader in READERS}
        for name, answer in answers.items()
    }
    assert {name: answer.real for name, answer in answers.items()} == expected
    assert {name: answer.predicted for name, answer in answers.items()} == expected


WITH_SOURCES = [(vector, reader) for vector in VECTORS for reader, sources in vector.sources.items() if sources]


@pytest.mark.parametrize(
    "vector, reader", WITH_SOURCES, ids=[f"{vector.name}-{reader}" for vector, reader in WITH_SOURCES]
)
def test_the_place_that_decides_is_told_there(vector: Vector, reader: str, releases: list[Release]) -> None:
    answers = ask_all(releases, vector.tree)
    told = {name: answer.sources[reader] for name, answer in answers.items() if answer.procps != "3.3"}
    assert told == {name: told[name] | dict(vector.sources[reader]) for name in told}
    assert told, "no release of these has the procps that the table speaks of"


def test_the_version_of_procps_is_told_from_its_library(releases: list[Release]) -> None:
    assert {name: answer.procps for name, answer in ask_all(releases, {}).items()} == {
        "bullseye": "3.3",
        "bookworm": "4",
        "trixie": "4",
        "sid": "4.0.5",
    }
