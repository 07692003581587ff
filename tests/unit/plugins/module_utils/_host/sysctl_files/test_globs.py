# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How patterns find the files below /proc/sys."""

from __future__ import annotations

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files.globs import (
    MOST_CHOICES,
    spelled_by,
    without_braces,
)

PATH = "net/ipv4/tcp_time"
FOUND: list[tuple[str, str | None]] = [
    ("net/ipv4/tcp_*", PATH),
    ("net/*/tcp_time", PATH),
    ("/net//ipv4/./t*", "/net//ipv4/./tcp_time"),
    ("net/ipv4/tcp_t?me", PATH),
    ("net/ipv4/tcp_[s-u]ime", PATH),
    ("net/ipv4/tcp_[!a-s]ime", PATH),
    ("net/ipv4/tcp_[^a-s]ime", PATH),
    ("net/ipv4/tcp_[]t]ime", PATH),
    ("net/ipv4/tcp_[t-]ime", PATH),
    ("net/ipv4/tcp_[[:lower:]]ime", PATH),
    ("net/ipv4/tcp_[\\t]ime", PATH),
    ("net/ipv4/tcp[[:punct:]]time", PATH),
    ("n\\et/ipv4/tcp_*", PATH),
    ("net/ipv4/tcp_time", PATH),
    ("net/ipv4/*/", None),
    ("net/ipv4/*/.", None),
    ("net/*", None),
    ("*", None),
    ("net/ipv4/tcp_time/*", None),
    ("net/ipv4/tcp_[z-a]ime", None),
    ("net/ipv4/tcp_[!z-a]ime", PATH),
    ("net/ipv4/tcp_[[:nothing:]]ime", None),
    ("net/ipv4/tcp_[tim*", None),
    ("net/ipv4/tcp_\\*", None),
    ("net/ipv4/TCP_*", None),
    ("net/../net/ipv4/tcp_*", None),
]


@pytest.mark.parametrize("pattern, spelling", FOUND)
def test_globs(pattern: str, spelling: str | None) -> None:
    assert spelled_by(pattern, PATH) == spelling


@pytest.mark.parametrize(
    "pattern, patterns",
    [
        ("a{b,c}d", ["abd", "acd"]),
        ("{a,{b,c}d}", ["a", "bd", "cd"]),
        ("{a,b}{c,}", ["ac", "a", "bc", "b"]),
        ("a{b", ["a{b"]),
        ("a}b", ["a}b"]),
        ("plain", ["plain"]),
    ],
)
def test_braces(pattern: str, patterns: list[str]) -> None:
    assert without_braces(pattern) == patterns


@pytest.mark.parametrize("pattern", ["{a,b}" * 24, "{a}" * 1200, "{" * 3000])
def test_many_braces_end_soon(pattern: str) -> None:
    assert 0 < len(without_braces(pattern)) <= 2 * MOST_CHOICES


def test_a_run_of_stars_is_one() -> None:
    """Each would be tried with each other for hours."""
    assert spelled_by("net.ipv4." + "*" * 40 + "q", "net.ipv4.tcp_keepalive_time") is None
    assert spelled_by("*" * 40 + "time", "net.ipv4.tcp_keepalive_time") == "net.ipv4.tcp_keepalive_time"
