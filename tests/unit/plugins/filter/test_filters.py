# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters as functions; tests/roles/policy/test_filters.py calls them by their names in a playbook."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy.presets import PRESETS

from tests.support.filters import NAMES, module_of, the_filter

PUBLIC = {"plan", "drop_after", "policy", "snippet", "remedy", "report"}
INTERNAL = "Internal to the roles of this collection. It may change or go at any time."


@pytest.mark.parametrize("name", NAMES)
def test_a_filter_that_is_not_public_says_so_first(name: str) -> None:
    first = yaml.safe_load(module_of(name).DOCUMENTATION)["description"][0]
    assert (first == INTERNAL) is (name not in PUBLIC)


@pytest.mark.parametrize("name", NAMES)
def test_each_file_holds_the_filter_of_its_name_and_tells_how_to_use_it(name: str) -> None:
    module = module_of(name)
    assert list(module.FilterModule().filters()) == [name]
    assert yaml.safe_load(module.DOCUMENTATION)["name"] == name
    assert f"netops.keepalive.{name}" in module.EXAMPLES
    assert "_value" in yaml.safe_load(module.RETURN)


def test_plan() -> None:
    assert the_filter("plan")({"path_idle": 350, "drop_within": 180}) == {
        "time": 90,
        "interval": 30,
        "probes": 3,
        "drop_after": 180,
        "why": "half of 180 (drop_within) is time 90, a third of that is interval 30; 90 + 30 * 3 drops a dead peer after 180 s.",
    }


def test_plan_for_a_system_that_always_sends_ten_probes() -> None:
    planned = the_filter("plan")("drop_within=180", strategy="thirds", probes=10)
    assert (planned["time"], planned["interval"], planned["probes"], planned["drop_after"]) == (90, 9, 10, 180)


def test_drop_after() -> None:
    assert the_filter("drop_after")({"time": 7200, "interval": 75, "probes": 9}) == 7875


def test_policy_tells_null_for_what_is_not_given() -> None:
    assert the_filter("policy")({"time": "60", "interval": "", "probes": ""}, goal="", preset="") == {
        "time": 60,
        "interval": None,
        "probes": None,
        "drop_after": None,
        "why": "the values as they were given.",
    }


def test_policy_plans_with_the_probes_of_the_host() -> None:
    assert the_filter("policy")({}, goal={"drop_within": 180}, probes=10)["interval"] == 9


def test_a_policy_is_a_snippet() -> None:
    assert (
        the_filter("snippet")(the_filter("policy")({"probes": 4}), "sysctl.d") == "net.ipv4.tcp_keepalive_probes = 4\n"
    )


REFUSED: list[tuple[str, tuple[Any, ...], str]] = [
    ("plan", ("soon",), "the goal is 'soon': allowed is path_idle, drop_within or both, in seconds."),
    ("plan", ({"path_idle": 1},), "path_idle=1 cannot be reached: half of 1 is no whole second."),
    ("drop_after", ({"time": 60},), "the policy is {'time': 60}: it needs all of time, interval and probes."),
    ("policy", ({},), "no policy is given: name values (time, interval, probes), a goal or a preset."),
    ("policy", ("60",), "the values are '60': allowed is a mapping with any of time, interval and probes."),
    (
        "snippet",
        ({"time": 60}, ["pod"]),
        "the format is ['pod']: allowed is sysctl.d, cloud-init, butane, machineconfig, pod, reg, always.",
    ),
    ("snippet", ({"time": 60}, "pod", ["a.service"]), "units is given: that takes the format always."),
    (
        "snippet",
        ({"time": 60}, "always", "a.service"),
        "units is 'a.service': allowed is a list such as [redis-server.service].",
    ),
    (
        "snippet",
        ({"time": 60}, "always", ["../a.service"]),
        "units has '../a.service': allowed are whole names of services, sockets and slices.",
    ),
    ("snippet", ({}, "pod"), "the policy is empty: name at least one of time, interval and probes."),
]


@pytest.mark.parametrize(("name", "arguments", "message"), REFUSED)
def test_a_refusal_is_the_error_of_a_filter_with_our_sentence(
    name: str, arguments: tuple[Any, ...], message: str
) -> None:
    with pytest.raises(AnsibleFilterError, match=f"^{re.escape(message)}$"):
        the_filter(name)(*arguments)


def test_the_documentation_tells_the_values_of_each_preset() -> None:
    told = yaml.safe_load(module_of("policy").DOCUMENTATION)["description"]
    values = {name: "{}, {}, {}".format(*preset.settings) for name, preset in PRESETS.items()}
    assert [line for line in told if line.startswith("V(")] == [
        f"V({name}) is {values[name]} for {preset.purpose}." for name, preset in PRESETS.items()
    ]
