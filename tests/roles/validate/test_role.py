# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Role validate in a play of one's own, on real listeners."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.hosts.plays import LOCAL, WEB, Run, play, written
from tests.support.hosts.throwaway import ThrowawayHost, new_host
from tests.support.probe.validating import BY_HOST, GOOD, HOSTILE, LATE, OFF, POLICY, listening, named, said, shown

OWN_PLAY = """
- hosts: all
  gather_facts: false
  roles:
    - role: netops.keepalive.validate
  tasks:
    - ansible.builtin.debug:
        msg: "{{ validate_result }}"
"""
NGINX = (
    "nginx (127.0.0.1:8002): keepalive_off: Keepalive is off: a dead peer is never noticed, and an idle connection sends nothing to keep its "
    "path open. Remedy: As installed, nginx has keepalive off. The parameter goes into the listen directive that is there, once for each "
    "address and port, in http, stream or mail; not with quic. Its keepalive_timeout is for HTTP. Turn it on in nginx.conf, and reload it: "
    "`listen 8002 so_keepalive=60s:10s:6;`"
)
REDIS = (
    "redis-server (127.0.0.1:8003): time_too_long: The first probe comes after 300 s, the policy allows 60 s. These values are the application's. Remedy: As installed, Redis has "
    "keepalive on, 300 s and then 3 probes 100 s apart (since 3.2). Change it in redis.conf, and restart it, or give it the same with CONFIG "
    "SET; connections that are open keep what they have: `tcp-keepalive 60`"
)
SSHD = (
    "sshd (127.0.0.1:8004): time_too_long: The first probe comes after 7200 s, the policy allows 60 s. These values are the host's. Remedy: OpenSSH leaves the values to "
    "the host. ClientAliveInterval 60 and ClientAliveCountMax 3 do the same inside the encrypted connection. Set those: "
    "`netops.keepalive.tcp_keepalive: {time: 60, interval: 10, probes: 6}`"
)


@pytest.fixture(scope="module")
def applications() -> Iterator[ThrowawayHost]:
    """A host on which the four of them listen; the tests leave it as it was."""
    for host in new_host():
        with listening(host, GOOD, OFF, LATE, BY_HOST):
            yield host


def validated(
    host: ThrowawayHost, *options: str, hosts: Any = WEB, environment: dict[str, str] | None = None, **variables: Any
) -> Run:
    playbook = written(host, OWN_PLAY)
    more = {"validate_loopback": True, **variables}  # they listen on 127.0.0.1
    return play(host, *options, hosts=hosts, playbook=playbook, environment=environment, **more)


def result(run: Run, name: str = "web") -> dict[str, Any]:
    assert run.status == 0, run.output
    found: dict[str, Any] = shown(run.output)[name]
    return found


def found_verdicts(run: Run) -> dict[int, str]:
    return {entry["port"]: entry["verdict"] for entry in result(run)["listeners"]}


def test_every_listener_is_validated_and_each_offender_named_with_its_remedy(applications: ThrowawayHost) -> None:
    run = validated(applications, validate_policy=POLICY)
    assert run.status == 2
    assert sorted(said(run, "web")) == [NGINX, REDIS, SSHD]


def test_without_enforcement_it_only_reports(applications: ThrowawayHost) -> None:
    run = validated(applications, validate_policy=POLICY, validate_enforce="no")
    found = result(run)
    assert found["status"] == "ok"
    assert sorted(found["message"].split("\n")) == [NGINX, REDIS, SSHD]
    assert found_verdicts(run) == {
        GOOD: "compliant",
        OFF: "keepalive_off",
        LATE: "time_too_long",
        BY_HOST: "time_too_long",
    }
    remedies = {entry["port"]: entry["remedy"] for entry in found["listeners"]}
    assert (remedies[GOOD], remedies[LATE]["group"], remedies[LATE]["host_values_help"]) == (None, "own_timings", False)
    assert (remedies[BY_HOST]["group"], remedies[BY_HOST]["host_values_help"]) == ("os_timings", True)
    by_whom = {entry["port"]: entry["set_by"] for entry in found["listeners"]}
    assert (by_whom[LATE], by_whom[BY_HOST]) == ("application", "host")


