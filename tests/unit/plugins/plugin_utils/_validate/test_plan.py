# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._errors import KeepaliveError
from ansible_collections.netops.keepalive.plugins.module_utils._settings import KERNEL_DEFAULTS, Settings
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate.plan import Plan, plan

TODAY = datetime.date(2026, 11, 24)
REDIS = {"name": "redis", "port": 6379}
POLICY = {"time": 60, "interval": 10, "probes": 6}
FROM_JUMP = {"prober": "jump", "inventory": ["web", "jump"], "address": "10.0.0.5"}


def planned(*applications: dict[str, Any], host_values: Any = None, **variables: Any) -> Plan:
    return plan({"applications": list(applications), **variables}, TODAY, host_values)


# The policy.

POLICIES: dict[str, tuple[dict[str, Any], Settings | None]] = {
    "values": ({"policy": POLICY}, Settings(60, 10, 6)),
    "some values, as text": ({"policy": {"time": "60", "interval": ""}}, Settings(60, None, None)),
    "a goal": ({"goal": "path_idle=350 drop_within=180"}, Settings(90, 30, 3)),
    "a preset": ({"preset": "aws-nat"}, Settings(120, 30, 4)),
    "that of role policy": (
        {"policy": {}, "goal": "", "fallback": {"policy": {"time": "", "probes": ""}, "preset": "nat-60"}},
        Settings(30, 10, 3),
    ),
    "values of role policy": (
        {"fallback": {"policy": {"time": 77}, "goal": "", "preset": ""}},
        Settings(77, None, None),
    ),
    "its own before that of role policy": ({"preset": "sap", "fallback": {"preset": "nat-60"}}, Settings(300, 75, 9)),
    "role policy before the host": (
        {"fallback": {"preset": "nat-60"}, "host_values": KERNEL_DEFAULTS._asdict()},
        Settings(30, 10, 3),
    ),
    "the host": ({"host_values": {**KERNEL_DEFAULTS._asdict(), "drop_after": 7875}}, KERNEL_DEFAULTS),
    "a Windows host in parts of seconds": (
        {"host_values": {"time": 7200, "interval": 1.5, "probes": 10}},
        Settings(7200, 2, 10),
    ),
    "none yet": ({"policy": "", "host_values": {}}, None),
}


@pytest.mark.parametrize(("variables", "settings"), POLICIES.values(), ids=list(POLICIES))
def test_the_policy(variables: dict[str, Any], settings: Settings | None) -> None:
    found = planned(**variables)
    assert found.policy == settings
    assert found.needs_host_values is (settings is None)


def test_windows_plans_a_goal_with_the_probes_that_it_sends() -> None:
    found = planned(REDIS, goal="drop_within=180", shell="powershell", **FROM_JUMP)
    assert found.policy == Settings(90, 9, 10)


def test_every_target_has_its_policy() -> None:
    own = {"port": 22, "policy": {"time": 30}}
    found = planned(REDIS, own, policy=POLICY)
    assert [target["policy"] for target in found.asked()] == [POLICY, {"time": 30}]


def test_the_hosts_values_are_not_asked_for_where_every_application_has_a_policy() -> None:
    assert not planned({"port": 22, "policy": {"time": 30}}).needs_host_values
    assert planned({"port": 22, "policy": {"time": 30}}, REDIS).needs_host_values


# Exemptions.


def exempt(**more: Any) -> dict[str, Any]:
    return {"name": "old", "port": 9000, "keepalive_expected": False, "reason": "replaced in spring", **more}


@pytest.mark.parametrize(
    "until",
    [None, "", "2026-11-24", "2027-03-31", datetime.date(2026, 11, 24)],
    ids=["never", "survey", "today", "later", "date"],
)
def test_an_exemption_holds_to_its_last_day(until: Any) -> None:
    found = planned(exempt(until=until))
    reason = f"replaced in spring (until {until})" if until else "replaced in spring"
    assert found.targets == ({"name": "old", "port": 9000, "keepalive_expected": False, "reason": reason},)
    assert not found.ended


@pytest.mark.parametrize("until", ["2026-11-23", datetime.date(2026, 11, 23)], ids=["text", "date"])
def test_after_its_last_day_it_is_judged_and_that_is_said(until: Any) -> None:
    found = planned(REDIS, exempt(until=until))
    assert found.targets[1] == {"name": "old", "port": 9000}
    assert found.ended == {1: "It was exempt until 2026-11-23: replaced in spring."}


# From another machine.


def test_another_machine_is_told_where_to_connect() -> None:
    found = planned(REDIS, {"port": 443, "host": "vip.example.com"}, **FROM_JUMP)
    assert found.prober == "jump"
    assert [target["host"] for target in found.targets] == ["10.0.0.5", "vip.example.com"]


