# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate.listeners import offends, title

from tests.support.report_samples import entry, listener

TITLES = [
    (entry("redis", 6379, None, "", address="127.0.0.1"), "redis 127.0.0.1:6379"),
    (entry(None, 22, None, "", program="sshd", address="::"), "sshd [::]:22"),
    (entry(None, 22, None, "", process=None), "0.0.0.0:22"),
    (entry("app", 80, None, "", address="192.0.2.1", host="app.example.org"), "app app.example.org:80"),
    (entry("app", 80, None, "", address=None), "app port 80"),
    (entry("app", None, None, "", address=None), "app"),
    (entry("redis", 6379, None, "", namespace="blue"), "redis 0.0.0.0:6379 in netns blue"),
    (entry("a\x00\u202e\nb", 1, None, "", address="x\n"), "a\\x00\\u202e\\nb x\\n:1"),
    (entry("a" * 100, 1, None, ""), "a" * 79 + "… 0.0.0.0:1"),
]


@pytest.mark.parametrize(("found", "called"), TITLES)
def test_title(found: dict[str, Any], called: str) -> None:
    assert title(listener(found)) == called


@pytest.mark.parametrize(
    ("verdict", "named", "fails"),
    [
        ("refused", True, True),
        ("refused", False, False),
        ("keepalive_off", False, True),
        ("exempt", True, False),
        (None, True, False),
    ],
)
def test_a_port_that_no_target_names_may_be_away(verdict: str | None, named: bool, fails: bool) -> None:
    assert offends(listener(entry("app", 1, verdict, "", named=named))) is fails
