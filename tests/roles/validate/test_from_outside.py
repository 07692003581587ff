# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Role validate from another machine: real measurements, one call for all hosts of a prober."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import needs
from tests.support.hosts.plays import LOCAL, UNREACHABLE, Run, Variables, play
from tests.support.hosts.throwaway import ThrowawayHost, new_host
from tests.support.probe.validating import AUDIT, BY_HOST, GOOD, OFF, QUICK, listening, named, said, told, verdicts

# A dead peer is noticed in 3 s.
POLICY = {"time": 1, "interval": 1, "probes": 2}
# Nobody logs in there: no SSH server listens.
OUTSIDE = {"ansible_host": "127.0.0.1", "ansible_port": 1, "validate_from": "localhost", "validate_policy": POLICY}
WINDOWS = {**OUTSIDE, "ansible_connection": "ssh", "ansible_shell_type": "powershell"}
WITHOUT_NET_ADMIN = '#!/bin/sh\nexec {setpriv} --bounding-set -net_admin {python} "$@"\n'
SUDO = """#!/bin/sh
printf '%s\\n' "$*" >> {log}
while [ "$1" != -u ]; do shift; done
shift 2
exec "$@"
"""
COMPLIANT = "1 listener: 1 compliant"


@pytest.fixture(scope="module")
def applications() -> Iterator[ThrowawayHost]:
    for host in new_host():
        with listening(host, OFF, QUICK):
            yield host


def asked(*ports: int, **more: Any) -> Variables:
    return {**OUTSIDE, "validate_applications": named(*ports), **more}


def audit(host: ThrowawayHost, hosts: dict[str, Variables], *options: str, **variables: Any) -> Run:
    return play(host, *options, hosts=hosts, playbook=AUDIT, **{"validate_console": "hosts", **variables})


def calls(host: ThrowawayHost, hosts: dict[str, Variables], **variables: Any) -> tuple[Run, int]:
    """The run, and how often the probe was called: each time sudo is asked for root."""
    sudo, log = host.disk / "sudo", host.disk / "log"
    sudo.write_text(SUDO.format(log=log), encoding="utf-8")
    sudo.chmod(0o755)
    log.write_text("", encoding="utf-8")
    always = {"ANSIBLE_BECOME_ALLOW_SAME_USER": "true"}
    more = {"validate_console": "hosts", "ansible_become_exe": str(sudo), **variables}
    run = play(host, hosts=hosts, playbook=AUDIT, environment=always, **more)
    return run, log.read_text(encoding="utf-8").count("AnsiballZ_tcp_keepalive_probe.py")


def test_a_host_on_which_nothing_runs_is_measured_from_outside(applications: ThrowawayHost) -> None:
    run = audit(applications, {"win": {**WINDOWS, "validate_applications": named(QUICK)}})
    assert (run.status, verdicts(run.output)) == (0, {"win": COMPLIANT}), run.output


def test_silence_and_a_closed_port_are_told_with_what_helps(applications: ThrowawayHost) -> None:
    hosts = {"web": asked(OFF, name="nginx"), "db": asked(8999)}
    hosts["web"]["validate_applications"][0]["name"] = "nginx"
    run = audit(applications, hosts, validate_console="findings")
    assert run.status == 2
    assert run.failures() == {
        "web": "1 of 1 listener does not keep to the policy: 1 not_seen",
        "db": "1 of 1 listener does not keep to the policy: 1 refused",
    }
    lines = [line.strip() for line in told(run.output)]
    nginx = lines.index("1. nginx: not seen: 1 listener on 1 host")
    assert lines[nginx + 1].startswith("No keepalive probe came in ")
    assert lines[nginx + 2].endswith("Turn it on in nginx.conf, and reload it:")
    assert lines[nginx + 3 : nginx + 5] == ["listen 8002 so_keepalive=1s:1s:2;", "web 127.0.0.1:8002"]
    nothing = lines.index("2. unknown program: refused: 1 listener on 1 host")
    assert lines[nothing + 1].startswith("127.0.0.1:8999 refused the connection: ")
    assert lines[nothing + 2 : nothing + 4] == [
        "Remedy: Start the application, or correct its port.",
        "db 127.0.0.1:8999",
    ]


# One call for all hosts of a prober.

THREE = {"a": asked(QUICK), "b": asked(QUICK, OFF), "c": asked(QUICK)}
FOUND = {"b": "2 listeners: 1 compliant, 1 not_seen", "a": COMPLIANT, "c": COMPLIANT}


def test_hosts_of_one_prober_are_probed_by_one_call(applications: ThrowawayHost) -> None:
    run, count = calls(applications, THREE)
    assert (verdicts(run.output), count) == (FOUND, 1), run.output
    assert {host: len(said(run, host)) for host in run.failures()} == {"b": 1}


