# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages as tests/report opens them: conftest.py there says how."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

Size = tuple[int, int]
DESKTOP: Size = (1280, 900)
PHONE: Size = (390, 844)
Open = Callable[..., Page]
