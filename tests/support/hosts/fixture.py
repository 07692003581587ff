# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fixtures `host` and `shared_host`: hosts that are thrown away after the test, or after the file of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.hosts.throwaway import ThrowawayHost, new_host


@pytest.fixture
def host() -> Iterator[ThrowawayHost]:
    yield from new_host()


@pytest.fixture(scope="module")
def shared_host() -> Iterator[ThrowawayHost]:
    """One for all tests of a module, for those that leave it as it was."""
    yield from new_host()
