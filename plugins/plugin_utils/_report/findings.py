# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings: the offending listeners of all hosts, grouped by what cures them together. Pure."""

from __future__ import annotations

import collections
import functools
import hashlib
import json
import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _text
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import addresses
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import listener as returned_listener
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned.shapes import Absent, Items, Key, Keys, Text
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import listeners

Result = dict[str, t.Any]
Mapping = t.Mapping[str, t.Any]
NUMBER = re.compile(r"\d+(?:\.\d+)?")
LENGTH_OF_ID = 10
UNKNOWN_PROGRAM = "unknown program"
LATE = ("time_too_long", "drops_too_late")
VALUES_OF = {"application": "with values of its own", "host": "with the host's values"}
# The other keys of a finding are those of its listeners.
OF_LISTENER = {key.name: key for key in returned_listener.REPORTED.keys}
FINDING = Keys(
    (
        Key(
            "id",
            Text(shortest=1),
            "Holds from run to run: numbers, such as pids and ports, are no part of it.",
            Absent.REFUSED,
        ),
        Key("program", Text(shortest=1), "The application, otherwise its process.", Absent.REFUSED),
        Key("verdict", OF_LISTENER["verdict"].kind, "The verdict on its listeners.", Absent.REFUSED),
        OF_LISTENER["set_by"],
        Key("reason", Text(), "The reason that most of them have."),
        Key("remedy", OF_LISTENER["remedy"].kind, "What to do, in the wording that most of them have."),
        Key(
            "wordings",
            returned_listener.COUNT,
            "How many wordings it has. They differ in numbers, such as a port.",
            Absent.REFUSED,
        ),
        Key("listeners", returned_listener.COUNT, "The number of its listeners.", Absent.REFUSED),
        Key(
            "hosts",
            Items(
                Keys(
                    (
                        Key("name", Text(shortest=1), "The name in the inventory.", Absent.REFUSED),
                        Key(
                            "places",
                            Items(Text(), returned_listener.MOST_LISTENERS),
                            "Where it listens there, each once.",
                            Absent.REFUSED,
                        ),
                    )
                ),
                returned_listener.MOST_LISTENERS,
            ),
            "The hosts that have it.",
            Absent.REFUSED,
        ),
    )
)


def identity(entry: Mapping) -> str:
    """The same for all listeners that one action cures: numbers (pids, ports, seconds) are no part of it, so it holds from run to run."""
    remedy = entry["remedy"] or {}
    texts = (remedy.get("application"), remedy.get("group"), remedy.get("text"), "\n".join(remedy.get("lines", ())))
    return identified(listeners.program(entry), entry["verdict"], entry["set_by"], *texts)


@functools.lru_cache(maxsize=4096)
def identified(*parts: str | None) -> str:
    plain = [None if part is None else NUMBER.sub("#", part) for part in parts]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()[:LENGTH_OF_ID]


def findings(hosts: t.Iterable[Mapping]) -> list[Result]:
    """The findings of these hosts, those that cure the most listeners first. Each offender knows its finding already."""
    found: dict[str, list[tuple[str, Mapping]]] = {}
    for host in hosts:
        for entry in host["listeners"] or ():
            if entry["finding"]:
                found.setdefault(entry["finding"], []).append((host["name"], entry))
    every = [finding(identifier, offenders) for identifier, offenders in found.items()]
    return sorted(every, key=lambda one: (-one["listeners"], -len(one["hosts"]), one["program"], one["id"]))


def finding(identifier: str, offenders: t.Sequence[tuple[str, Mapping]]) -> Result:
    by_host: dict[str, list[Mapping]] = {}
    for name, entry in offenders:
        by_host.setdefault(name, []).append(entry)
    entries = [entry for _name, entry in offenders]
    remedies = collections.Counter(json.dumps(entry["remedy"]) for entry in entries)
    return {
        "id": identifier,
        "program": one_name([listeners.program(entry) for entry in entries]),
        "verdict": entries[0]["verdict"],
        "set_by": entries[0]["set_by"],
        "reason": collections.Counter(entry["reason"] for entry in entries).most_common(1)[0][0],
        # The wording of most listeners. Others differ in a port, a unit or the numbers of another policy.
        "remedy": json.loads(remedies.most_common(1)[0][0]),
        "wordings": len(remedies),
        "listeners": len(entries),
        "hosts": [{"name": name, "places": places(own)} for name, own in by_host.items()],
    }


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


def title(found: Mapping) -> str:
    """``sshd: drops too late, with the host's values``."""
    values = VALUES_OF.get(found["set_by"]) if found["verdict"] in LATE else None
    words = "{0}: {1}".format(found["program"], found["verdict"].replace("_", " "))
    return "{0}, {1}".format(words, values) if values else words


def extent(found: Mapping) -> str:
    """``46 listeners on 12 hosts``."""
    return "{0} on {1}".format(
        _text.counted(found["listeners"], "listener"), _text.counted(len(found["hosts"]), "host")
    )


def share(found: t.Sequence[Mapping], most: int) -> int | None:
    """The percentage of all offending listeners that the first ``most`` findings cure, never rounded up to 100."""
    every = sum(one["listeners"] for one in found)
    return int(100 * sum(one["listeners"] for one in found[:most]) / every) if every else None