def test_the_controller_needs_no_place_in_the_inventory() -> None:
    assert planned(REDIS, prober="localhost", inventory=[], address="10.0.0.5").prober == "localhost"


WINDOWS = "this host runs Windows, where sockets cannot be read from inside"
APPLIANCE = "this host is an appliance, on which no probe runs"
OUTSIDE = ": name a machine that probes it in validate_from, and its listeners in validate_applications."
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "Windows over SSH": ({"shell": "powershell"}, WINDOWS + OUTSIDE),
    "Windows over SSH, in full": ({"shell": "ansible.builtin.powershell"}, WINDOWS + OUTSIDE),
    "Windows over WinRM": ({"connection": "winrm"}, WINDOWS + OUTSIDE),
    "Windows over PSRP, in full": ({"connection": "ansible.builtin.psrp"}, WINDOWS + OUTSIDE),
    "a switch": ({"connection": "ansible.netcommon.network_cli"}, APPLIANCE + OUTSIDE),
    "nothing named from outside": (
        {**FROM_JUMP, "applications": []},
        "validate_from is 'jump', and no listener is named: another machine cannot list the listeners of a host, name them in validate_applications.",
    ),
    "an unknown prober": (
        {**FROM_JUMP, "prober": "jmup"},
        "validate_from is 'jmup': allowed is a host of the inventory, or localhost.",
    ),
    "a prober with Windows": (
        {**FROM_JUMP, "prober_shell": "powershell"},
        "validate_from is 'jump': only a Linux host can probe.",
    ),
    "values of the host that no policy can have": (
        {"host_values": {"time": 4294967.295, "interval": 1, "probes": 10}},
        "no policy is given, and the host's own values cannot serve as one: time is 4294968: allowed is a whole number of "
        "seconds from 1 to 32767. Correct them, or name validate_policy, validate_goal or validate_preset.",
    ),
    "an appliance without a policy": (
        {**FROM_JUMP, "connection": "network_cli"},
        "no policy is given, and the values of an appliance cannot be read: name validate_policy, validate_goal or validate_preset.",
    ),
    "no list": (
        {"applications": "redis"},
        "validate_applications is 'redis': allowed is a list of mappings, each with a port.",
    ),
    "no mapping": (
        {"applications": [6379]},
        "validate_applications is [6379]: allowed is a list of mappings, each with a port.",
    ),
    "no port": ({"applications": [{"name": "redis"}]}, "application 'redis' has no port."),
    "no port and no name": ({"applications": [REDIS, {"tls": True}]}, "application 2 has no port."),
    "no reason": (
        {"applications": [exempt(reason="")]},
        "keepalive_expected is false for application 'old', without a reason: say why in reason.",
    ),
    "no reason, as text": (
        {"applications": [{"port": 9000, "keepalive_expected": "no"}]},
        "keepalive_expected is false for application 9000, without a reason: say why in reason.",
    ),
    "an end of nothing": (
        {"applications": [{**REDIS, "until": "2027-03-31"}]},
        "application 'redis' has an end (until) and no exemption: say keepalive_expected: false, or leave until out.",
    ),
    "a day that is not": (
        {"applications": [exempt(until="2027-02-30")]},
        "until is '2027-02-30' for application 'old': allowed is a date such as 2027-03-31.",
    ),
    "a date in another order": (
        {"applications": [exempt(until="31.03.2027")]},
        "until is '31.03.2027' for application 'old': allowed is a date such as 2027-03-31.",
    ),
    "a year": (
        {"applications": [exempt(until=2027)]},
        "until is '2027' for application 'old': allowed is a date such as 2027-03-31.",
    ),
    "a moment": (
        {"applications": [exempt(until=datetime.datetime(2027, 3, 31, 12))]},
        "until is '2027-03-31 12:00:00' for application 'old': allowed is a date such as 2027-03-31.",
    ),
    "two policies": (
        {"policy": POLICY, "preset": "sap"},
        "the policy is given as values and as a preset: name one of them and empty the rest (on the command line: -e validate_preset=).",
    ),
    "a policy of other words": (
        {"policy": {"idle": 60}},
        "validate_policy is {'idle': 60}: allowed is a mapping with any of time, interval and probes.",
    ),
    "an interval alone": (
        {"policy": {"interval": 10}},
        "the policy is {'interval': 10}: allowed is time alone, or time, interval and probes.",
    ),
    "a deadly value": ({"policy": {"probes": 0}}, "probes is 0: allowed is a whole number of probes from 1 to 127."),
}


@pytest.mark.parametrize(("variables", "message"), REFUSED.values(), ids=list(REFUSED))
def test_what_cannot_be_is_refused_in_a_sentence(variables: dict[str, Any], message: str) -> None:
    with pytest.raises(KeepaliveError, match=f"^{re.escape(message)}$"):
        plan({"applications": [REDIS], **variables}, TODAY, variables.get("host_values"))
