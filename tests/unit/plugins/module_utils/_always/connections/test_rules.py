# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which open connections a task means, and which cgroup's values each gets."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._always import config
from ansible_collections.netops.keepalive.plugins.module_utils._always.connections import rules, table
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout

BOTH = layout.INCOMING | layout.OUTGOING
LOOPBACK = frozenset(map(config.remote, config.LOOPBACK))


def packed(address: str) -> bytes:
    parsed = ipaddress.ip_address(address)
    return parsed.packed if parsed.version == 6 else table.MAPPED + parsed.packed


def connection(local: str = "192.0.2.1", remote: str = "198.51.100.7", **more: Any) -> table.Open:
    plain = table.Open(1, None, 0, 0.0, packed(local), 7400, packed(remote), 50000)
    return plain._replace(**more)


INCOMING = connection(is_incoming=True)
OUTGOING = connection(port=50000, remote_port=7400)


@pytest.mark.parametrize(
    ("one", "more", "expected"),
    [
        (INCOMING, {}, True),
        (OUTGOING, {}, True),
        (INCOMING, {"flags": layout.OUTGOING}, False),
        (OUTGOING, {"flags": layout.OUTGOING}, True),
        (OUTGOING, {"flags": layout.INCOMING}, False),
        (INCOMING, {"flags": layout.EXCLUDED | BOTH}, False),
        (INCOMING, {"ports": frozenset({7400})}, False),
        (OUTGOING, {"ports": frozenset({7400})}, False),
        (INCOMING, {"ports": frozenset({50000})}, True),
        (INCOMING, {"remotes": frozenset({config.remote("198.51.100.0/24")})}, False),
        (INCOMING, {"remotes": frozenset({config.remote("::/0")})}, False),
        (INCOMING, {"remotes": frozenset({config.remote("2001:db8::/32")})}, True),
        (connection("127.0.0.1", "127.0.0.2"), {}, False),
        (connection("127.0.0.1", "127.0.0.2"), {"flags": BOTH | layout.LOOPBACK, "remotes": frozenset()}, True),
        (connection("192.0.2.1", "192.0.2.1"), {}, False),
        (connection("192.0.2.1", "192.0.2.1"), {"flags": BOTH | layout.LOOPBACK}, True),
        (connection("2001:db8::1", "2001:db8::2"), {}, True),
        (connection(path="/run/netns/blue"), {}, False),
        (connection(path="/run/netns/blue"), {"flags": BOTH | layout.CONTAINERS}, True),
        (connection(timer=rules.KEEPALIVE_TIMER), {}, False),
        (connection(timer=1), {}, True),
        (connection(marked_in=5), {}, False),
    ],
)
def test_a_connection_is_meant(one: table.Open, more: dict[str, Any], expected: bool) -> None:
    values = config.Config(flags=BOTH, time=120, remotes=LOOPBACK)._replace(**more)
    assert rules.is_meant(one, values) is expected


@pytest.mark.parametrize(
    ("local", "more", "expected"),
    [
        ("0.0.0.0", {}, True),
        ("::", {}, True),
        ("192.0.2.1", {"flags": layout.OUTGOING}, False),
        ("192.0.2.1", {"flags": layout.EXCLUDED | BOTH}, False),
        ("192.0.2.1", {"ports": frozenset({7400})}, False),
        ("127.0.0.1", {}, False),
        ("::1", {}, False),
        ("::ffff:127.0.0.1", {}, False),
        ("127.0.0.1", {"flags": BOTH | layout.LOOPBACK}, True),
    ],
)
def test_a_listener_is_meant(local: str, more: dict[str, Any], expected: bool) -> None:
    values = config.Config(flags=BOTH, remotes=LOOPBACK)._replace(**more)
    assert rules.is_listener_meant(connection(local, "::", remote_port=0, is_incoming=True), values) is expected


@pytest.mark.parametrize(("flags", "expected"), [(BOTH, False), (BOTH | layout.CONTAINERS, True)])
def test_a_listener_of_another_network_namespace(flags: int, expected: bool) -> None:
    listener = connection("192.0.2.1", "::", path="/run/netns/blue", is_incoming=True)
    assert rules.is_listener_meant(listener, config.Config(flags=flags)) is expected


def test_the_nearest_cgroup_decides() -> None:
    folders = [("/a/b", "inner", [3, 4]), ("/", "host", []), ("/a", "outer", [2, 3, 4])]
    assert rules.innermost(folders) == {2: "outer", 3: "inner", 4: "inner"}
