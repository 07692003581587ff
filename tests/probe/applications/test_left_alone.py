# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services that a connection would start, and those in network namespaces of their own."""

from __future__ import annotations

from tests.support.probe.applications.servers import POLICY, Servers

PROXY, PRIVATE = 6395, 11212


def test_discovery_starts_no_service_and_finds_what_a_network_namespace_hides(servers: Servers) -> None:
    state = "systemctl is-active redis-proxy.service; true"
    found = servers.probe(servers.good, policy=POLICY, network_namespaces=True)

    assert servers.good.run(state).stdout == "inactive\n"
    (spared,) = [entry for entry in found if entry["port"] == PROXY]
    assert (spared["verdict"], spared["process"]["name"], spared["forwarder"]) == ("compliant", "systemd", None)

    # On a host with good values, an application that leaves them to its host has the kernel's in there.
    (inside,) = [entry for entry in found if entry["port"] == PRIVATE]
    assert inside["process"]["unit"] == "memcached-private.service"
    assert (inside["verdict"], inside["settings"]["time"], inside["set_by"]) == ("time_too_long", 7200, "host")
    assert inside["namespace"]
    assert {entry["namespace"] for entry in found if entry["port"] != PRIVATE} == {None}

    # Who names them wants them probed, but looks into no namespace without asking for it.
    proxy, private = servers.probe(servers.good, policy=POLICY, ports=[PROXY, PRIVATE])
    assert servers.good.run(state).stdout == "active\n"
    assert proxy["keepalive"] is True
    assert private["verdict"] == "refused"

    # The service that the connection started is a proxy, which answers for another.
    (running,) = servers.probe(servers.good, policy=POLICY, ports=[PROXY])
    assert (running["verdict"], running["forwarder"]) == ("inconclusive", "systemd-socket-proxyd")
    assert "answers here for another program" in running["reason"]
