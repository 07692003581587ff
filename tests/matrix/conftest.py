# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from tests.support.environments import cores


@pytest.fixture(params=cores.PARAMETERS, scope="module")
def core(request: pytest.FixtureRequest) -> cores.Core:
    """Each ansible-core that the collection supports."""
    return cores.core(request.param)
