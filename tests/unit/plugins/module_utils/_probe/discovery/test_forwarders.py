# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who answers in the place of another is known by name, and a mesh's proxy by the ports that it captures to."""

from __future__ import annotations

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.discovery import forwarders
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import types as sockets_types


def listener(name: str, port: int = 80, namespace: str | None = None) -> types.Listener:
    process = sockets_types.Process(1, name, "/x") if name else None
    return types.Listener(2, "0.0.0.0", port, port, port, process=process, namespace=namespace)


@pytest.mark.parametrize(
    ("name", "forwarder"),
    [
        ("docker-proxy", "docker-proxy"),
        ("rootlesskit", "rootlesskit"),
        ("rootlessport", "rootlessport"),
        ("pasta.avx2", "pasta"),
        ("slirp4netns", "slirp4netns"),
        ("systemd-socket-", "systemd-socket-proxyd"),
        ("ssh", "ssh"),
        ("sshd-session", "sshd"),
        ("socat", "socat"),
        ("sshd", None),
        ("nginx", None),
        ("envoy", None),
        ("pastashop", "pasta"),
        ("", None),
    ],
)
def test_by_name(name: str, forwarder: str | None) -> None:
    assert [one.forwarder for one in forwarders.marked([listener(name)])] == [forwarder]


@pytest.mark.parametrize(
    ("proxy", "port", "forwarder"),
    [
        ("envoy", 15006, "envoy"),
        ("linkerd2-proxy", 4143, "linkerd-proxy"),
        ("envoy", 443, None),
        ("nginx", 15006, None),
    ],
)
def test_a_mesh_proxy_answers_for_all_of_its_namespace_and_no_other(
    proxy: str, port: int, forwarder: str | None
) -> None:
    listeners = [
        listener("app", 8080, "/a"),
        listener(proxy, port, "/a"),
        listener("app", 8080),
        listener("socat", 1, "/a"),
    ]
    marked = [one.forwarder for one in forwarders.marked(listeners)]
    assert marked == [forwarder, forwarder, None, "socat"]
