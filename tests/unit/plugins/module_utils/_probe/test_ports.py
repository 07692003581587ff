# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
import socket

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._errors import InvalidValue
from ansible_collections.netops.keepalive.plugins.module_utils._probe.ports import Ports, parse
from ansible_collections.netops.keepalive.plugins.module_utils._probe.types import Listener

WRITTEN: list[tuple[object, Ports]] = [
    (6379, Ports(None, 6379, 6379)),
    ("6379", Ports(None, 6379, 6379)),
    (" 22 ", Ports(None, 22, 22)),
    ("8000-8100", Ports(None, 8000, 8100)),
    ("127.0.0.1:6379", Ports("127.0.0.1", 6379, 6379)),
    ("127.0.0.1:8000-8001", Ports("127.0.0.1", 8000, 8001)),
    ("[::1]:22", Ports("::1", 22, 22)),
    ("[fe80::1%eth0]:22", Ports("fe80::1", 22, 22)),
    ("[0:0:0:0:0:0:0:1]:22", Ports("::1", 22, 22)),
    ("[::ffff:127.0.0.1]:22", Ports("127.0.0.1", 22, 22)),
    ("*:80", Ports(None, 80, 80)),
    (65535, Ports(None, 65535, 65535)),
]


@pytest.mark.parametrize(("value", "parsed"), WRITTEN)
def test_how_ports_may_be_written(value: object, parsed: Ports) -> None:
    assert parse(value) == parsed


@pytest.mark.parametrize(
    "value",
    [
        0,
        65536,
        -1,
        True,
        None,
        1.5,
        "",
        "http",
        "53/udp",
        "::1:22",
        "[::1]",
        "1.2.3:4",
        "999.1.1.1:80",
        "[::g]:80",
        "[1::2::3]:80",
        "9-8",
        "80,443",
        "٨٠",
        "80\n\n81",
        [],
    ],
)
def test_anything_else_is_refused_in_a_sentence_that_quotes_it(value: object) -> None:
    shown = repr(value) if isinstance(value, str) else str(value)
    with pytest.raises(InvalidValue, match=rf"^the port is {re.escape(shown)}: allowed is a TCP port from 1 to 65535"):
        parse(value)


def test_a_long_value_is_quoted_in_part() -> None:
    with pytest.raises(InvalidValue, match=r"^the port is '9+\.\.\.") as refused:
        parse("9" * 5000)
    assert len(str(refused.value)) < 300


def listener(address: str, port: int = 80, *, v6only: bool = False) -> Listener:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return Listener(family, address, port, cookie=1, inode=1, v6only=v6only)


@pytest.mark.parametrize(
    ("ports", "found", "reached"),
    [
        (80, listener("127.0.0.1"), True),
        (80, listener("::1"), True),
        (81, listener("127.0.0.1"), False),
        ("79-81", listener("127.0.0.1"), True),
        ("127.0.0.1:80", listener("127.0.0.1"), True),
        ("127.0.0.1:80", listener("127.0.0.2"), False),
        ("127.0.0.1:80", listener("::ffff:127.0.0.1"), True),
        ("127.0.0.1:80", listener("0.0.0.0"), True),
        ("127.0.0.1:80", listener("::"), True),
        ("127.0.0.1:80", listener("::", v6only=True), False),
        ("[::1]:80", listener("::"), True),
        ("[::1]:80", listener("0.0.0.0"), False),
        ("[::1]:80", listener("::1"), True),
    ],
)
def test_which_listener_a_connection_would_reach(ports: object, found: Listener, reached: bool) -> None:
    assert parse(ports).match(found) is reached
