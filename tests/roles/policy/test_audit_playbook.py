# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook as an audit for CI: it changes nothing, tells every host's state, and its exit status is the verdict."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.hosts.plays import BAD_PYTHON, LOCAL, UNREACHABLE, Variables, play, written
from tests.support.hosts.throwaway import OUR_FILE, ThrowawayHost

THEIR_FILE = "/etc/sysctl.d/99-zz.conf"
COMPLIANT = "compliant  as the policy says"


@pytest.fixture
def compliant(host: ThrowawayHost) -> ThrowawayHost:
    """A host that has what preset aws-nat says, now and after the next boot."""
    host.set(time=120, interval=30, probes=4)
    return host


def set_by_hand(host: ThrowawayHost, time: int) -> None:
    host.sh(f"echo {time} > /proc/sys/net/ipv4/tcp_keepalive_time")


def test_a_compliant_host_is_success(compliant: ThrowawayHost) -> None:
    before = compliant.footprint()
    run = play(compliant, policy_preset="aws-nat", policy_audit=True)
    assert run.status == 0, run.output
    assert run.table() == ["HOST  STATUS     WHY", f"web   {COMPLIANT}", "1 host: 1 compliant"]
    assert compliant.footprint() == before


def test_drift_is_a_failure_that_names_file_and_line_and_changes_nothing(compliant: ThrowawayHost) -> None:
    set_by_hand(compliant, 77)
    compliant.write(THEIR_FILE, "# theirs\nnet.ipv4.tcp_keepalive_time = 600\n")
    before = compliant.footprint()
    run = play(compliant, policy_preset="aws-nat", policy_audit="yes")
    assert run.status == 2
    assert run.table() == [
        "HOST  STATUS  WHY",
        "web   drift   time is 77 now (no file says so), should be 120; "
        "time is 600 after the next boot (/etc/sysctl.d/99-zz.conf:2), should be 120",
        "1 host: 1 drift",
    ]
    assert compliant.footprint() == before


FLEET: dict[str, Variables] = {
    "foreign": {"ansible_connection": "no_such_plugin", "policy_preset": "sap"},
    "web": {**LOCAL, "policy_preset": "aws-nat"},
    "database": {**LOCAL, "policy_preset": "sap"},
    "gone": {**UNREACHABLE, "policy_preset": "sap"},
    "sick": {**BAD_PYTHON, "policy_preset": "sap"},
    "typo": {**LOCAL, "policy_preset": "spa"},
    "vague": {**LOCAL, "policy_time": "{{ nobody_knows }}"},
    "wrong": {**LOCAL, "policy_preset": "sap", "policy_state": "gone"},
}
NO_CONNECTION = (
    'Data could not be sent to remote host "127.0.0.1". Make sure this host can be reached over ssh: '
    "ssh: connect to host 127.0.0.1 port 1: Connection refused"
)
STATUSES = {
    "foreign": "failed",
    "sick": "failed",
    "typo": "failed",
    "vague": "failed",
    "wrong": "failed",
    "gone": "unreachable",
    "database": "drift",
    "web": "compliant",
}
REASONS = {
    "foreign": "the connection plugin 'no_such_plugin' was not found",
    "typo": "the preset is 'spa': allowed is aws-nat, azure-lb, cis-mss, default, gcp, ipvs, mongodb, nat-60, sap.",
    "wrong": "value of policy_state must be one of: present, absent, got: gone",
    "gone": NO_CONNECTION,
    "database": "time is 120, interval 30, probes 4 now and after the next boot "
    "(/etc/sysctl.d/99-tcp-keepalive.conf:2,3,4), should be 300, 75, 9",
    "web": "as the policy says",
}


@pytest.mark.parametrize("serial", ["", 1, "50%"])
def test_every_host_is_in_the_table_whatever_became_of_it(compliant: ThrowawayHost, serial: Any) -> None:
    before = compliant.footprint()
    run = play(compliant, hosts=FLEET, policy_audit=True, policy_serial=serial)
    assert run.status == 2
    heading, *rows, count = run.table()
    assert heading.split() == ["HOST", "STATUS", "WHY"]
    assert [tuple(row.split()[:2]) for row in rows] == list(STATUSES.items())
    found = {row.split()[0]: " ".join(row.split()[2:]) for row in rows}
    assert {name: found[name] for name in REASONS} == REASONS
    assert "/nonexistent/python" in found["sick"] or "interpreter" in found["sick"]
    assert "'nobody_knows' is undefined" in found["vague"]
    assert count == "8 hosts: 1 compliant, 1 drift, 1 unreachable, 5 failed"
    failed = {name: counts["failed"] for name, counts in run.recap().items()}
    assert failed == {name: int(status != "compliant") for name, status in STATUSES.items()}
    assert compliant.footprint() == before


