# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which addresses a measurement goes to: those of a name, and the other way into a listener for both families."""

from __future__ import annotations

from tests.support.dead_peer import scene
from tests.support.throwaway import ThrowawayHost

QUICK = {"time": 1, "interval": 1, "probes": 1}


def test_a_listener_for_both_families_without_ipv6(host: ThrowawayHost) -> None:
    """It is reached over IPv4, and still known by its own address."""
    with scene.servers(host, {**QUICK, "address": "::"}, {"address": "::", "v6only": 1}) as ports:
        host.sh("echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6")
        targets = [{"address": "::", "port": port, "max_wait": 6} for port in ports]
        both, ipv6_only = scene.measured(host, targets, local=True)["observations"]
    assert (both["contact"], both["address"], both["family"]) == ("accepted", "::", "inet6")
    assert both["values"] == {**QUICK, "user_timeout": 0}
    assert both["measured"]["ended_by"] == "dropped"
    assert ipv6_only["contact"] == "not_tried"
    assert ipv6_only["problem"].endswith("no port is free, or it has no address to reach that one from")
