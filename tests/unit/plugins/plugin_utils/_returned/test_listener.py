# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one description of a listener holds what the module returns, and what it says that it returns."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from ansible_collections.netops.keepalive.plugins.module_utils._probe import result, types
from ansible_collections.netops.keepalive.plugins.module_utils._settings import Settings, Values
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.types import Process
from ansible_collections.netops.keepalive.plugins.module_utils._verdict.observation import (
    Connections,
    InFlight,
    Measured,
    Observation,
    Path,
)
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import shapes
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned.listener import LISTENER

from tests.support.paths import INSTALLED

DOCUMENTED = yaml.safe_load((INSTALLED / "plugins" / "modules" / "tcp_keepalive_probe.yml").read_text(encoding="utf-8"))
MARKUP = re.compile(r"\b(?:RV|[CMOPV])\((?:listeners\[\]\.)?([^)]*)\)")
TYPES = {
    shapes.Flag: "bool",
    shapes.Whole: "int",
    shapes.Number: "float",
    shapes.Word: "str",
    shapes.Text: "str",
    shapes.Items: "list",
    shapes.Keys: "dict",
}


def described(kind: shapes.Keys, beginning: str = "") -> dict[str, tuple[str, str]]:
    """Type and meaning of each key, those of its parts included."""
    found = {}
    for key in kind.keys:
        found[beginning + key.name] = (TYPES[type(key.kind)], key.meaning)
        if isinstance(key.kind, shapes.Keys):
            found.update(described(key.kind, f"{beginning}{key.name}."))
    return found


def documented(contains: dict[str, Any], beginning: str = "") -> dict[str, tuple[str, str]]:
    found = {}
    for name, key in contains.items():
        text = key["description"]
        found[beginning + name] = (key["type"], MARKUP.sub(r"\1", text if isinstance(text, str) else " ".join(text)))
        found.update(documented(key.get("contains", {}), f"{beginning}{name}."))
    return found


def test_the_return_values_are_documented_as_they_are_described() -> None:
    assert documented(DOCUMENTED["RETURN"]["listeners"]["contains"]) == described(LISTENER)


def test_the_documented_sample_is_a_listener() -> None:
    (sample,) = DOCUMENTED["RETURN"]["listeners"]["sample"]
    assert LISTENER.fit(sample) == sample


POLICY = Settings(60, 20, 3)
PROCESS = Process(812, "redis-server", "/usr/bin/redis-server", "redis.service", 1000, None, (812, 813), None)
NOTHING = Observation(address="192.0.2.1", port=80, family="")
EVERYTHING = Observation(
    *("::1", 6379, "inet6", "dead_peer", "accepted", "exact", True, Values(60, 20, 3, 1.5), "application"),
    connections=Connections(3, 2),
    measured=Measured(60.1234, 20.0, 3, (60.1234, 80.0, 100.0), 120.0, "dropped"),
    in_flight=InFlight(5, None, "open"),
    path=Path(350.0, None),
    limits=("This is not known.",),
)
ENTRIES = {
    "nothing": (types.Target("192.0.2.1", 80, 2), NOTHING),
    "everything": (
        types.Target(
            *(
                "::1",
                6379,
                10,
                types.Listener(
                    10, "::1", 6379, 1, 1, process=PROCESS, namespace="/run/netns/blue", socket_unit="redis.socket"
                ),
            ),
            target_index=4,
            name="redis",
            policy=POLICY,
        ),
        EVERYTHING,
    ),
    "another host, exempt": (
        types.Target("192.0.2.1", 80, 2, target_index=0, host="db.example.org", policy=Settings(60), exempt="replaced"),
        NOTHING,
    ),
}


@pytest.mark.parametrize(("target", "seen"), ENTRIES.values(), ids=list(ENTRIES))
def test_an_entry_of_the_module_is_a_listener(target: types.Target, seen: Observation) -> None:
    entry = result.entry(target, seen)
    assert LISTENER.fit(entry) == entry
    assert list(entry) == [key.name for key in LISTENER.keys]


def test_a_namespace_is_called_by_its_name() -> None:
    target, seen = ENTRIES["everything"]
    assert result.entry(target, seen)["namespace"] == "blue"
    assert result.where(target) == "[::1]:6379 in netns blue"
