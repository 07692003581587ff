# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook enforce with policy_always_keepalive: set, audited, taken away by another tool, caught, and removed."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterator

import pytest

from tests.support.always.scene import attached, outer_mount
from tests.support.commands import attempt, run
from tests.support.fleet import Fleet
from tests.support.fleet.fixture import new_fleet
from tests.support.paths import COLLECTIONS, SCRIPTS

UNIT = "legacy.service"
Variables = dict[str, str]


@pytest.fixture(scope="module")
def fleet_of_one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with new_fleet(tmp_path_factory.mktemp("role"), 1, ["always"]) as fleet:
        fleet.hosts[0].run(f"systemd-run --quiet --unit={UNIT} sleep infinity")
        yield fleet


def enforce(
    fleet: Fleet,
    playbook: str | pathlib.Path = "netops.keepalive.enforce",
    inventory: pathlib.Path | None = None,
    **variables: object,
) -> tuple[int, str]:
    """The exit status, and what the console shows."""
    given = {"policy_preset": "aws-nat", **variables}
    return attempt(
        SCRIPTS / "ansible-playbook", "-i", inventory or fleet.inventory, playbook, "-e", json.dumps(given),
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


def names_in_recap(said: str) -> list[str]:
    return [line.split()[0] for line in said.split("PLAY RECAP")[1].splitlines() if " : ok=" in line]


def three_names(
    fleet: Fleet, folder: pathlib.Path, second: Variables | None = None, every: Variables | None = None
) -> pathlib.Path:
    """An inventory with three names for the one host, and with variables of the second and of all."""
    inventory = json.loads(fleet.inventory.read_text())["fleet"]
    (known,) = inventory["hosts"].values()
    names = {"first": known, "second": {**known, **(second or {})}, "third": known}
    path = folder / "several.json"
    path.write_text(json.dumps({"fleet": {"hosts": names, "vars": {**inventory["vars"], **(every or {})}}}))
    return path


@pytest.mark.parametrize("serial", [{}, {"policy_serial": [2, 1]}], ids=["one by one", "in batches"])
def test_a_switch_for_whole_hosts_ends_with_the_batch_that_fails(
    fleet_of_one: Fleet, tmp_path: pathlib.Path, serial: dict[str, object]
) -> None:
    """The second cannot be held to a policy, so the third is not reached."""
    (host,) = fleet_of_one.hosts
    several = three_names(fleet_of_one, tmp_path, second={"policy_goal": "path_idle=350"})
    cgroup = outer_mount() / host.machine.name / "payload"

    status, said = enforce(fleet_of_one, inventory=several, policy_always_keepalive="host", **serial)
    assert (status, names_in_recap(said)) == (2, ["first", "second"]), said
    assert [one["name"] for one in attached(cgroup)] == ["netops_always"]
    status, said = enforce(fleet_of_one, inventory=several, policy_always_keepalive=False)
    assert (status, names_in_recap(said)) == (2, ["first", "second", "third"]), said
    assert attached(cgroup) == []


def test_a_switch_for_whole_hosts_is_not_set_on_all_at_once(fleet_of_one: Fleet, tmp_path: pathlib.Path) -> None:
    """The playbook makes its batches before it knows the inventory."""
    (host,) = fleet_of_one.hosts
    several = three_names(fleet_of_one, tmp_path, every={"policy_always_keepalive": "host"})
    status, said = enforce(fleet_of_one, inventory=several)
    assert (status, names_in_recap(said)) == (2, ["first", "second", "third"]), said
    assert "would switch keepalive on for all of 3 hosts at once: give it on the command line (-e)" in said
    assert attached(outer_mount() / host.machine.name / "payload") == []
    status, said = enforce(fleet_of_one, inventory=several, policy_audit=True)
    assert "keepalive of the host is not switched on now" in said, "an audit may look at all of them"


def test_the_defaults_of_the_module_count(fleet_of_one: Fleet, tmp_path: pathlib.Path) -> None:
    playbook = tmp_path / "play.yml"
    playbook.write_text(f"""
- hosts: all
  gather_facts: false
  module_defaults:
    netops.keepalive.tcp_keepalive_always: {{direction: incoming}}
  roles: [netops.keepalive.policy]
  tasks:
    - netops.keepalive.tcp_keepalive_always: {{scope: units, units: [{UNIT}], direction: incoming, time: 120, interval: 30, probes: 4}}
      check_mode: true
      register: asked
      failed_when: asked is failed or asked is changed
    - netops.keepalive.tcp_keepalive_always: {{state: absent}}
""")
    status, said = enforce(fleet_of_one, playbook, policy_always_keepalive=[UNIT])
    assert status == 0, said
