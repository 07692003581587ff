# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the rest of the open connections is divided, and who may go on with it."""

from __future__ import annotations

import os
import pathlib

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._always import config
from ansible_collections.netops.keepalive.plugins.module_utils._always.connections import spread, table

OPEN = table.Open(0, None, 0, 0.0, b"", 0, b"", 0)


def portion(cgroup: str, count: int) -> spread.Portion:
    return spread.Portion(cgroup, config.EMPTY, [OPEN._replace(cookie=number) for number in range(count)])


@pytest.mark.parametrize(
    ("count", "size"), [(0, 100), (1, 100), (6000, 100), (60000, 100), (60001, 101), (600000, 1000)]
)
def test_the_size_of_a_batch(count: int, size: int) -> None:
    assert spread.size_of_batch(count) == size


def test_batches_are_full_across_cgroups() -> None:
    batches = spread.in_batches([portion("/a", 250), portion("/b", 10), portion("/c", 100)], 100)
    assert [[(one.cgroup, len(one.chosen)) for one in batch] for batch in batches] == [
        [("/a", 100)], [("/a", 100)], [("/a", 50), ("/b", 10), ("/c", 40)], [("/c", 60)],
    ]  # fmt: skip
    of_a = [one.chosen for batch in batches for one in batch if one.cgroup == "/a"]
    assert [connection.cookie for chosen in of_a for connection in chosen] == [*range(250)]


def test_what_is_under_way_is_told_by_its_lock(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "PATH", str(tmp_path / "state"))
    assert not spread.is_under_way("one task")
    own = spread.begin("one task")
    assert spread.is_under_way("one task")
    assert not spread.is_under_way("another task")
    newer = spread.begin("another task")
    assert (spread.is_ours(own), spread.is_ours(newer)) == (False, True)
    os.close(newer)
    assert not spread.is_under_way("another task"), "its process has ended"
    os.close(own)
