# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of role validate, run for real on a throw-away host."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import paths
from tests.support.commands import run
from tests.support.hosts.plays import LOCAL, Run, play
from tests.support.hosts.throwaway import ThrowawayHost
from tests.support.probe.inspecting.scene import servers
from tests.support.probe.validating import verdicts

EXAMPLES = paths.INSTALLED / "examples"
NAMES = ["validate_fleet.yml", "validate_applications.yml", "validate_from_outside.yml"]
SHORT = {"keepalive": True, "time": 30, "interval": 10, "probes": 3}
SHOP = [
    {"port": 8080, "listener": SHORT},
    {"port": 6379, "listener": SHORT},
    {"port": 5672, "listener": SHORT},
    {"port": 9000},
]


def example(host: ThrowawayHost, name: str, **variables: Any) -> Run:
    hosts = {"web": {**LOCAL, "ansible_host": "127.0.0.1"}}
    more = {
        "target": "web",
        "reports": str(host.disk / "reports"),
        "validate_console": "hosts",
        "validate_loopback": True,
        **variables,
    }
    return play(host, hosts=hosts, playbook=str(EXAMPLES / name), **more)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_can_be_checked_where_there_is_no_fleet(name: str) -> None:
    run(paths.SCRIPTS / "ansible-playbook", "--syntax-check", "--inventory", "localhost,", EXAMPLES / name)


def test_the_fleet(host: ThrowawayHost) -> None:
    with servers(host, *SHOP[:3]):
        found = example(host, "validate_fleet.yml")
        assert (found.status, verdicts(found.output)) == (0, {"web": "3 listeners: 3 compliant"}), found.output
        assert (host.disk / "reports" / "report.html").stat().st_size > 1000
    with servers(host, *SHOP):
        found = example(host, "validate_fleet.yml")
    assert (found.status, verdicts(found.output)) == (0, {"web": "4 listeners: 3 compliant, 1 keepalive_off"}), (
        found.output
    )


def test_the_applications_of_a_shop(host: ThrowawayHost) -> None:
    with servers(host, *SHOP):
        found = example(host, "validate_applications.yml")
    assert found.status == 0, found.output
    with servers(host, *SHOP[:1], *SHOP[2:]):
        found = example(host, "validate_applications.yml")
    assert found.failures()["web"].startswith("cache (port 6379): refused: "), found.output


def test_from_outside(host: ThrowawayHost) -> None:
    with servers(host, {"port": 8080, "listener": {"time": 1, "interval": 1, "probes": 2}}):
        found = example(host, "validate_from_outside.yml", policy={"time": 1, "interval": 1, "probes": 2})
    assert (found.status, verdicts(found.output)) == (0, {"web": "1 listener: 1 compliant"}), found.output
