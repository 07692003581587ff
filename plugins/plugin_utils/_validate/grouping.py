# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which offending listeners one action cures, and what they are called together. Pure."""

from __future__ import annotations

import functools
import hashlib
import json
import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _text
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import addresses
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import listeners

Mapping = t.Mapping[str, t.Any]
NUMBER = re.compile(r"\d+(?:\.\d+)?")
LENGTH_OF_ID = 10
UNKNOWN_PROGRAM = "unknown program"


def identity(entry: Mapping) -> str:
    """The same for all listeners that one action cures: numbers (pids, ports, seconds) are no part of it, so it holds from run to run."""
    remedy = entry["remedy"] or {}
    texts = (remedy.get("application"), remedy.get("group"), remedy.get("text"), "\n".join(remedy.get("lines", ())))
    return identified(listeners.program(entry), entry["verdict"], entry["set_by"], *texts)


@functools.lru_cache(maxsize=4096)
def identified(*parts: str | None) -> str:
    plain = [None if part is None else NUMBER.sub("#", part) for part in parts]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()[:LENGTH_OF_ID]


def one_name(names: t.Sequence[str]) -> str:
    """``redis``, or ``redis-*`` where programs differ in a number only."""
    different = sorted(set(names))
    return (different[0] if len(different) == 1 else NUMBER.sub("*", different[0])) or UNKNOWN_PROGRAM


def places(entries: t.Iterable[Mapping]) -> list[str]:
    """Where they listen, each once: IPv4 and IPv6 of one port on all addresses are ``*:22``."""
    at: dict[tuple[str, int | str | None, str | None], set[str]] = {}
    for entry in entries:
        address = entry["host"] or entry["address"] or ""
        everywhere = address in addresses.WILDCARDS
        key = ("*" if everywhere else address, listeners.ports(entry), entry["namespace"])
        at.setdefault(key, set()).add(address)
    ordered = sorted(at, key=lambda key: (key[2] or "", str(key[1]).zfill(5), key[0]))
    return [_text.endpoint(one(at[key]) if key[0] == "*" else key[0], key[1], key[2]) for key in ordered]


def one(found: t.Collection[str]) -> str:
    return next(iter(found)) if len(found) == 1 else "*"


def grouped(entries: t.Iterable[Mapping]) -> list[list[Mapping]]:
    """The offenders of one host, those that one action cures together; the largest group first."""
    groups: dict[str, list[Mapping]] = {}
    for entry in entries:
        groups.setdefault(identity(entry), []).append(entry)
    return sorted(groups.values(), key=len, reverse=True)
