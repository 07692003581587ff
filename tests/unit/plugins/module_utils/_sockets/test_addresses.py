# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import socket

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import addresses


@pytest.mark.parametrize("address", ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"])
def test_a_loopback_address(address: str) -> None:
    assert addresses.is_loopback(address)


@pytest.mark.parametrize(
    "address", ["", "0.0.0.0", "::", "10.0.0.127", "12.7.0.1", "::1:2", "::ffff:10.0.0.1", "fe80::1"]
)
def test_another_address_than_a_loopback_one(address: str) -> None:
    assert not addresses.is_loopback(address)


@pytest.mark.parametrize(
    ("address", "is_one"), [("fe80::1", True), ("FEBF::1", True), ("fec0::1", False), ("127.0.0.1", False)]
)
def test_a_link_local_address(address: str, is_one: bool) -> None:
    assert addresses.is_link_local(address) is is_one


@pytest.mark.parametrize(
    ("address", "family"),
    [("127.0.0.1", socket.AF_INET), ("::ffff:127.0.0.1", socket.AF_INET6), ("::", socket.AF_INET6)],
)
def test_the_family_of_an_address(address: str, family: int) -> None:
    assert addresses.family_of(address) == family
