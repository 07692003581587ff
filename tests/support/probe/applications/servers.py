# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hosts of this suite, and what is known of their servers (their configuration: extensions/molecule/resources/servers)."""

from __future__ import annotations

import contextlib
import itertools
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.support.commands import run
from tests.support.fleet import Fleet, Host
from tests.support.fleet.tasks import task
from tests.support.probe import capture

MODULE = "netops.keepalive.tcp_keepalive_probe"
POLICY = {"time": 60, "interval": 10, "probes": 6}
REQUEST = "GET / HTTP/1.1\r\nHost: here\r\n"

Entry = dict[str, Any]
Values = tuple[int, int, int]


class Servers(NamedTuple):
    fleet: Fleet
    good: Host
    bad: Host
    other: Host
    """Nothing of its own runs there; what a test does to it stays."""
    confined: Host
    """It may neither duplicate descriptors of other processes nor attach filters."""

    def host(self, name: str) -> Host:
        found = getattr(self, name)
        assert isinstance(found, Host)
        return found

    def probe(self, where: Host, **options: Any) -> list[Entry]:
        """The listeners that the module returns there."""
        result = task(self.fleet, [where], MODULE, options)[where.name]
        assert not result["changed"]
        listeners: list[Entry] = result["listeners"]
        return listeners


class Server(NamedTuple):
    """A server's listening port, what the probe is to say of it, and the time, interval and probes that it really has."""

    port: int
    process: str
    unit: str | None
    verdict: str
    values: Values | None
    """None: keepalive is off."""
    set_by: str | None


HOST: Values = (50, 10, 7)  # of the host with the good ones
KERNEL: Values = (7200, 75, 9)

GOOD = (
    Server(22, "sshd", "ssh.service", "compliant", HOST, "host"),
    Server(80, "apache2", "apache2.service", "compliant", HOST, "host"),
    Server(143, "dovecot", "dovecot.service", "compliant", HOST, "host"),
    Server(514, "rsyslogd", "rsyslog.service", "compliant", (60, 10, 6), "application"),
    Server(993, "dovecot", "dovecot.service", "compliant", HOST, "host"),
    Server(1883, "mosquitto", "mosquitto.service", "keepalive_off", None, None),  # it cannot be turned on
    Server(3306, "mariadbd", "mariadb.service", "compliant", (60, 10, 6), "application"),
    Server(6379, "redis-server", "redis-server.service", "compliant", (60, 20, 3), "application"),
    Server(6380, "redis-server", "redis-server@quick.service", "compliant", (3, 1, 3), "application"),
    Server(6390, "stunnel4", "stunnel@redis.service", "compliant", (60, 10, 6), "application"),
    Server(6395, "systemd", None, "compliant", (60, 10, 6), "application"),
    Server(8000, "gunicorn", "gunicorn.service", "compliant", (60, 10, 6), "application"),
    Server(8080, "nginx", "nginx.service", "compliant", (2, 1, 3), "application"),
    Server(8081, "nginx", "nginx.service", "compliant", (60, 10, 6), "application"),
    Server(8082, "nginx", "nginx.service", "compliant", (60, 10, 6), "application"),
    Server(8404, "haproxy", "haproxy.service", "compliant", (60, 10, 6), "application"),
    Server(11211, "memcached", "memcached.service", "compliant", HOST, "host"),
)
BAD = (
    Server(22, "sshd", "ssh.service", "time_too_long", KERNEL, "host"),
    Server(80, "apache2", "apache2.service", "time_too_long", KERNEL, "host"),
    Server(143, "dovecot", "dovecot.service", "time_too_long", KERNEL, "host"),
    Server(514, "rsyslogd", "rsyslog.service", "keepalive_off", None, None),
    Server(993, "dovecot", "dovecot.service", "time_too_long", KERNEL, "host"),
    Server(1883, "mosquitto", "mosquitto.service", "keepalive_off", None, None),
    Server(3306, "mariadbd", "mariadb.service", "drops_too_late", (60, 75, 9), "application"),
    Server(6379, "redis-server", "redis-server.service", "time_too_long", (300, 100, 3), "application"),
    Server(6380, "redis-server", "redis-server@off.service", "keepalive_off", None, None),
    Server(6390, "stunnel4", "stunnel@redis.service", "keepalive_off", None, None),
    Server(8000, "gunicorn", "gunicorn.service", "keepalive_off", None, None),
    Server(8080, "nginx", "nginx.service", "keepalive_off", None, None),
    # It waits for data, but for a second only.
    Server(8081, "nginx", "nginx.service", "keepalive_off", None, None),
    Server(8082, "nginx", "nginx.service", "time_too_long", KERNEL, "host"),
    Server(8404, "haproxy", "haproxy.service", "keepalive_off", None, None),
    Server(8405, "haproxy", "haproxy.service", "time_too_long", KERNEL, "host"),
    Server(11211, "memcached", "memcached.service", "time_too_long", KERNEL, "host"),
)
# Read without a connection, and off: what the server will do with a connection is not known.
UNDECIDED = {6395: "systemd"}
KINDS = {"good": GOOD, "bad": BAD}
EACH = [(kind, server) for kind, those in KINDS.items() for server in those]


def name_of(value: object) -> str:
    return f"{value.process}-{value.port}" if isinstance(value, Server) else str(value)


def values_of(entry: Entry) -> Values:
    settings = entry["settings"]
    return settings["time"], settings["interval"], settings["probes"]


@contextlib.contextmanager
def wire(host: Host) -> Iterator[list[capture.Segment]]:
    """What comes in on the host's interfaces meanwhile, seen from outside the host; filled at the end."""
    found: list[capture.Segment] = []
    process = subprocess.Popen(
        ["ip", "netns", "exec", host.machine.name, sys.executable, capture.__file__],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    try:
        yield found
    finally:
        output, _errors = process.communicate(timeout=30)
        found.extend(capture.segments(output.splitlines()))


_LINKS = itertools.count(1)


@contextlib.contextmanager
def link(one: Host, other: Host) -> Iterator[str]:
    """A cable between two hosts; the address of the first on it."""
    ends = [f"{host.machine.name[:9]}-p{next(_LINKS)}" for host in (one, other)]
    run("ip", "link", "add", ends[0], "netns", one.machine.name, "type", "veth", "peer", "name", ends[1], "netns",
        other.machine.name)  # fmt: skip
    try:
        for host, end, address in zip((one, other), ends, ("192.0.2.0/31", "192.0.2.1/31"), strict=True):
            run("ip", "-netns", host.machine.name, "address", "add", address, "dev", end)
            run("ip", "-netns", host.machine.name, "link", "set", end, "up")
        yield "192.0.2.0"
    finally:
        run("ip", "-netns", one.machine.name, "link", "delete", ends[0])
