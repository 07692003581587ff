# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module for Linux and its twin for Windows answer to one name: what a task may say, and what it gets back, is the same."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils import _settings

from tests.support.commands import tool
from tests.support.paths import INSTALLED

TWINS = ["tcp_keepalive", "tcp_keepalive_info"]
WHAT_A_TASK_MAY_SAY = ("type", "elements", "choices", "default", "required", "aliases")
# Keys that one of them has alone: a registry has no files that contradict each other, and Linux lets everything be set.
ALONE: dict[str, tuple[set[str], set[str]]] = {
    "tcp_keepalive": (set(), set()),
    "tcp_keepalive_info": ({"conflicts", "readers"}, {"fixed"}),
}


def documented(name: str) -> dict[str, Any]:
    (found,) = json.loads(tool("ansible-doc", "--json", f"netops.keepalive.{name}")).values()
    module: dict[str, Any] = found
    return module


def options(module: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        # A path of the other system is only text on Windows, where it must not be expanded.
        name: {key: "str" if option.get(key) == "path" else option.get(key) for key in WHAT_A_TASK_MAY_SAY}
        for name, option in module["doc"].get("options", {}).items()
    }


@pytest.mark.parametrize("name", TWINS)
def test_twins_take_and_return_the_same(name: str) -> None:
    linux, windows = documented(name), documented(f"win_{name}")
    assert options(windows) == options(linux)
    here, there = ({key: value["type"] for key, value in module["return"].items()} for module in (linux, windows))
    assert (set(here) - set(there), set(there) - set(here)) == ALONE[name]
    assert {key: here[key] for key in here if key in there} == {key: there[key] for key in there if key in here}


def test_twins_allow_the_same_values() -> None:
    """The ranges, and the words for them in messages, stand in Python and in PowerShell."""
    text = (INSTALLED / "plugins" / "module_utils" / "_KeepaliveOption.psm1").read_text(encoding="utf-8")
    found = re.findall(r"@\{ name = '(\w+)'; maximum = (\d+); what = '(.+?)' \}", text)
    assert [(name, int(maximum), what) for name, maximum, what in found] == [
        (parameter.name, parameter.maximum, parameter.what) for parameter in _settings.PARAMETERS
    ]
    assert {parameter.minimum for parameter in _settings.PARAMETERS} == {1}
    assert "$number -lt 1 -or $number -gt $Parameter.maximum" in text
