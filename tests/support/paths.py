# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where things are: the checkout, what was built from it, and what outlives it."""

from __future__ import annotations

import os
import pathlib
import sysconfig

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
COLLECTIONS = BUILD / "collections"
INSTALLED = COLLECTIONS / "ansible_collections" / "netops" / "keepalive"
SCRIPTS = pathlib.Path(sysconfig.get_path("scripts"))


def cache() -> pathlib.Path:
    """The folder for what is dear to make and worth keeping: release trees, virtual environments."""
    named = os.environ.get("KEEPALIVE_CACHE")
    if named:
        return pathlib.Path(named)
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "netops-keepalive"


def tarball() -> pathlib.Path:
    (found,) = BUILD.glob("netops-keepalive-*.tar.gz")
    return found
