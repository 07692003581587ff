# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Units on hosts that really boot: a socket that systemd holds, whether its service runs or not, and a unit of a user."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.fleet import Fleet, Host
from tests.support.fleet.tasks import task

UNITS = "/etc/systemd/system"
SERVER = "import socket; own = socket.socket(fileno=3); kept = [own.accept() for _each in iter(int, 1)]"
SERVICE = f"[Service]\nExecStart=/usr/bin/python3 -c '{SERVER}'\n"
USERS_SERVER = SERVER.replace("socket.socket(fileno=3)", 'socket.create_server(("127.0.0.1", 7004))')
USERS_UNIT = "/etc/systemd/user/users.service"
SOCKETS = {
    "waiting": "[Socket]\nListenStream=7001\nListenStream=127.0.0.1:7002\n",
    "serving": "[Socket]\nListenStream=7003\nKeepAlive=true\nKeepAliveTimeSec=60\n",
    "stopped": "[Socket]\nListenStream=7001\n",
}


@pytest.fixture
def activating(fleet: Fleet, hosts: list[Host]) -> list[Host]:
    """A host of each release, with a socket unit whose service does not run, and one whose service does."""
    chosen = fleet.one_of_each_release()
    for host in chosen:
        for name, text in SOCKETS.items():
            host.run(f"cat > {UNITS}/{name}.socket", text=text)
            host.run(f"cat > {UNITS}/{name}.service", text=SERVICE)
        host.run("systemctl daemon-reload; systemctl start waiting.socket serving.socket serving.service")
        host.run("systemctl show stopped.socket")  # loads it
    return chosen


def by_port(result: dict[str, Any]) -> dict[int, dict[str, Any]]:
    return {entry["port"]: entry for entry in result["listeners"]}


def test_a_listener_that_systemd_holds_names_its_socket_unit(fleet: Fleet, activating: list[Host]) -> None:
    found = task(fleet, activating, "netops.keepalive.tcp_keepalive_probe", {"settle": 0.1})
    for listeners in map(by_port, found.values()):
        named = {
            port: (one["process"]["name"], one["process"]["unit"], one["socket_unit"])
            for port, one in listeners.items()
        }
        assert named[7001] == named[7002] == ("systemd", None, "waiting.socket")
        assert named[7003] == ("python3", "serving.service", "serving.socket")
        assert named[22][2] is None, "sshd listens itself"
        assert listeners[7003]["settings"]["time"] == 60, "what its unit sets is what its connections start with"
    assert {host.run("systemctl is-active waiting.service", check=False).stdout.strip() for host in activating} == {
        "inactive"
    }


def test_a_unit_of_a_user_names_the_user(fleet: Fleet, hosts: list[Host]) -> None:
    chosen = fleet.one_of_each_release()
    for host in chosen:
        host.run(f"cat > {USERS_UNIT}", text=f"[Service]\nExecStart=/usr/bin/python3 -c '{USERS_SERVER}'\n")
        host.run("cd /etc/systemd/user; mkdir default.target.wants; ln -s ../users.service default.target.wants/")
        host.run("mkdir /etc/systemd/system/user@.service.d")
        # The host has no libpam-systemd, which would say this.
        host.run(
            "cat > /etc/systemd/system/user@.service.d/x.conf",
            text="[Service]\nEnvironment=XDG_RUNTIME_DIR=/run/user/%i\n",
        )
        host.run("useradd --uid 1234 somebody; systemctl daemon-reload; systemctl start user@1234.service")
    found = task(fleet, chosen, "netops.keepalive.tcp_keepalive_probe", {"settle": 0.1})
    units = [by_port(result)[7004]["process"] for result in found.values()]
    assert {(one["unit"], one["unit_user"]) for one in units} == {("users.service", 1234)}
