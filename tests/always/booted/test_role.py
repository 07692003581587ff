# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook enforce with policy_always_keepalive: set, audited, taken away by another tool, caught, and removed."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.support.always.scene import attached, outer_mount
from tests.support.commands import attempt, run
from tests.support.fleet import Fleet
from tests.support.fleet.fixture import new_fleet
from tests.support.paths import COLLECTIONS, SCRIPTS

UNIT = "legacy.service"
ON = {"time": 120, "interval": 30, "probes": 4}


@pytest.fixture(scope="module")
def fleet_of_one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with new_fleet(tmp_path_factory.mktemp("role"), 1, ["always"]) as fleet:
        fleet.hosts[0].run(f"systemd-run --quiet --unit={UNIT} sleep infinity")
        yield fleet


def enforce(fleet: Fleet, **variables: object) -> tuple[int, str]:
    """The exit status, and what the console shows."""
    given = {"policy_preset": "aws-nat", **variables}
    return attempt(
        SCRIPTS / "ansible-playbook", "-i", fleet.inventory, "netops.keepalive.enforce", "-e", json.dumps(given),
        env={"ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)},
    )  # fmt: skip


def test_the_policy_reaches_a_unit_that_never_asks(fleet_of_one: Fleet) -> None:
    (host,) = fleet_of_one.hosts
    cgroup = outer_mount() / host.machine.name / "payload" / "system.slice" / UNIT
    audit = {"policy_audit": True, "policy_always_keepalive": [UNIT]}

    def programs() -> list[str]:
        return [one["name"] for one in attached(cgroup)]

    status, said = enforce(fleet_of_one, policy_always_keepalive=[UNIT])
    assert status == 0, said
    assert programs() == ["netops_always"]
    status, said = enforce(fleet_of_one, **audit)
    assert status == 0, said
    assert "as the policy says" in said

    (program,) = attached(cgroup)
    run("bpftool", "cgroup", "detach", cgroup, "sock_ops", "id", str(program["id"]))
    status, said = enforce(fleet_of_one, **audit)
    assert status == 2, said
    assert f"keepalive of {UNIT} is not switched on now" in said
    assert programs() == [], "an audit changes nothing"

    status, said = enforce(fleet_of_one, policy_always_keepalive=[UNIT])
    assert (status, programs()) == (0, ["netops_always"]), said
    status, said = enforce(fleet_of_one, policy_always_keepalive=False)
    assert (status, programs()) == (0, []), said


def test_a_form_that_is_not_allowed_is_refused_before_anything_is_set(fleet_of_one: Fleet) -> None:
    status, said = enforce(
        fleet_of_one,
        policy_time=77,
        policy_preset="",
        policy_interval=7,
        policy_probes=7,
        policy_always_keepalive="redis",
    )
    assert status == 2
    assert (
        "policy_always_keepalive is 'redis': allowed are host, a list of units such as [redis-server.service], and false."
        in said
    )
    assert fleet_of_one.hosts[0].run("cat /proc/sys/net/ipv4/tcp_keepalive_time").stdout.strip() != "77"
