# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a test connection goes, by what the listener is bound to."""

from __future__ import annotations

import re
import socket
from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import destination

V4, V6 = int(socket.AF_INET), int(socket.AF_INET6)


def target(family: int, address: str, **listener: Any) -> types.Target:
    return types.Target(address, 80, family, types.Listener(family, address, 80, 1, 1, **listener))


@pytest.mark.parametrize(
    ("wanted", "source", "expected"),
    [
        (target(V4, "0.0.0.0"), None, (V4, ("127.0.0.1", 80), 0)),
        (target(V4, "127.0.0.53"), None, (V4, ("127.0.0.53", 80), 0)),
        (target(V4, "192.0.2.1"), "192.0.2.9", (V4, ("192.0.2.1", 80), 0)),
        (target(V6, "::"), None, (V6, ("::1", 80, 0, 0), 0)),
        (target(V6, "::", v6only=True), None, (V6, ("::1", 80, 0, 0), 0)),
        (target(V6, "::"), "127.0.0.9", (V4, ("127.0.0.1", 80), 0)),
        (target(V6, "fe80::1", interface=7), None, (V6, ("fe80::1", 80, 0, 7), 0)),
        (target(V6, "FEBF::1", interface=7), None, (V6, ("FEBF::1", 80, 0, 7), 0)),
        (target(V6, "fec0::1", interface=7), None, (V6, ("fec0::1", 80, 0, 0), 7)),
        (target(V4, "0.0.0.0", specific_addresses=("127.0.0.1",)), None, (V4, ("127.0.0.2", 80), 0)),
        (target(V4, "0.0.0.0", specific_addresses=("127.0.0.2", "127.0.0.1")), None, (V4, ("127.0.0.3", 80), 0)),
        (target(V6, "::", specific_addresses=("::1",)), None, (V4, ("127.0.0.1", 80), 0)),
        (types.Target("127.0.0.1", 80, V4), None, (V4, ("127.0.0.1", 80), 0)),
    ],
)
def test_the_destination(wanted: types.Target, source: str | None, expected: tuple[int, Any, int]) -> None:
    assert tuple(destination.find(wanted, source)) == expected


@pytest.mark.parametrize(
    ("wanted", "source"),
    [(target(V4, "0.0.0.0"), "::1"), (target(V6, "::", v6only=True), "127.0.0.1"), (target(V6, "::1"), "127.0.0.1")],
)
def test_a_source_of_the_other_family_reaches_no_listener(wanted: types.Target, source: str) -> None:
    sentence = f"source_address is '{source}': no connection from there reaches {wanted.address}, an address of the other family."
    with pytest.raises(_errors.InvalidValue, match=f"^{re.escape(sentence)}$"):
        destination.find(wanted, source)


def test_no_other_listener_is_probed_in_its_place() -> None:
    sentence = "Another listener has port 80 of the loopback address, so a connection to this one would reach that one."
    with pytest.raises(_errors.InvalidValue, match=f"^{re.escape(sentence)}$"):
        destination.find(target(V6, "::", v6only=True, specific_addresses=("::1",)))


def test_the_other_way_is_for_listeners_of_both_families() -> None:
    both = destination.over_ipv4(target(V6, "::"))
    assert both is not None
    assert both.address == ("127.0.0.1", 80)
    assert destination.over_ipv4(target(V6, "::", v6only=True)) is None
    assert destination.over_ipv4(target(V6, "::1")) is None
    assert destination.over_ipv4(target(V4, "0.0.0.0")) is None
    other = destination.over_ipv4(target(V6, "::", specific_addresses=("127.0.0.1",)))
    assert other is not None
    assert other.address == ("127.0.0.2", 80)
