# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters of role validate as functions; the role's own tests call them by their names."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate.listeners import FAIL_ON

from tests.support.filters import the_filter

POLICY = {"time": 60, "interval": 10, "probes": 6}
FROM_JUMP = {"prober": "jump", "inventory": ["jump"], "address": "10.0.0.5", "policy": POLICY}


def test_a_plan() -> None:
    assert the_filter("validation_plan")(
        {"applications": [{"port": 22}], "options": {"rate": 0, "source_address": ""}, **FROM_JUMP}
    ) == {
        "problem": "",
        "prober": "jump",
        "targets": [{"port": 22, "host": "10.0.0.5", "policy": POLICY}],
        "options": {"rate": 0},
        "policy": POLICY,
        "needs_host_values": False,
        "ended": {},
        "system": "posix",
        "fail_on": list(FAIL_ON),
    }


# What the module would refuse is refused for the one host: others share the call.
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a range on another host": (
        {"applications": [{"port": "8000-8100"}]},
        "the port is '8000-8100', a range, for host '10.0.0.5': on another host name each port.",
    ),
    "a port that is none": (
        {"applications": [{"port": "redis"}]},
        "the port is 'redis': allowed is a TCP port from 1 to 65535, an address and a port (127.0.0.1:6379, [::1]:22) or a range (8000-8100).",
    ),
    "reading another host": (
        {"applications": [{"port": 22, "method": "inspect"}]},
        "method is 'inspect' for host '10.0.0.5': another host can only be measured, with dead_peer.",
    ),
    "a negative rate": (
        {"applications": [{"port": 22}], "options": {"rate": -1}},
        "rate is -1.0: allowed is a number of connections a second, 0 for no limit, or from 0.01 to 604800.",
    ),
    "an unknown method": (
        {"applications": [{"port": 22, "method": "guess"}]},
        "value of method must be one of: inspect, dead_peer, got: guess found in targets",
    ),
    "no number": (
        {"applications": [{"port": 22, "max_wait": "soon"}]},
        "argument 'max_wait' is of type",
    ),
}


@pytest.mark.parametrize(("variables", "problem"), REFUSED.values(), ids=list(REFUSED))
def test_what_the_module_would_refuse_is_a_problem(variables: dict[str, Any], problem: str) -> None:
    found = the_filter("validation_plan")({**FROM_JUMP, **variables})
    assert found["problem"].startswith(problem)


def test_a_result_without_a_plan() -> None:
    assert the_filter("validation_result")({"unreachable": True, "msg": "no route"}) == {
        "status": "unreachable",
        "cause": None,
        "fails": True,
        "message": "no route",
        "listeners": [],
    }


def test_a_remedy() -> None:
    entry = {"verdict": "keepalive_off", "process": {"name": "redis-server"}, "policy": POLICY, "port": 6379}
    assert the_filter("remedy")(entry)["lines"] == ["tcp-keepalive 60"]
    assert the_filter("remedy")(entry, {"time": 30, "interval": 10, "probes": 3})["lines"] == ["tcp-keepalive 30"]


REFUSED_REMEDIES = [
    (("x",), "the listener has what the probe never returns (it is no mapping)"),
    (({"port": "80"},), "the listener has what the probe never returns (port)"),
    (({}, {"time": 0}), "time is 0: allowed is a whole number of seconds from 1 to 32767."),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED_REMEDIES)
def test_a_remedy_is_refused_with_our_sentence(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(AnsibleFilterError, match=f"^{re.escape(message)}$"):
        the_filter("remedy")(*arguments)
