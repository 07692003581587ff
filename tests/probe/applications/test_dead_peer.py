# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `dead_peer` measures at real servers, held against the segments on the wire, which are read from outside the hosts."""

from __future__ import annotations

import pytest

from tests.support.probe import capture
from tests.support.probe.applications.servers import POLICY, REQUEST, Entry, Servers, link, values_of, wire
from tests.support.probe.dead_peer.table import on_time

REDIS, NGINX = 6380, 8080
# Time, interval and probes as they are configured.
QUICK = {REDIS: (3, 1, 3), NGINX: (2, 1, 3)}
SECONDS = 0.3  # by which two observers of the same segment may differ on a busy machine


class Measured:
    """What the module returned, and what passed on the wire meanwhile."""

    def __init__(self, entries: list[Entry], segments: list[capture.Segment]) -> None:
        self.entries = {entry["port"]: entry for entry in entries if entry["measured"]}
        self.segments = segments

    def silence_of(self, port: int) -> tuple[list[float], float]:
        """When the server's probes came in the silence at the end, and when its reset, counted from what ended its last talk."""
        theirs = [segment for segment in self.segments if segment.source == port]
        ours = [segment for segment in self.segments if segment.destination == port]
        (reset,) = [segment.at for segment in theirs if segment.flags & capture.RST]
        start = max(segment.at for segment in ours if not segment.flags & capture.RST)
        probes = [segment.at - start for segment in theirs if start < segment.at < reset and not segment.payload]
        return [probe for probe in probes if probe > 0.5], reset - start


@pytest.fixture(scope="module", params=["from the host itself", "from another host"])
def seen(request: pytest.FixtureRequest, servers: Servers) -> Measured:
    options = {"method": "dead_peer", "policy": POLICY, "ports": [f"0.0.0.0:{REDIS}", f"0.0.0.0:{NGINX}"]}
    if request.param == "from the host itself":
        with wire(servers.good) as segments:
            entries = servers.probe(servers.good, **options)
        return Measured(entries, segments)
    with link(servers.good, servers.other) as address, wire(servers.good) as ours, wire(servers.other) as theirs:
        entries = servers.probe(servers.other, **{**options, "ports": list(QUICK), "host": address})
    return Measured(entries, ours + theirs)


@pytest.mark.parametrize("port", QUICK)
def test_the_measurement_is_what_the_server_was_told(seen: Measured, port: int) -> None:
    time, interval, probes = QUICK[port]
    entry = seen.entries[port]
    assert entry["verdict"] == "compliant", entry
    measured = entry["measured"]
    assert measured["ended_by"] == "dropped"
    assert measured["probes"] == probes == len(measured["probe_times"])
    assert on_time(measured["first_probe"], time)
    assert on_time(measured["interval"], interval)
    assert on_time(measured["dropped_after"], time + interval * probes)


@pytest.mark.parametrize("port", QUICK)
def test_the_wire_agrees(seen: Measured, port: int) -> None:
    measured = seen.entries[port]["measured"]
    probes, reset = seen.silence_of(port)
    assert measured["probe_times"] == pytest.approx(probes, abs=SECONDS)
    assert measured["dropped_after"] == pytest.approx(reset, abs=SECONDS)


def test_from_another_host_no_process_is_told(servers: Servers) -> None:
    with link(servers.bad, servers.other) as address:
        target = {"host": address, "port": 8080, "policy": {"time": 1, "interval": 1, "probes": 2}, "send": REQUEST}
        (entry,) = servers.probe(servers.other, method="dead_peer", targets=[target])
    assert (entry["verdict"], entry["host"]) == ("not_seen", address)
    assert (entry["keepalive"], entry["process"], entry["set_by"]) == (None, None, None)


def test_hours_are_proven_in_seconds(servers: Servers) -> None:
    """memcached has the kernel's 7200 s, MariaDB greets and has 735 s, and stunnel has to be spoken to in TLS."""
    late = {"time": 7200, "interval": 75, "probes": 9}
    memcached, mariadb = servers.probe(
        servers.bad, method="dead_peer", accelerate=True, policy=late, ports=[11211, "0.0.0.0:3306"]
    )
    (stunnel,) = servers.probe(servers.good, method="dead_peer", accelerate=True, policy=POLICY, ports=[6390], tls=True)
    found = {"memcached": memcached, "mariadb": mariadb, "stunnel": stunnel}
    assert {name: values_of(entry) for name, entry in found.items()} == {
        "memcached": (7200, 75, 9),
        "mariadb": (60, 75, 9),
        "stunnel": (60, 10, 6),
    }
    ends = {(entry["verdict"], entry["measured"]["ended_by"]) for entry in found.values()}
    assert ends == {("compliant", "dropped")}, found
    assert max(entry["measured"]["dropped_after"] for entry in found.values()) < 30
