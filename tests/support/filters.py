# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The installed filters, as functions."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from tests.support.paths import ROOT

NAMES = sorted(path.stem for path in (ROOT / "plugins" / "filter").glob("*.py"))


def module_of(name: str) -> Any:
    return importlib.import_module(f"ansible_collections.netops.keepalive.plugins.filter.{name}")


def the_filter(name: str) -> Callable[..., Any]:
    function: Callable[..., Any] = module_of(name).FilterModule().filters()[name]
    return function