def test_what_only_its_host_reaches_is_exempt_unless_it_is_named(applications: ThrowawayHost) -> None:
    found = result(validated(applications, validate_policy=POLICY, validate_loopback=False))
    assert (found["fails"], found["message"]) == (False, "4 listeners: 4 exempt")
    assert {entry["exempt"] for entry in found["listeners"]} == {"reached from this host only"}
    only = {"validate_loopback": False, "validate_enforce": False, "validate_applications": named(OFF)}
    assert found_verdicts(validated(applications, validate_policy=POLICY, **only)) == {OFF: "keepalive_off"}


def test_what_is_named_is_validated_and_nothing_else(applications: ThrowawayHost) -> None:
    run = validated(applications, validate_policy=POLICY, validate_applications=[{"name": "good", "port": GOOD}])
    assert (result(run)["message"], found_verdicts(run)) == ("1 listener: 1 compliant", {GOOD: "compliant"})


def test_a_named_listener_that_is_not_there_fails(applications: ThrowawayHost) -> None:
    run = validated(applications, validate_policy=POLICY, validate_applications=named(GOOD, 8999))
    assert said(run, "web") == [
        "port 8999: refused: Nothing listens on TCP port 8999 of this host. "
        "Remedy: Start the application, or correct its port."
    ]


def test_a_range_without_a_listener_is_one_offender(applications: ThrowawayHost) -> None:
    run = validated(applications, validate_policy=POLICY, validate_applications=named(GOOD, *range(7000, 7100)))
    assert said(run, "web") == [
        "port 7000-7099: refused: Nothing listens on TCP ports 7000-7099 of this host. "
        "Remedy: Start the application, or correct its port."
    ]


def test_an_application_can_have_a_policy_of_its_own(applications: ThrowawayHost) -> None:
    own = {"port": LATE, "policy": {"time": 300, "interval": 100, "probes": 3}}
    run = validated(applications, validate_policy=POLICY, validate_applications=[own, *named(GOOD)])
    assert found_verdicts(run) == {LATE: "compliant", GOOD: "compliant"}


# The policy: the role's own, else that of role policy, else the host's values.

ALL_BUT_OFF = {GOOD: "compliant", OFF: "keepalive_off", LATE: "compliant", BY_HOST: "compliant"}
POLICIES: dict[str, tuple[dict[str, Any], dict[int, str]]] = {
    "a goal": (
        {"validate_goal": {"path_idle": 350}},
        {GOOD: "compliant", OFF: "keepalive_off", LATE: "time_too_long", BY_HOST: "time_too_long"},
    ),
    "a preset": (
        {"validate_preset": "sap"},
        {GOOD: "compliant", OFF: "keepalive_off", LATE: "compliant", BY_HOST: "time_too_long"},
    ),
    "that of role policy": (
        {"policy_preset": "sap", "validate_policy": {}, "validate_goal": "", "validate_preset": ""},
        {GOOD: "compliant", OFF: "keepalive_off", LATE: "compliant", BY_HOST: "time_too_long"},
    ),
    "the host's own values": ({}, ALL_BUT_OFF),
}


@pytest.mark.parametrize(("variables", "verdicts"), POLICIES.values(), ids=list(POLICIES))
def test_what_the_applications_are_held_to(
    applications: ThrowawayHost, variables: dict[str, Any], verdicts: dict[int, str]
) -> None:
    assert found_verdicts(validated(applications, validate_enforce=False, **variables)) == verdicts


# Exemptions.

YESTERDAY = (datetime.date.today() - datetime.timedelta(days=1)).isoformat()
TODAY = datetime.date.today().isoformat()
OLD = {"name": "old", "port": OFF, "keepalive_expected": False, "reason": "replaced in spring"}


@pytest.mark.parametrize("until", [None, TODAY, "2999-12-31"], ids=["never", "today", "later"])
def test_what_is_exempt_fails_no_host_until_its_day_is_over(applications: ThrowawayHost, until: str | None) -> None:
    old = {**OLD, "until": until} if until else OLD
    run = validated(applications, validate_policy=POLICY, validate_applications=[old])
    (entry,) = result(run)["listeners"]
    reason = f"replaced in spring (until {until})" if until else "replaced in spring"
    assert (entry["verdict"], entry["exempt"], entry["remedy"]) == ("exempt", reason, None)


