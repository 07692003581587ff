# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which tests form a shard. A new folder or file of tests is in the shard of the folder that it is in."""

from __future__ import annotations

from typing import NamedTuple


class Shard(NamedTuple):
    """Files and folders below tests/. Shards that name the same `alone` never run at the same time."""

    paths: tuple[str, ...]
    alone: str = ""
    options: tuple[str, ...] = ()


# No shard, but what all of them together have to come to.
ALL_TESTS = Shard((".",), options=("--collect-only",))


# In the order in which they are started: those first that take long, or that others wait for.
SHARDS = {
    "molecule": Shard(("molecule",), alone="windows"),
    "checks": Shard(("checks",)),
    "probe": Shard(("probe",)),
    "windows": Shard(("windows", "matrix/test_windows.py"), alone="windows"),
    "matrix": Shard(("matrix",)),
    "validate": Shard(("roles/validate",)),
    "policy": Shard(("roles/policy",)),
    "host": Shard(("host",)),
    "always": Shard(("always",)),
    "applications": Shard(("probe/applications",)),
    "report": Shard(("report",)),
    "remedies": Shard(("roles/remedies",)),
    "demo": Shard(("roles",)),
    "fleet": Shard(("fleet",)),
    "unit": Shard(("unit",)),
}
