# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The programs of Debian 11, 12, 13 and its unstable release that read sysctl files."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support import needs
from tests.support.fleet import tree as trees
from tests.support.fleet import variants

if TYPE_CHECKING:
    from tests.support.readers.release import Release


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Release]]:
    with all_started(trees.KNOWN, tmp_path_factory) as found:
        yield found


@pytest.fixture(scope="session")
def releases_with_tuned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Release]]:
    with all_started(("later-writers", "newest-later-writers"), tmp_path_factory) as found:
        yield found


@contextlib.contextmanager
def all_started(names: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Release]]:
    # It imports the collection, which can be found only after all conftest.py have been loaded.
    from tests.support.readers.release import started

    needs.booted_hosts()
    variants.ensure_all(names)
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(started(name, tmp_path_factory.mktemp(name))) for name in names]
