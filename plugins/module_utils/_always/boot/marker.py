# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mark in /run that the service is on. It holds what the trial has found out about this kernel, which lasts until the next boot."""

import contextlib
import json
import os
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout

PATH = "/run/netops-keepalive.json"


def read() -> t.Optional[layout.Abilities]:
    """``None`` where the service is off, or where another release has made the mark."""
    try:
        with open(PATH, encoding="utf-8") as file:
            namespaces, marks, fields = json.load(file)
        return layout.Abilities(bool(namespaces), bool(marks), layout.Fields(*fields) if fields else None)
    except (OSError, TypeError, ValueError):
        return None


def write(abilities: t.Optional[layout.Abilities]) -> None:
    if abilities is not None:
        descriptor = os.open(PATH + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump(abilities, file)
        os.rename(PATH + ".new", PATH)


def remove() -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(PATH)
