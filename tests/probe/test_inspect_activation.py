# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A listener that systemd or inetd holds for a service is not connected to unless it was named: a connection would start it."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest

from tests.support.hosts.throwaway import Result, ThrowawayHost, arguments, module, result_of
from tests.support.probe.inspecting import scene


def probed(host: ThrowawayHost, **options: Any) -> Result:
    return result_of(host.start(*module("tcp_keepalive_probe"), stdin=arguments(False, {"settle": 0.1, **options})))


def entry_of(result: Result, port: int) -> Result:
    (found,) = [entry for entry in result["listeners"] if entry["port"] == port]
    return found


HOLDERS = ["systemd", "inetd", "xinetd"]


@pytest.mark.parametrize(
    "options",
    [{}, {"ports": ["1-65535"], "method": "dead_peer", "max_wait": 1, "send": "hello"}],
    ids=["nothing named", "a range"],
)
@pytest.mark.parametrize("holder", HOLDERS)
def test_a_service_is_not_started_unless_its_port_is_named(
    shared_host: ThrowawayHost, tmp_path: pathlib.Path, holder: str, options: dict[str, Any]
) -> None:
    started = tmp_path / "started"
    with scene.servers(shared_host, {"name": holder, "starts": str(started)}, {}) as (activated, other):
        result = probed(shared_host, **options)
        assert not started.exists()
    (limit,) = [text for text in entry_of(result, activated.port)["limits"] if "name its port" in text]
    assert f"{holder} holds it for a service that a connection would start" in limit
    assert entry_of(result, other.port)["keepalive"] is False, "others are probed"


@pytest.mark.parametrize("holder", HOLDERS)
def test_a_service_whose_port_is_named_is_started(
    shared_host: ThrowawayHost, tmp_path: pathlib.Path, holder: str
) -> None:
    started = tmp_path / "started"
    with scene.servers(shared_host, {"name": holder, "starts": str(started)}) as (activated,):
        named = entry_of(probed(shared_host, ports=[activated.port]), activated.port)
        assert started.exists()
    assert named["keepalive"] is False
