# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `inspect` says of real servers as their packages bring them, held against the kernel's timers as `ss` shows them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

import pytest

from tests.support.fleet import Host
from tests.support.fleet.tasks import task
from tests.support.paths import ROOT
from tests.support.probe.applications.servers import (
    EACH,
    KINDS,
    POLICY,
    REQUEST,
    UNDECIDED,
    Entry,
    Server,
    Servers,
    name_of,
    values_of,
)

CLIENTS = ROOT / "tests" / "support" / "probe" / "applications" / "clients.py"
TIMER = re.compile(r"timer:\(keepalive,(?:(\d+)min)?(?:(\d+)(?:sec|\.))?(?:(\d{3})ms)?,0\)")
ACTIVATED = 6395

Found = dict[str, list[Entry]]


@pytest.fixture(scope="module")
def found(servers: Servers) -> Found:
    """Every listener of the two hosts, by one task."""
    hosts = [servers.good, servers.bad]
    results = task(servers.fleet, hosts, "netops.keepalive.tcp_keepalive_probe", {"policy": POLICY})
    return {kind: results[host.name]["listeners"] for kind, host in zip(KINDS, hosts, strict=True)}


def at(listeners: list[Entry], port: int) -> list[Entry]:
    """Of the one server there, which may listen on IPv4 and IPv6 apart."""
    return [entry for entry in listeners if entry["port"] == port]


@pytest.mark.parametrize("kind", KINDS)
def test_every_listener_is_found_and_no_other(found: Found, servers: Servers, kind: str) -> None:
    listed = servers.host(kind).run("ss -Htln").stdout.splitlines()
    assert sorted(entry["port"] for entry in found[kind]) == sorted(
        int(line.split()[3].rpartition(":")[2]) for line in listed
    )
    known = {server.port for server in KINDS[kind]}
    assert {entry["port"] for entry in found[kind]} == (known | set(UNDECIDED) if kind == "bad" else known)


@pytest.mark.parametrize(("kind", "server"), EACH, ids=name_of)
def test_the_verdict_and_the_values_of_each(found: Found, kind: str, server: Server) -> None:
    entries = at(found[kind], server.port)
    told = {(entry["verdict"], entry["keepalive"], entry["set_by"]) for entry in entries}
    assert told == {(server.verdict, server.values is not None, server.set_by)}, entries
    if server.values is not None:
        assert {values_of(entry) for entry in entries} == {server.values}
    held = {(entry["process"]["name"], entry["process"]["unit"]) for entry in entries}
    assert held == {(server.process, server.unit)}


@pytest.mark.parametrize("port", UNDECIDED)
def test_off_at_a_listener_that_was_only_looked_at_is_no_verdict(found: Found, port: int) -> None:
    entries = at(found["bad"], port)
    assert {entry["verdict"] for entry in entries} <= {"inconclusive", "unreadable"}
    assert {(entry["keepalive"], entry["process"]["name"]) for entry in entries} == {(None, UNDECIDED[port])}
    assert [entry for entry in entries if not entry["limits"]] == []


def test_a_server_that_waits_for_data_is_probed_with_some(servers: Servers) -> None:
    targets = [{"port": port, "send": REQUEST} for port in (80, 8081)]
    apache, nginx = servers.probe(servers.bad, targets=targets, policy=POLICY)
    assert (apache["verdict"], values_of(apache)) == ("time_too_long", (7200, 75, 9))
    assert nginx["verdict"] == "keepalive_off"
    assert [apache["limits"], nginx["limits"]] == [[], []]


@contextlib.contextmanager
def clients(host: Host, *ports: int) -> Iterator[dict[int, float | None]]:
    """With a silent client at each port: the seconds left on the keepalive timer of each server's side, by its port."""
    host.run("cat > /run/clients.py", text=CLIENTS.read_text())
    command = f"python3 /run/clients.py {' '.join(map(str, ports))}"
    host.run(f"systemd-run --quiet --unit=clients --service-type=notify {command}")
    try:
        yield {port: timer for port, timer in timers(host).items() if port in ports}
    finally:
        host.run("systemctl stop clients")


def timers(host: Host) -> dict[int, float | None]:
    found: dict[int, float | None] = {}
    for line in host.run("ss -Htno state established").stdout.splitlines():
        port = int(line.split()[2].rpartition(":")[2])
        timer = TIMER.search(line)
        minutes, seconds, thousandths = (int(number or 0) for number in timer.groups()) if timer else (0, 0, 0)
        found[port] = minutes * 60 + seconds + thousandths / 1000 if timer else None
    return found


# MariaDB closes a silent connection after 10 s, which a busy machine may need to count it.
TRIES = 5
SILENT = [(kind, server) for kind, server in EACH if server.port not in (22, ACTIVATED)]


@pytest.fixture(scope="module")
def clients_of_each(servers: Servers) -> dict[str, tuple[dict[int, float | None], list[Entry]]]:
    """With a silent client at each server: its timer as `ss` tells it by port, and what the probe counts."""
    both = {}
    for kind in KINDS:
        host = servers.host(kind)
        for _try in range(TRIES):
            with clients(host, *(server.port for of, server in SILENT if of == kind)) as seen:
                counted = servers.probe(host, connect=False, policy=POLICY)
                if seen.keys() <= timers(host).keys():
                    break
        both[kind] = (seen, counted)
    return both


@pytest.mark.parametrize(("kind", "server"), SILENT, ids=name_of)
def test_the_timers_of_real_connections_agree(
    clients_of_each: dict[str, tuple[dict[int, float | None], list[Entry]]], kind: str, server: Server
) -> None:
    seen, counted = clients_of_each[kind]
    timer = seen[server.port]
    (count,) = [entry["connections"] for entry in at(counted, server.port) if entry["connections"]["open"]]
    if server.values is None:
        assert timer is None
        assert count == {"open": 1, "with_keepalive": 0}
    else:
        # It has run since the server was last heard of; and where `ss` tells ten minutes and more, it tells no seconds.
        assert timer is not None
        assert server.values[0] - (80 if timer >= 600 else 20) <= timer <= server.values[0] * 1.07
        assert count == {"open": 1, "with_keepalive": 1}
