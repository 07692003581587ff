# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts that boot, over ssh, with the versions of ansible-core that the collection supports: one host of each release."""

from __future__ import annotations

import pathlib
import re

from tests.support.environments.cores import Core, Word
from tests.support.fleet import Fleet

PASS = pathlib.Path(__file__).with_name("pass.yml")
KEEPALIVE_TIME = "/proc/sys/net/ipv4/tcp_keepalive_time"


def test_a_pass_over_booted_hosts_with_each_ansible_core(core: Core, fleet: Fleet) -> None:
    core.run("ansible-playbook", *these(fleet), PASS)


def test_a_policy_is_set_audited_and_removed_with_each_ansible_core(core: Core, fleet: Fleet) -> None:
    """Enforce, again, look ahead, audit; one host is changed by hand, and the audit tells."""
    hosts = fleet.one_of_each_release()
    everywhere = {(host.name, "changed=1") for host in hosts}
    nowhere = {(host.name, "changed=0") for host in hosts}
    drifting, *_ = hosts
    try:
        assert recap(core.run(*enforce(fleet, "policy_time=333"))) == everywhere
        assert recap(core.run(*enforce(fleet, "policy_time=333"))) == nowhere
        assert recap(core.run(*enforce(fleet, "policy_time=444"), "--check")) == everywhere
        assert {host.read(KEEPALIVE_TIME) for host in hosts} == {"333\n"}
        core.run(*enforce(fleet, "policy_time=333"), "-e", "policy_audit=true")

        drifting.run(f"echo 555 > {KEEPALIVE_TIME}")
        status, said = core.attempt(*enforce(fleet, "policy_time=333"), "-e", "policy_audit=true")
        assert status != 0
        assert failed(said) == {drifting.name}, said
        assert drifting.read(KEEPALIVE_TIME) == "555\n"
    finally:
        core.run(*enforce(fleet, "policy_state=absent"))


def these(fleet: Fleet) -> tuple[Word, ...]:
    names = ",".join(host.name for host in fleet.one_of_each_release())
    return ("-i", fleet.inventory, "--limit", names)


def enforce(fleet: Fleet, policy: str) -> tuple[Word, ...]:
    return ("ansible-playbook", *these(fleet), "netops.keepalive.enforce", "-e", policy)


def recap(said: str) -> set[tuple[str, str]]:
    """Each host and how many of its tasks changed something."""
    return set(re.findall(r"^(\S+) +: ok=.*?(changed=\d+)", said, flags=re.MULTILINE))


def failed(said: str) -> set[str]:
    return set(re.findall(r"^(\S+) +: ok=.*failed=[1-9]", said, flags=re.MULTILINE))
