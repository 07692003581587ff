# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The structure of plugins/: which room may import which, which rooms touch no host, and how large a room may be."""

from __future__ import annotations

import ast
import collections
import graphlib
import pathlib

import pytest

from tests.support.paths import ROOT

PLUGINS = ROOT / "plugins"
PREFIX = "ansible_collections.netops.keepalive.plugins."
MOST_FILES = 14

# A room is a folder, or a file that stands alone in module_utils. Each may import the rooms named here, and itself.
# `_settings` and `_errors` may be imported by all.
TRAVELS = {
    "_errors": [],
    "_json": [],
    "_settings": [],
    "_sockets": [],
    "_verdict": [],
    "_host.sysctl_files": [],
    "_host.later_writers": ["_host.sysctl_files"],
    "_host": ["_json", "_host.sysctl_files", "_host.later_writers"],
    "_probe.types": ["_verdict", "_sockets"],
    "_probe.discovery": ["_probe.types", "_probe.ports", "_probe.request", "_sockets", "_verdict"],
    "_probe.client": ["_probe.types", "_sockets", "_verdict"],
    "_probe.accepted": ["_probe.types", "_sockets", "_verdict", "_host"],
    "_probe.inspect": ["_probe.types", "_probe.client", "_probe.accepted", "_sockets", "_verdict", "_host"],
    "_probe.dead_peer": ["_probe.types", "_probe.client", "_probe.accepted", "_sockets", "_verdict", "_host"],
}
STAYS = {
    "_policy": [],
    "_validate": ["_policy"],
    "_report": ["_validate"],
}