def test_each_batch_has_its_call(applications: ThrowawayHost) -> None:
    run, count = calls(applications, THREE, validate_serial=2)
    assert (verdicts(run.output), count) == (FOUND, 2), run.output


def test_every_prober_has_its_call(applications: ThrowawayHost) -> None:
    run, count = calls(
        applications,
        {
            "prober": {**LOCAL, "validate_applications": named(QUICK)},
            "a": asked(QUICK),
            "b": asked(QUICK, validate_from="prober"),
        },
        validate_policy=POLICY,
    )
    assert (verdicts(run.output), count) == ({"a": COMPLIANT, "b": COMPLIANT, "prober": COMPLIANT}, 3), run.output


def test_hosts_that_failed_before_do_not_stop_those_that_share_their_prober(applications: ThrowawayHost) -> None:
    hosts = {
        "a": asked(QUICK, validate_policy={"time": 0}),
        "b": asked("8000-8100"),
        "c": asked(QUICK),
        "d": {**UNREACHABLE, "validate_from": "localhost", "validate_applications": named(QUICK)},
    }
    run, count = calls(applications, hosts)
    shown = verdicts(run.output)
    assert (shown.pop("c"), count) == (COMPLIANT, 1), run.output
    assert shown["a"] == "failed: time is 0: allowed is a whole number of seconds from 1 to 32767."
    assert shown["b"].startswith("failed: the port is '8000-8100', a range, for host '127.0.0.1'")
    assert shown["d"].startswith("unreachable: ")  # its own values are the policy
    assert shown["d"].endswith("Connection refused")


def test_nobody_becomes_root_where_that_is_switched_off(applications: ThrowawayHost) -> None:
    run, count = calls(applications, {"a": asked(QUICK)}, validate_become="no")
    assert (verdicts(run.output), count) == ({"a": COMPLIANT}, 0), run.output


# Where the prober cannot.


def test_a_prober_that_cannot_measure_says_so_before_the_first_connection(applications: ThrowawayHost) -> None:
    python = applications.disk / "python"
    program = needs.program("setpriv", package="util-linux")
    python.write_text(
        WITHOUT_NET_ADMIN.format(setpriv=program, python=LOCAL["ansible_python_interpreter"]), encoding="utf-8"
    )
    python.chmod(0o755)
    sockets = f"ss --no-header --tcp --all --numeric 'sport = :{GOOD}'"
    prober = {**LOCAL, "ansible_python_interpreter": str(python)}
    hosts = {"prober": prober, "a": asked(GOOD, validate_from="prober"), "b": asked(GOOD, validate_from="prober")}
    with listening(applications, GOOD):
        run = audit(applications, hosts, validate_hosts="a,b")
        assert [line.split()[0] for line in applications.sh(sockets).splitlines()] == ["LISTEN"]
    assert run.status == 2, run.output
    (a,), (b,) = said(run, "a"), said(run, "b")
    assert a == b
    assert a.startswith("failed: from prober: ")
    assert "CAP_NET_ADMIN" in a


def test_a_prober_that_cannot_be_reached_fails_its_hosts(applications: ThrowawayHost) -> None:
    hosts = {
        "prober": UNREACHABLE,
        "a": asked(QUICK, validate_from="prober"),
        "b": asked(QUICK, validate_from="prober"),
        "c": asked(QUICK),
    }
    run = audit(applications, hosts, validate_hosts="a,b,c")
    shown = verdicts(run.output)
    assert (run.status, shown.pop("c")) == (2, COMPLIANT), run.output
    assert set(shown) == {"a", "b"}
    assert all(
        text.startswith("unreachable: from prober: Failed to connect to the host via ssh") for text in shown.values()
    )


def test_the_path_between_two_hosts(applications: ThrowawayHost) -> None:
    """A host measures another one itself: the application names where it is."""
    listener = {"name": "db", "host": "127.0.0.1", "port": QUICK}
    run = audit(applications, {"web": {**LOCAL, "validate_applications": [listener]}}, validate_policy=POLICY)
    assert (run.status, verdicts(run.output)) == (0, {"web": COMPLIANT}), run.output


def test_what_has_the_hosts_values_is_measured_against_them(applications: ThrowawayHost) -> None:
    applications.sh(
        "cd /proc/sys/net/ipv4 && echo 1 > tcp_keepalive_time && echo 1 > tcp_keepalive_intvl && echo 2 > tcp_keepalive_probes"
    )
    with listening(applications, BY_HOST, GOOD):
        hosts = {
            "web": {
                **LOCAL,
                "ansible_host": "127.0.0.1",
                "validate_from": "localhost",
                "validate_applications": named(BY_HOST, GOOD),
            }
        }
        run = audit(applications, hosts)
    assert verdicts(run.output) == {"web": "2 listeners: 1 compliant, 1 not_seen"}, run.output
