# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the variables of role validate to the options of the probe."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from ansible.template import Templar
from ansible_collections.netops.keepalive.plugins.module_utils._errors import InvalidValue
from ansible_collections.netops.keepalive.plugins.plugin_utils._roles import validate_job, variables
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate.listeners import FAIL_ON

POLICY = {"time": 60, "interval": 10, "probes": 6}
FROM_JUMP = {
    "prober": "jump",
    "inventory": ["jump"],
    "address": "10.0.0.5",
    "policy": POLICY,
    "options": {},
    "fail_on": FAIL_ON,
    "loopback": False,
}
HOSTS = {"jump": {"ansible_connection": "ssh"}, "web": {}}


def asked(**task_vars: Any) -> dict[str, Any]:
    """What the role is asked for a host `web` with these variables."""
    given = {"inventory_hostname": "web", "groups": {"all": list(HOSTS)}, "hostvars": HOSTS, **task_vars}
    templar = Templar(loader=None, variables=given)
    around = validate_job.Surroundings(given, templar)
    return validate_job.asked(variables.of_role("validate", given, templar), around)


def test_a_job() -> None:
    assert validate_job.planned({**FROM_JUMP, "applications": [{"port": 22}], "options": {"rate": 0}}) == {
        "prober": "jump",
        "targets": [{"port": 22, "host": "10.0.0.5", "policy": POLICY}],
        "options": {"rate": 0},
        "policy": POLICY,
        "needs_host_values": False,
        "ended": {},
        "system": "posix",
        "fail_on": list(FAIL_ON),
        "loopback": False,
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


@pytest.mark.parametrize(("given", "problem"), REFUSED.values(), ids=list(REFUSED))
def test_what_the_module_would_refuse_is_refused_for_the_host(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidValue, match=f"^{re.escape(problem)}"):
        validate_job.planned({**FROM_JUMP, **given})


def test_a_host_that_probes_itself_is_asked_for_what_is_given() -> None:
    job = validate_job.planned(asked(validate_preset="aws-nat", validate_source_address=""))
    assert validate_job.call(job) == {
        "rate": 0.0,
        "timeout": 5.0,
        "full_command": False,
        "network_namespaces": False,
        "policy": {"time": 120, "interval": 30, "probes": 4},
    }


def test_without_a_policy_of_its_own_that_of_role_policy_counts() -> None:
    job = validate_job.planned(asked(policy_preset="sap"))
    assert job["policy"] == {"time": 300, "interval": 75, "probes": 9}
    job = validate_job.planned(asked(policy_preset="sap", validate_policy=POLICY))
    assert job["policy"] == POLICY


def test_without_any_policy_the_hosts_own_values_are_needed() -> None:
    assert validate_job.planned(asked())["needs_host_values"]
    job = validate_job.planned(asked(), {"time": 7200, "interval": 75, "probes": 9})
    assert (job["needs_host_values"], job["policy"]["time"]) == (False, 7200)


def test_the_prober_probes_the_address_of_the_host() -> None:
    variables_ = {"validate_from": "jump", "validate_applications": [{"port": 22}], "validate_policy": POLICY}
    job = validate_job.planned(asked(**variables_, ansible_host="10.0.0.5"))
    assert (job["prober"], job["targets"][0]["host"]) == ("jump", "10.0.0.5")
    job = validate_job.planned(asked(**variables_))
    assert job["targets"][0]["host"] == "web"


def test_a_date_of_yaml_ends_an_exemption() -> None:
    exempt = {"port": 22, "keepalive_expected": False, "reason": "no", "until": datetime.date(2001, 2, 3)}
    job = validate_job.planned(asked(validate_applications=[exempt], validate_policy=POLICY))
    assert job["ended"] == {"0": "It was exempt until 2001-02-03: no."}
