# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a TLS server is asked for."""

from __future__ import annotations

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import tls


@pytest.mark.parametrize(
    ("host", "name"),
    [
        (None, None),
        ("", None),
        ("192.0.2.1", None),
        ("2001:db8::1", None),
        ("fe80::1%eth0", None),
        ("db.example.org", "db.example.org"),
        ("db.example.org.", "db.example.org"),
        ("db_1", "db_1"),
        ("a..b", None),
        (".a", None),
        ("b\u00fccher.example", None),
        ("x" * 64 + ".example", None),
    ],
)
def test_server_name(host: str | None, name: str | None) -> None:
    assert tls.server_name(host) == name
    if name:
        tls.TlsChannel(None, 0.0, name)


def test_all_connections_share_what_they_trust() -> None:
    """A thousand at once would else take as many times 13 KiB."""
    one, other = (tls.TlsChannel(None, 0.0, None) for _ in range(2))
    assert one.tls.context is other.tls.context