def test_after_its_day_it_is_judged_again(applications: ThrowawayHost) -> None:
    run = validated(applications, validate_policy=POLICY, validate_applications=[{**OLD, "until": YESTERDAY}])
    (line,) = said(run, "web")
    assert line.startswith("old (127.0.0.1:8002): keepalive_off: ")
    assert f" It was exempt until {YESTERDAY}: replaced in spring. Remedy: " in line


# Bad input.

WINDOWS = {"ansible_connection": "ssh", "ansible_shell_type": "powershell"}
SEES_NOTHING = ": name a machine that probes it in validate_from, and its listeners in validate_applications."
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "windows": (WINDOWS, "this host runs Windows, where sockets cannot be read from inside" + SEES_NOTHING),
    "winrm": (
        {"ansible_connection": "winrm"},
        "this host runs Windows, where sockets cannot be read from inside" + SEES_NOTHING,
    ),
    "nameless": (
        {"validate_from": "localhost"},
        "validate_from is 'localhost', and no listener is named: another machine cannot list the listeners of a host, name them in validate_applications.",
    ),
    "unknown_prober": (
        {"validate_from": "jmup", "validate_applications": named(22)},
        "validate_from is 'jmup': allowed is a host of the inventory, or localhost.",
    ),
    "windows_prober": (
        {"validate_from": "windows", "validate_applications": named(22)},
        "validate_from is 'windows': only a Linux host can probe.",
    ),
    "no_reason": (
        {"validate_applications": [{"port": 22, "keepalive_expected": False}]},
        "keepalive_expected is false for application 22, without a reason: say why in reason.",
    ),
    "bad_date": (
        {"validate_applications": [{**OLD, "until": "31.12.2026"}]},
        "until is '31.12.2026' for application 'old': allowed is a date such as 2027-03-31.",
    ),
    "bad_port": (
        {"validate_applications": [{"port": "redis"}]},
        "the port is 'redis': allowed is a TCP port from 1 to 65535, an address and a port (127.0.0.1:6379, [::1]:22) or a range (8000-8100).",
    ),
    "two_policies": (
        {"validate_preset": "sap", "validate_goal": "drop_within=180"},
        "the policy is given as a goal and as a preset: name one of them and empty the rest (on the command line: -e validate_goal=).",
    ),
    "bad_preset": (
        {"validate_preset": "spa"},
        "the preset is 'spa': allowed is aws-nat, azure-lb, cis-mss, default, gcp, ipvs, mongodb, nat-60, sap.",
    ),
    "bad_mode": (
        {"validate_report_mode": 420},
        "validate_report_mode is 420: allowed are the octal digits of a file's mode, in quotes, such as '0640'.",
    ),
    "no_earlier_report": (
        {"validate_report_before": "/no/such/report.json"},
        "validate_report_before is '/no/such/report.json': there is no such file. Allowed is the path of a report.json that an audit of applications left.",
    ),
    "bad_policy": (
        {"validate_policy": {"idle": 60}},
        "validate_policy is {'idle': 60}: allowed is a mapping with any of time, interval and probes.",
    ),
}


def test_what_cannot_be_is_refused_in_a_sentence(applications: ThrowawayHost) -> None:
    hosts = {name: {**LOCAL, **variables} for name, (variables, _message) in REFUSED.items()}
    run = validated(applications, hosts=hosts)
    assert run.status == 2
    assert {name: text.split("failed: ")[-1] for name, text in run.failures().items()} == {
        name: message for name, (_variables, message) in REFUSED.items()
    }


WORDS: dict[str, tuple[dict[str, Any], str]] = {
    "a key": ({"validate_applications": [{"port": 22, "tsl": True}]}, "tsl. Supported parameters include: "),
    "a view": (
        {"validate_console": "all"},
        "value of validate_console must be one of: findings, hosts, none, got: all",
    ),
}


@pytest.mark.parametrize(("variables", "message"), WORDS.values(), ids=list(WORDS))
def test_an_unknown_word_is_refused_before_anything_is_done(
    applications: ThrowawayHost, variables: dict[str, Any], message: str
) -> None:
    run = validated(applications, **variables)
    assert run.status == 2
    assert message in run.output
    assert "Validate the applications of the host" not in run.output


