# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ports of an sshd that is configured to leave keepalive off, from its configuration."""

from __future__ import annotations

import pathlib

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._always.services import sshd

OFF: dict[str, tuple[str, set[int]]] = {
    "the default port": ("TCPKeepAlive no\n", {22}),
    "ports": ("Port 2222\nport 2022\ntcpkeepalive=NO\n", {2222, 2022}),
    "addresses": ("ListenAddress 10.0.0.1:2200\nListenAddress [::1]:2201\nTCPKeepAlive no\n", {2200, 2201}),
    "an address without a port": ("ListenAddress ::1\nTCPKeepAlive no\n", {22}),
    "the first value counts": ("TCPKeepAlive no\nTCPKeepAlive yes\n", {22}),
    "on": ("TCPKeepAlive yes\nTCPKeepAlive no\n", set()),
    "for some users": ("Match User backup\n  TCPKeepAlive no\n", set()),
    "a comment": ("#TCPKeepAlive no\n", set()),
    "nothing": ("", set()),
}


@pytest.mark.parametrize(("text", "ports"), OFF.values(), ids=list(OFF))
def test_ports_without_keepalive(tmp_path: pathlib.Path, text: str, ports: set[int]) -> None:
    path = tmp_path / "sshd_config"
    path.write_text(text, encoding="utf-8")
    assert sshd.ports_without_keepalive(str(path)) == ports


def test_an_included_file_counts_where_it_is_included(tmp_path: pathlib.Path) -> None:
    (tmp_path / "sshd_config.d").mkdir()
    (tmp_path / "sshd_config.d" / "10-off.conf").write_text("TCPKeepAlive no\nPort 2222\n", encoding="utf-8")
    path = tmp_path / "sshd_config"
    path.write_text("Include sshd_config.d/*.conf\nTCPKeepAlive yes\n", encoding="utf-8")
    assert sshd.ports_without_keepalive(str(path)) == {2222}


def test_a_file_that_includes_itself_ends(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "sshd_config"
    path.write_text("Include sshd_config\nTCPKeepAlive no\n", encoding="utf-8")
    assert sshd.ports_without_keepalive(str(path)) == {22}


def test_a_host_without_sshd() -> None:
    assert sshd.ports_without_keepalive("/nonexistent/sshd_config") == frozenset()
