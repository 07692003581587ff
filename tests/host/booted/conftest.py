# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts that boot, the same ones for all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.fleet import Fleet, Host


@pytest.fixture
def hosts(fleet: Fleet) -> Iterator[list[Host]]:
    """All hosts; afterwards they are again as they were when they were made."""
    yield fleet.hosts
    fleet.renew(*fleet.hosts)