def test_a_limit_limits_the_table_too(compliant: ThrowawayHost) -> None:
    run = play(compliant, "--limit", "web", hosts=FLEET, policy_audit=True)
    assert (run.status, run.table()[-1]) == (0, "1 host: 1 compliant"), run.output
    run = play(compliant, "--limit", "web,gone", hosts=FLEET, policy_audit=True)
    assert (run.status, run.table()[-1]) == (2, "2 hosts: 1 compliant, 1 unreachable"), run.output


def test_nobody_home(host: ThrowawayHost) -> None:
    run = play(
        host, hosts={"a": UNREACHABLE, "b": UNREACHABLE}, policy_preset="sap", policy_audit=True, policy_serial=1
    )
    assert run.status == 2
    assert run.table() == [
        "HOST  STATUS       WHY",
        f"a     unreachable  {NO_CONNECTION}",
        f"b     unreachable  {NO_CONNECTION}",
        "2 hosts: 2 unreachable",
    ]


def test_an_audit_of_no_host_is_not_success(host: ThrowawayHost) -> None:
    run = play(host, hosts={}, policy_preset="sap", policy_audit=True)
    assert run.status == 2
    assert "no host of the inventory matches all" in run.output


def test_what_is_staged_is_audited_apart(host: ThrowawayHost) -> None:
    host.set(time=120, interval=30, probes=4, runtime=False)
    assert play(host, policy_preset="aws-nat", policy_audit=True, policy_runtime="no").status == 0
    assert play(host, policy_preset="aws-nat", policy_audit=True, policy_boot="no").status == 2
    assert play(host, policy_preset="aws-nat", policy_audit=True).status == 2


def test_what_a_host_cannot_keep_is_said(compliant: ThrowawayHost) -> None:
    compliant.sh("mount -t tmpfs tmpfs /etc/sysctl.d")
    compliant.write(OUR_FILE, "net.ipv4.tcp_keepalive_time = 120\n")
    run = play(compliant, policy_time=120, policy_audit=True)
    assert run.status == 0, run.output
    assert run.table()[1] == (
        "web   compliant  as the policy says. But: /etc/sysctl.d is a tmpfs, so the files in /etc/sysctl.d do not last until the next boot."
    )


def test_an_audit_in_check_mode_is_an_audit(compliant: ThrowawayHost) -> None:
    set_by_hand(compliant, 77)
    run = play(compliant, "--check", "--diff", policy_preset="aws-nat", policy_audit=True)
    assert run.status == 2
    assert run.table()[1] == "web   drift   time is 77 now (no file says so), should be 120"


def test_that_the_policy_is_gone_is_audited_too(host: ThrowawayHost) -> None:
    gone = {"policy_state": "absent", "policy_audit": True}
    assert play(host, **gone).status == 0
    host.set(time=120)
    run = play(host, **gone)
    assert run.status == 2
    assert run.table()[1] == (
        "web   drift   time is 120 after the next boot (/etc/sysctl.d/99-tcp-keepalive.conf:2), should not come from there"
    )
    host.sh(f"rm {OUR_FILE}")
    assert play(host, **gone).table()[1] == "web   drift   time is 120 now (no file says so), should be 7200"


OWN_PLAY = """
- hosts: all
  gather_facts: false
  roles:
    - role: netops.keepalive.policy
      policy_preset: aws-nat
      policy_audit: true
  tasks:
    - ansible.builtin.debug:
        msg: "mine: {{ policy_audit_result.status }}, {{ policy_audit_result.differences | length }} differences"
"""


def test_drift_fails_no_host_in_mid_play(host: ThrowawayHost) -> None:
    run = play(host, hosts={"web": LOCAL, "sick": BAD_PYTHON}, playbook=written(host, OWN_PLAY))
    assert run.status == 0, run.output
    assert "mine: drift, 6 differences" in run.output
    assert "mine: failed, 0 differences" in run.output
