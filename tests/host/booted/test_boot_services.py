# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts on which systemd-sysctl does not run at boot, or does something else: what was predicted is what a boot does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.fleet import Fleet, Host
from tests.support.fleet.boot_values import rebooted_as_predicted, values_in_force
from tests.support.fleet.fixture import new_fleet
from tests.support.fleet.tasks import task
from tests.support.fleet.tree import RELEASES

DROP_IN = "/etc/systemd/system/systemd-sysctl.service.d/x.conf"
PROGRAM = "/lib/systemd/systemd-sysctl"
FIXED = (
    "/proc/sys/net is mounted read-only, so /etc/sysctl.d/99-tcp-keepalive.conf has no effect at boot; "
    "set the values where the network namespace is made (sysctls of the pod or container)."
)

# What an administrator did on a host, and whether the boot then sets what the file says; the most different in front.
CHANGES = [
    (f"printf '[Service]\\nExecStart=\\nExecStart={PROGRAM} --prefix=/kernel\\n' > {DROP_IN}", False),
    (f"printf '[Unit]\\nConditionVirtualization=!container\\n' > {DROP_IN}", False),
    ("rm /lib/systemd/system/sysinit.target.wants/systemd-sysctl.service", False),
    (f"printf '[Service]\\nExecStart=\\nExecStart=-{PROGRAM} --prefix=net.ipv4\\n' > {DROP_IN}", True),
    (f"printf '[Service]\\nPrivateNetwork=yes\\n' > {DROP_IN}", False),
    (f"printf '[Unit]\\nConditionPathExists=|/nowhere\\nConditionPathExists=|/etc\\n' > {DROP_IN}", True),
    (f"printf '[Service]\\nProtectKernelTunables=yes\\n' > {DROP_IN}", False),
    (f"printf '[Service]\\nUser=nobody\\n' > {DROP_IN}", False),
    (f"printf '[Service]\\nExecStart=\\nExecStart={PROGRAM} --prefix=/proc/sys/net\\n' > {DROP_IN}", False),
    (f"printf '[Service]\\nExecStart={PROGRAM} --prefix=/kernel\\n' > {DROP_IN}", True),
]


def assert_predicted(fleet: Fleet, hosts: list[Host]) -> None:
    """Each host gets one of the changes; what the module says of its next boot is what the boot then sets."""
    for host, (command, _effect) in zip(hosts, CHANGES, strict=False):
        host.run(f"mkdir -p $(dirname {DROP_IN}); {command}")
        host.run("echo net.ipv4.tcp_keepalive_time=120 > /etc/sysctl.d/50-x.conf")
    predicted = rebooted_as_predicted(fleet, hosts)
    expected = {host.name: 120 if effect else 7200 for host, (_command, effect) in zip(hosts, CHANGES, strict=False)}
    assert {name: info["boot"]["time"] for name, info in predicted.items()} == expected
    assert {
        name: "no sysctl file has an effect at boot" in str(info["limits"]) for name, info in predicted.items()
    } == {name: value == 7200 for name, value in expected.items()}


def test_a_reboot_sets_what_was_predicted(fleet: Fleet, hosts: list[Host]) -> None:
    assert_predicted(fleet, hosts[: len(CHANGES)])


@pytest.mark.long
@pytest.mark.parametrize("release", RELEASES)
def test_a_reboot_sets_what_was_predicted_for_each_change(tmp_path: Path, release: str) -> None:
    with new_fleet(tmp_path, len(CHANGES), (release,)) as fleet:
        assert_predicted(fleet, fleet.hosts)


@pytest.fixture
def fixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Fleet, Host]]:
    """A host on which nothing can set the values: systemd skips the service."""
    with new_fleet(tmp_path_factory.mktemp("fixed"), 1, ("fixed-sysctls",)) as fleet:
        yield fleet, fleet.hosts[0]


def test_a_host_that_sets_no_sysctls(fixed: tuple[Fleet, Host]) -> None:
    fleet, host = fixed
    ignoring = {"ignore_errors": True}
    refused = [
        task(fleet, [host], "netops.keepalive.tcp_keepalive", options, check=check, keywords=ignoring)[host.name]
        for options in ({"time": 120}, {"time": 120, "runtime": False})
        for check in (True, False)
    ]
    assert [(one["failed"], one["msg"]) for one in refused] == [(True, FIXED)] * 4
    host.run("echo net.ipv4.tcp_keepalive_time=120 > /etc/sysctl.d/50-x.conf")
    info = task(fleet, [host], "netops.keepalive.tcp_keepalive_info")[host.name]
    host.reboot()
    assert info["boot"]["time"] == values_in_force(host)[0] == 7200
    assert info["limits"] == ["/proc/sys/net is mounted read-only: no sysctl file has an effect at boot."]
