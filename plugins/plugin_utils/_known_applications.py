# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data on well-known applications, which is a file of the role so that people find it."""

from __future__ import annotations

import functools
import pathlib
import typing as t

import yaml

FILE = pathlib.Path(__file__).resolve().parents[2] / "roles" / "validate" / "vars" / "applications.yml"


@functools.cache
def known_applications() -> list[dict[str, t.Any]]:
    known: list[dict[str, t.Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["__validate_known_applications"]
    return known
