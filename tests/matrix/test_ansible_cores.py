# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The unit suite, and one pass over a fleet, with every ansible-core that the collection supports."""

from __future__ import annotations

import pathlib
import re

from tests.support import needs
from tests.support.cores import Core, Word
from tests.support.fleet import Fleet
from tests.support.paths import ROOT

PASS = pathlib.Path(__file__).with_name("pass.yml")
WINDOWS_PASS = pathlib.Path(__file__).with_name("windows_pass.yml")
PROBE = pathlib.Path(__file__).with_name("probe.yml")
KEEPALIVE_TIME = "/proc/sys/net/ipv4/tcp_keepalive_time"


def test_units(core: Core) -> None:
    core.run("python", "-m", "pytest", "-q", "tests/unit")


def test_fleet_pass(core: Core, fleet: Fleet) -> None:
    core.run("ansible-playbook", "-i", fleet.inventory, PASS)


def test_probe(core: Core) -> None:
    needs.user_namespaces()
    core.run(
        "ansible-playbook",
        *("-i", "localhost,", "-c", "local", "-e", "ansible_python_interpreter={{ ansible_playbook_python }}"),
        PROBE,
        before=(ROOT / "tools" / "throwaway-host",),
    )


def test_fleet_policy(core: Core, fleet: Fleet) -> None:
    """Enforce, again, look ahead, audit; one host is changed by hand, and the audit tells."""
    everywhere = {(host.name, "changed=1") for host in fleet.hosts}
    nowhere = {(host.name, "changed=0") for host in fleet.hosts}
    drifting, *_ = fleet.hosts
    try:
        assert recap(core.run(*enforce(fleet, "policy_time=333"))) == everywhere
        assert recap(core.run(*enforce(fleet, "policy_time=333"))) == nowhere
        assert recap(core.run(*enforce(fleet, "policy_time=444"), "--check")) == everywhere
        assert {host.read(KEEPALIVE_TIME) for host in fleet.hosts} == {"333\n"}
        core.run(*enforce(fleet, "policy_time=333"), "-e", "policy_audit=true")

        drifting.run(f"echo 555 > {KEEPALIVE_TIME}")
        status, said = core.attempt(*enforce(fleet, "policy_time=333"), "-e", "policy_audit=true")
        assert status != 0
        assert failed(said) == {drifting.name}, said
        assert drifting.read(KEEPALIVE_TIME) == "555\n"
    finally:
        core.run(*enforce(fleet, "policy_state=absent"))


def test_windows_pass(core: Core) -> None:
    """The task that names tcp_keepalive finds the module for Windows."""
    core.run("ansible-playbook", "-i", needs.windows_inventory(), WINDOWS_PASS)


def enforce(fleet: Fleet, policy: str) -> tuple[Word, ...]:
    return ("ansible-playbook", "-i", fleet.inventory, "netops.keepalive.enforce", "-e", policy)


def recap(said: str) -> set[tuple[str, str]]:
    """Each host and how many of its tasks changed something."""
    return set(re.findall(r"^(\S+) +: ok=.*?(changed=\d+)", said, flags=re.MULTILINE))


def failed(said: str) -> set[str]:
    return set(re.findall(r"^(\S+) +: ok=.*failed=[1-9]", said, flags=re.MULTILINE))
