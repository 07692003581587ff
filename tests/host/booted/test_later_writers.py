# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts on which something sets values after the sysctl files were read: real ufw and tuned, and a unit of an administrator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.fleet import Fleet, Host
from tests.support.fleet.boot_values import values_in_force
from tests.support.fleet.fixture import new_fleet
from tests.support.fleet.tasks import task

OUR_FILE = "/etc/sysctl.d/99-tcp-keepalive.conf"
UFW = "/etc/ufw/sysctl.conf"
WANTED = {"time": 120, "interval": 30, "probes": 4}


@pytest.fixture(scope="module")
def fleet_of_one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with new_fleet(tmp_path_factory.mktemp("later"), 1, ("later-writers",)) as fleet:
        yield fleet


@pytest.fixture
def host(fleet_of_one: Fleet) -> Iterator[Host]:
    """As it was made; a test may leave it as it likes."""
    yield fleet_of_one.hosts[0]
    fleet_of_one.renew(fleet_of_one.hosts[0])


def keepalive(fleet: Fleet, host: Host, options: dict[str, Any] | None = None, **keywords: Any) -> dict[str, Any]:
    """The module's result, a failure too; without options, what the info module says."""
    name = "netops.keepalive.tcp_keepalive_info" if options is None else "netops.keepalive.tcp_keepalive"
    return task(fleet, [host], name, options, keywords={"ignore_errors": True, **keywords})[host.name]


def with_ufw(host: Host) -> int:
    """ufw enabled, with the line that Debian ships as a comment in force; its number."""
    host.run("systemctl --quiet enable ufw; sed -i s/^ENABLED=.*/ENABLED=yes/ /etc/ufw/ufw.conf")
    host.run("sed -i s/^DEFAULT_INPUT_POLICY=.*/DEFAULT_INPUT_POLICY=ACCEPT/ /etc/default/ufw")  # we want to log in
    host.run(f"sed -i s,^#net/ipv4/tcp_keepalive_intvl,net/ipv4/tcp_keepalive_intvl, {UFW}")
    return host.read(UFW).splitlines().index("net/ipv4/tcp_keepalive_intvl=1800") + 1


def test_ufw_sets_its_values_last(fleet_of_one: Fleet, host: Host) -> None:
    line = with_ufw(host)
    refused = keepalive(fleet_of_one, host, WANTED)
    assert refused["msg"] == (
        f"{OUR_FILE} would not decide the values of the next boot, because {UFW}:{line} sets interval to 1800 (ufw); "
        "remove that, or pass overridden: take_over (comments it out) or warn (goes on)."
    )
    assert refused["overridden_by"] == [
        {"parameter": "interval", "value": 1800, "file": UFW, "line": line, "reader": "ufw"}
    ]
    done = keepalive(fleet_of_one, host, {**WANTED, "overridden": "warn"})
    host.reboot()
    info = keepalive(fleet_of_one, host)
    predicted = [done["boot"]["after"][name] for name in WANTED]
    assert values_in_force(host) == predicted == [info["boot"][name] for name in WANTED] == [120, 1800, 4]
    assert info["boot_source"]["interval"] == {"file": UFW, "line": line}
    assert info["limits"] == []


def test_a_line_of_ufw_is_taken_over(fleet_of_one: Fleet, host: Host) -> None:
    line = with_ufw(host)
    assert keepalive(fleet_of_one, host, {**WANTED, "overridden": "take_over"})["overridden_by"] == []
    assert host.read(UFW).splitlines()[line - 1] == (
        "# taken over by netops.keepalive.tcp_keepalive: net/ipv4/tcp_keepalive_intvl=1800"
    )
    host.reboot()
    assert values_in_force(host) == [120, 30, 4]
    assert host.run("ufw status").stdout.startswith("Status: active")
    assert keepalive(fleet_of_one, host, {**WANTED, "overridden": "take_over"})["changed"] is False


UFW_WITHOUT_EFFECT = {
    "not enabled": "sed -i s/^ENABLED=.*/ENABLED=no/ /etc/ufw/ufw.conf",
    "its service masked": "systemctl --quiet mask ufw",
}


@pytest.mark.parametrize("command", UFW_WITHOUT_EFFECT.values(), ids=UFW_WITHOUT_EFFECT)
def test_ufw_without_effect(fleet_of_one: Fleet, host: Host, command: str) -> None:
    with_ufw(host)
    host.run(command)
    keepalive(fleet_of_one, host, WANTED)
    host.reboot()
    assert values_in_force(host) == [120, 30, 4]


UNIT = """
[Service]
Type=oneshot
ExecStart=/usr/sbin/sysctl -w net.ipv4.tcp_keepalive_intvl=1800
[Install]
WantedBy=multi-user.target
"""


def test_a_unit_that_nothing_here_knows(fleet_of_one: Fleet, host: Host) -> None:
    """The values in force give it away after the boot."""
    host.run("cat > /etc/systemd/system/tuning.service; systemctl --quiet enable tuning", text=UNIT)
    assert "warnings" not in keepalive(fleet_of_one, host, WANTED)
    host.reboot()
    sentence = (
        f"interval is 1800 now, although {OUR_FILE}:3 says 30 and no sysctl file has changed since this host started: "
        "something else sets it later, at each boot or once by hand."
    )
    assert keepalive(fleet_of_one, host)["limits"] == [sentence]
    again = keepalive(fleet_of_one, host, WANTED)
    assert again["changed"] is True
    assert sentence in str(again["warnings"])
    assert "warnings" not in keepalive(fleet_of_one, host, WANTED)
