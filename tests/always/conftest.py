# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No test attaches a program to a cgroup that it did not make."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import needs
from tests.support.always.scene import Scene, new_scene, outer_programs


@pytest.fixture(scope="module", autouse=True)
def _other_cgroups_are_left_alone() -> Iterator[None]:
    needs.root()
    needs.program("bpftool")
    before = outer_programs()
    yield
    assert outer_programs() == before


@pytest.fixture(scope="module")
def shared_scene() -> Iterator[Scene]:
    yield from new_scene()


@pytest.fixture
def scene(shared_scene: Scene) -> Iterator[Scene]:
    """One for all tests of a file, without a program of ours when a test begins."""
    yield shared_scene
    shared_scene.always(state="absent")
    assert shared_scene.attached() == []
