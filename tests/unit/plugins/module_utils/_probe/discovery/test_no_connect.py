# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import socket

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._probe.discovery.no_connect import (
    ACTIVATED,
    CLUSTER,
    COUNTED,
    DEBUGGER,
    ONE_CLIENT,
    ONE_SHOT,
    why_not_connect,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.types import Listener
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.types import Process

HARMED: dict[str, tuple[str, str, int, str]] = {
    "a debugger's server": ("gdbserver", "0.0.0.0", 1234, DEBUGGER),
    "the debugger of a Java program": ("java", "127.0.0.1", 5005, DEBUGGER),
    "a console of QEMU": ("qemu-system-x86", "127.0.0.1", 4555, ONE_CLIENT),
    "netcat": ("nc.openbsd", "0.0.0.0", 9999, ONE_SHOT),
    "Galera": ("mariadbd", "0.0.0.0", 4567, CLUSTER),
    "the election of ZooKeeper": ("java", "::", 3888, CLUSTER),
    "MySQL where clients come from an address": ("mysqld", "10.0.0.5", 3306, COUNTED),
    "MariaDB over IPv6": ("mariadbd", "2001:db8::5", 3306, COUNTED),
    "xinetd": ("xinetd", "0.0.0.0", 13, ACTIVATED.format("xinetd")),
}
HARMLESS = {
    "MySQL on loopback": ("mysqld", "127.0.0.1", 3306),
    "MySQL everywhere, which is reached over loopback": ("mysqld", "0.0.0.0", 3306),
    "a Java program": ("java", "0.0.0.0", 8080),
    "sshd, which counts what comes from elsewhere": ("sshd", "0.0.0.0", 22),
    "nginx": ("nginx", "0.0.0.0", 80),
    "a name that only begins alike": ("ncserver", "0.0.0.0", 80),
}


def listener(name: str, address: str, port: int, command: str = "") -> Listener:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return Listener(family, address, port, cookie=1, inode=1, process=Process(812, name, command or f"/usr/bin/{name}"))


@pytest.mark.parametrize(("name", "address", "port", "why"), HARMED.values(), ids=list(HARMED))
def test_what_a_silent_client_harms_is_spared(name: str, address: str, port: int, why: str) -> None:
    assert why_not_connect(listener(name, address, port)) == why


@pytest.mark.parametrize(("name", "address", "port"), HARMLESS.values(), ids=list(HARMLESS))
def test_what_it_does_not_harm_is_not(name: str, address: str, port: int) -> None:
    assert why_not_connect(listener(name, address, port)) is None


def test_a_program_that_calls_itself_something_else_is_known_by_its_path() -> None:
    assert why_not_connect(listener("worker", "127.0.0.1", 99, "/usr/bin/gdbserver :99 ./a.out")) == DEBUGGER
