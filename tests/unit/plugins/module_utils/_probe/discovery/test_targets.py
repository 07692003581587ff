# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._probe import request as probe_request
from ansible_collections.netops.keepalive.plugins.module_utils._probe.discovery import targets

from tests.support.probe.options import NOTHING

MANY = range(8000, 8000 + targets.FEW + 1)
LAST = MANY[-1]


def found(**options: Any) -> list[tuple[int | None, int, int | None]]:
    """Without a listener on the host: the index, the first and the last port of each result."""
    looked_at, known = targets.find(probe_request.parse({**NOTHING, **options}), [])
    assert looked_at == []
    return [(target.target_index, seen.port, seen.last_port) for target, seen in known]


def test_many_neighbouring_ports_without_a_listener_are_one_result() -> None:
    assert found(ports=[22, *MANY, 9000]) == [(0, 22, None), (1, 8000, LAST), (1 + len(MANY), 9000, None)]


def test_a_few_neighbouring_ports_have_a_result_each() -> None:
    assert found(ports=list(MANY)[1:]) == [(index, port, None) for index, port in enumerate(MANY[1:])]


def test_a_range_is_one_result() -> None:
    assert found(ports=["8000-8001"]) == [(0, 8000, 8001)]


DIFFERENT = {
    "a name": [{"port": port, "name": f"worker {port}"} for port in MANY],
    "a policy": [{"port": port, "policy": {"time": port}} for port in MANY],
    "an exemption": [{"port": port, "keepalive_expected": False, "reason": f"ticket {port}"} for port in MANY],
    "an address": [{"port": f"127.0.0.{port % 2 + 1}:{port}"} for port in MANY],
    "ports that are no neighbours": [{"port": 2 * port} for port in MANY],
    "the same port again and again": [{"port": 8000} for _port in MANY],
}


@pytest.mark.parametrize("entries", DIFFERENT.values(), ids=DIFFERENT)
def test_ports_that_are_named_differently_have_a_result_each(entries: list[dict[str, Any]]) -> None:
    assert len(found(targets=entries)) == len(MANY)


def test_targets_that_are_alike_but_for_their_port_are_one_result() -> None:
    assert found(targets=[{"port": f"127.0.0.1:{port}", "name": "worker"} for port in MANY]) == [(0, 8000, LAST)]


REASONS = [
    (8000, "port 8000 of this host"),
    ("8000-8100", "ports 8000-8100 of this host"),
    ("127.0.0.2:8000", "port 8000 of 127.0.0.2"),
    ("[::1]:8000-8100", "ports 8000-8100 of ::1"),
]


@pytest.mark.parametrize(("port", "where"), REASONS)
def test_the_reason_says_where_nothing_listens(port: object, where: str) -> None:
    _targets, ((_target, seen),) = targets.find(probe_request.parse({**NOTHING, "ports": [port]}), [])
    assert seen.problem == f"nothing listens on TCP {where}"
