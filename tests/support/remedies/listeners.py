# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Listeners as the module returns them, and what cures them."""

from __future__ import annotations

from typing import Any

from ansible_collections.netops.keepalive.plugins.plugin_utils._returned.listener import LISTENER
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate.remedies import remedy

POLICY = {"time": 60, "interval": 10, "probes": 6, "drop_after": 120}


def entry(verdict: str | None, seen_as: str | None = None, **more: Any) -> dict[str, Any]:
    """A listener as the module returns it; `seen_as` is the name of its process, or name and unit."""
    name, _in, unit = (seen_as or "").partition(" in ")
    seen = {"name": name, "command": f"/usr/bin/{name}", "unit": unit or None, "container": None} if seen_as else None
    found = {"named": True, "port": 8080, "address": "127.0.0.1", "process": seen, "verdict": verdict, "policy": POLICY}
    complete: dict[str, Any] = LISTENER.fit({**found, **more})
    return complete


def cure(*arguments: Any, **more: Any) -> dict[str, Any]:
    found = remedy(entry(*arguments, **more))
    assert found is not None
    return found
