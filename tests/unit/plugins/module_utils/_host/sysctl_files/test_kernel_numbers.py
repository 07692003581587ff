# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the kernel makes of the text that is written to a keepalive sysctl: measured on Linux 6.18."""

from __future__ import annotations

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files.kernel_numbers import (
    depends_on_hz,
    value_of,
)

SECONDS: list[tuple[str, int | None]] = [
    ("60", 60),
    ("0", 0),
    ("-1", -1),
    ("-0", 0),
    ("32768", 32768),
    ("8589934", 8589934),
    ("8589935", None),
    ("-8589934", -8589934),
    ("-8589935", None),
    ("1000000000", None),
    ("0x3c", 60),
    ("0X3C", 60),
    ("-0x3c", -60),
    ("0x", None),
    ("0xg", None),
    ("010", 8),
    ("08", None),
    ("60 70", 60),
    (" 60", 60),
    ("60 ", 60),
    ("60\t", 60),
    ("60\n", 60),
    ("\t\n\v\f\r 60", 60),
    ("\udca060", 60),
    ("\u00a060", None),
    ("60\u00a0", None),
    ("60\udca0", None),
    ("60\v", None),
    ("60\r\n", None),
    ("60abc", None),
    ("6e1", None),
    ("60.5", None),
    ("+60", None),
    ("60#x", None),
    ('"60"', None),
    ("- 60", None),
    ("--60", None),
    ("-", None),
    ("\n", None),
    ("", None),
    ("\u0666\u0660", None),
    ("0" * 18 + "74", 60),
    ("0" * 19 + "74", None),
    ("-" + "0" * 17 + "74", -60),
    ("-" + "0" * 18 + "74", None),
    ("0" * 18 + "74 and more", 60),
    ("9" * 30, None),
]


@pytest.mark.parametrize("text, value", SECONDS)
def test_seconds(text: str, value: int | None) -> None:
    assert value_of("time", text) == value
    assert value_of("interval", text) == value


PROBES: list[tuple[str, int | None]] = [
    ("9", 9),
    ("0", 0),
    ("255", 255),
    ("256", None),
    ("32768", None),
    ("-1", None),
    ("-0", None),
    ("0xff", 255),
    ("010 9", 8),
    ("\t9", 9),
    ("", None),
]


@pytest.mark.parametrize("text, value", PROBES)
def test_probes(text: str, value: int | None) -> None:
    assert value_of("probes", text) == value


@pytest.mark.parametrize(
    "name, text, depends",
    [
        ("time", "2147483", False),
        ("time", "2147484", True),
        ("interval", "-2147484", True),
        ("interval", "21474836", True),
        ("time", "21474837", False),
        ("time", "abc", False),
        ("probes", "2147484", False),
    ],
)
def test_whether_other_kernels_might_decide_otherwise(name: str, text: str, depends: bool) -> None:
    assert depends_on_hz(name, text) is depends
