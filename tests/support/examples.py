# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many examples hypothesis makes: the same ones each time, unless KEEPALIVE_EXAMPLES asks for a number of new ones."""

from __future__ import annotations

import os

from hypothesis import settings


def examples(usual: int = 100, *, new: bool = False) -> settings:
    asked = os.environ.get("KEEPALIVE_EXAMPLES")
    same = asked is None and not new
    return settings(max_examples=int(asked or usual), derandomize=same, database=None, deadline=None)
