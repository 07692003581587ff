# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which connections the attached program switches on, and which it leaves alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import needs
from tests.support.always.scene import Ends, Scene

HOST = {"scope": "host", "loopback": True}
VALUES = {"time": 120, "interval": 30, "probes": 4}
OFF = [0, 7200, 75, 9, 0]
ON = [1, 120, 30, 4, 0]
OWN = {"keepalive": 1, "time": 77, "interval": 7}
KEPT = [1, 77, 7, 9, 0]
MPTCP = 262

CASES: dict[str, tuple[dict[str, Any], dict[str, Any], Ends]] = {
    "off": ({}, {}, (ON, ON)),
    "values of the application": ({}, {"listener": OWN, "client": OWN}, (KEPT, KEPT)),
    "values of the client alone": ({}, {"client": OWN}, (ON, KEPT)),
    "keepalive alone": ({}, {"listener": {"keepalive": 1}}, ([1, 7200, 75, 9, 0], ON)),
    "a user timeout": ({}, {"listener": {"user_timeout": 9000}}, ([0, 7200, 75, 9, 9000], ON)),
    "accepted after data": ({}, {"listener": {"defer": 5}}, (ON, ON)),
    "IPv6": ({}, {"address": "::1"}, (ON, ON)),
    "mapped": ({}, {"address": "::", "to": "::ffff:127.0.0.1"}, (ON, ON)),
    "time alone": ({"interval": None, "probes": None}, {}, ([1, 120, 75, 9, 0], [1, 120, 75, 9, 0])),
    "the values of the sysctls": ({"time": None, "interval": None, "probes": None}, {}, ([1, 7200, 75, 9, 0],) * 2),
    "incoming": ({"direction": "incoming"}, {}, (ON, OFF)),
    "outgoing": ({"direction": "outgoing"}, {}, (OFF, ON)),
    "excluded port": ({"exclude_ports": [7411]}, {"port": 7411}, (OFF, OFF)),
    "another port": ({"exclude_ports": [7411]}, {}, (ON, ON)),
    "excluded network": ({"exclude_remotes": ["127.0.0.0/16"]}, {}, (OFF, OFF)),
    "excluded address of the peer": ({"exclude_remotes": ["127.0.0.9"]}, {"source": "127.0.0.9"}, (OFF, ON)),
    "excluded network, mapped": (
        {"exclude_remotes": ["127.0.0.0/8"]}, {"address": "::", "to": "::ffff:127.0.0.1"}, (OFF, OFF),
    ),
    "excluded IPv6 network": ({"exclude_remotes": ["::/64"]}, {"address": "::1"}, (OFF, OFF)),
    "another family": ({"exclude_remotes": ["::1"]}, {}, (ON, ON)),
    "loopback": ({"loopback": False}, {}, (OFF, OFF)),
    "loopback, IPv6": ({"loopback": False}, {"address": "::1"}, (OFF, OFF)),
    "loopback, mapped": ({"loopback": False}, {"address": "::", "to": "::ffff:127.0.0.1"}, (OFF, OFF)),
    "loopback, two addresses": ({"loopback": False}, {"source": "127.0.0.9"}, (OFF, OFF)),
    "from an address to itself": ({"loopback": False}, {"address": "192.0.2.1"}, (OFF, OFF)),
}  # fmt: skip


@pytest.fixture(scope="module")
def seen(shared_scene: Scene) -> dict[str, Ends]:
    shared_scene.sh("ip address replace 192.0.2.1/32 dev lo")
    groups = [({**HOST, **VALUES, **options}, [case]) for options, case, _expected in CASES.values()]
    ends = shared_scene.connect_after(groups)
    shared_scene.always(state="absent")
    return {name: one for name, (one,) in zip(CASES, ends)}


@pytest.mark.parametrize("name", CASES)
def test_a_connection(seen: dict[str, Ends], name: str) -> None:
    assert seen[name] == CASES[name][2]


def test_without_the_program_a_connection_is_off(scene: Scene) -> None:
    assert scene.connect({}) == [(OFF, OFF)]
    scene.always(**HOST, **VALUES)
    scene.always(state="absent")
    assert scene.connect({}) == [(OFF, OFF)]


def test_short_values_have_to_be_asked_for(scene: Scene) -> None:
    short = {**HOST, "time": 1, "interval": 1, "probes": 2}
    refused = scene.always(**short)
    assert refused["msg"] == (
        "time 1, interval 1, probes 2: a dead peer would be dropped after 3 seconds and 2 unanswered probes, and a failover or a "
        "live migration takes that long; allowed are 60 seconds and 3 probes at least, or say short_drop: true."
    )
    scene.always(**short, short_drop=True)
    assert scene.connect({}) == [([1, 1, 1, 2, 0], [1, 1, 1, 2, 0])]


def test_ss_shows_the_timers(scene: Scene) -> None:
    """The kernel's own view: the timer runs, at both ends of a connection over MPTCP too."""
    needs.mptcp()
    scene.always(**HOST, **VALUES)
    script = (
        "import socket, subprocess; l = socket.socket(2, 1, {0}); l.bind(('127.0.0.1', 7412)); l.listen(); "
        "c = socket.socket(2, 1, {0}); c.connect(l.getsockname()); a = l.accept(); "
        "print(subprocess.run(['ss', '-tnoH', 'state', 'established', 'sport = :7412 or dport = :7412'], capture_output=True, text=True).stdout)"
    )
    for protocol in (0, MPTCP):
        shown = scene.sh(f'python3 -c "{script.format(protocol)}"').split("\n")
        timers = [line for line in shown if "timer:(keepalive,1min5" in line or "timer:(keepalive,2min" in line]
        assert len(timers) == 2, shown


def test_another_network_namespace_is_left_alone_unless_asked_for(scene: Scene) -> None:
    scene.sh("ip netns add other; ip -netns other link set lo up")

    def connected() -> str:
        script = "import socket; l = socket.create_server(('127.0.0.1', 0)); c = socket.create_connection(l.getsockname()); print(l.accept()[0].getsockopt(1, 9))"
        return scene.sh(f'ip netns exec other python3 -c "{script}"').strip()

    scene.always(**HOST, **VALUES)
    assert connected() == "0"
    scene.always(**HOST, **VALUES, containers=True)
    assert connected() == "1"