# Care.


def test_what_is_sent_is_never_shown(applications: ThrowawayHost) -> None:
    secret = "AUTH s3cr3t"
    run = validated(
        applications,
        "-vvv",
        hosts={"web": {**LOCAL, "validate_applications": named(GOOD, send=secret)}},
        environment={"ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "true"},
        validate_policy=POLICY,
    )
    assert found_verdicts(run) == {GOOD: "compliant"}
    assert "s3cr3t" not in run.output


def test_check_mode_opens_no_connection(applications: ThrowawayHost) -> None:
    """The application keeps what it accepts, so a connection would be left in CLOSE-WAIT."""
    connections = f"ss --no-header --tcp --all --numeric 'sport = :{BY_HOST}' | grep -vc LISTEN || true"
    before = applications.sh(connections)
    run = validated(applications, "--check", validate_applications=named(BY_HOST))
    assert (run.status, applications.sh(connections)) == (0, before), run.output
    validated(applications, validate_applications=named(BY_HOST))
    assert int(applications.sh(connections)) == int(before) + 1


def test_a_process_that_calls_itself_a_template_is_text(applications: ThrowawayHost) -> None:
    with listening(applications, GOOD, port=8090, name=HOSTILE):
        run = validated(applications, validate_applications=named(8090), validate_policy={"time": 30})
    (line,) = said(run, "web")
    assert line.startswith(HOSTILE + " (127.0.0.1:8090): time_too_long: ")


# What the role hands on to the module: it answers with a sentence of its own to each.
HANDED_ON: dict[str, tuple[dict[str, Any], str]] = {
    "rate": ({"validate_rate": -1}, "rate is -1.0: allowed is a number of connections a second"),
    "timeout": ({"validate_timeout": 0}, "timeout is 0.0: allowed is a number of seconds from 0.1"),
    "source": ({"validate_source_address": "192.0.2.1"}, "192.0.2.1"),
}


@pytest.mark.parametrize("prober", ["", "localhost"])
def test_what_concerns_the_probe_is_handed_on_to_it(applications: ThrowawayHost, prober: str) -> None:
    common = {**LOCAL, "ansible_host": "127.0.0.1", "validate_applications": named(GOOD), "validate_from": prober}
    hosts = {name: {**common, **variables} for name, (variables, _said) in HANDED_ON.items()}
    run = validated(applications, hosts=hosts, validate_policy=POLICY)
    told = {**run.failures(), **{name: str(found) for name, found in shown(run.output).items()}}
    unheard = {name: told[name] for name, (_variables, sentence) in HANDED_ON.items() if sentence not in told[name]}
    assert unheard == {}


def test_the_whole_command_is_shown_when_asked_for(applications: ThrowawayHost) -> None:
    (plain,) = result(validated(applications, validate_applications=named(GOOD), validate_policy=POLICY))["listeners"]
    (full,) = result(
        validated(applications, validate_applications=named(GOOD), validate_policy=POLICY, validate_full_command=True)
    )["listeners"]
    assert "servers.py" not in plain["process"]["command"]
    assert "servers.py" in full["process"]["command"]


def test_other_network_namespaces_are_looked_into_when_asked_for(applications: ThrowawayHost) -> None:
    with listening(
        applications, GOOD, port=8099, under=("unshare", "--net", "sh", "-c", 'ip link set lo up; exec "$@"', "sh")
    ):
        run = validated(applications, validate_policy=POLICY, validate_enforce=False, validate_network_namespaces=True)
        inside = [entry for entry in result(run)["listeners"] if entry["port"] == 8099]
        run = validated(applications, validate_policy=POLICY, validate_enforce=False)
    assert [entry["verdict"] for entry in inside] == ["compliant"]
    assert 8099 not in found_verdicts(run)


def test_two_runs_in_one_play_do_not_mix(applications: ThrowawayHost) -> None:
    text = OWN_PLAY + OWN_PLAY.replace("validate\n", "validate\n      validate_applications: [{port: 8001}]\n")
    more = {"validate_enforce": False, "validate_preset": "sap", "validate_loopback": True}
    run = play(applications, playbook=written(applications, text), **more)
    assert run.output.count('"port": 8002') == 1, run.output
