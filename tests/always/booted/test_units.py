# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Units of a host that really boots: applications of several kinds, before, after, after a restart, and after `absent`."""

from __future__ import annotations

import pathlib
import socket
from collections.abc import Iterator

import pytest
from ansible_collections.netops.keepalive.plugins.filter import snippet

from tests.support.always import applications, foreign
from tests.support.always.applications import ACTIVATED, ASKING, OUTGOING_PORTS, OWN, PLAIN, PORTS, STATIC, WORKERS
from tests.support.always.scene import attached, outer_mount
from tests.support.fleet import Fleet, Host
from tests.support.fleet.fixture import new_fleet
from tests.support.fleet.tasks import Result, task

ALWAYS, PROBE = "netops.keepalive.tcp_keepalive_always", "netops.keepalive.tcp_keepalive_probe"
QUICK = {"time": 1, "interval": 1, "probes": 3, "short_drop": True}
ALL = {*OUTGOING_PORTS, *PORTS}


@pytest.fixture(scope="module")
def fleet_of_two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """One with the cgroups of this machine, one with those of version 2 alone."""
    with new_fleet(tmp_path_factory.mktemp("always"), 2, ["always", "always-unified"]) as fleet:
        yield fleet


@pytest.fixture(scope="module")
def host(fleet_of_two: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Host:
    host = fleet_of_two.hosts[0]
    applications.install(host, tmp_path_factory.mktemp("applications"))
    return host


def always(fleet: Fleet, host: Host, check: bool = False, **options: object) -> Result:
    return task(fleet, [host], ALWAYS, {"boot": False, **options}, check=check)[host.name]


def test_units_of_many_kinds(fleet_of_two: Fleet, host: Host) -> None:
    wanted = {"scope": "units", "units": ["static*", *applications.NAMES[1:]], **QUICK, "loopback": True}
    assert applications.with_timer(host) == ASKING

    real = always(fleet_of_two, host, **wanted)
    named = {scope["unit"]: scope["cgroup"] for scope in real["scopes"]}
    assert set(named) == {*applications.NAMES, "activated.socket"}
    assert named["client.service"] is named["pool.service"] is None
    assert "client.service does not run: it has no connections to switch on." in real["limits"]
    assert applications.with_timer(host) == ALL - {*OUTGOING_PORTS}
    assert "timer:(keepalive" not in applications.in_private_namespace(host), "it has a network of its own"

    with applications.connected(host):
        real = always(fleet_of_two, host, **wanted, containers=True)
    assert applications.with_timer(host) == ALL - {*OUTGOING_PORTS}, (
        "the client has stopped and started: its cgroup is a new one"
    )
    assert "timer:(keepalive" in applications.in_private_namespace(host)

    by_port = probed(fleet_of_two, host, PORTS)
    assert {port: one["settings"]["time"] for port, one in by_port.items()} == {**dict.fromkeys(PORTS, 1), OWN: 77}

    host.run("systemctl restart static.service")
    applications.wait_for(host.address, STATIC)
    assert applications.with_timer(host) == ALL - {*OUTGOING_PORTS, STATIC}
    again = always(fleet_of_two, host, **wanted, containers=True)
    assert [scope["unit"] for scope in again["scopes"] if scope["runtime"]["before"] != scope["runtime"]["after"]] == [
        "static.service"
    ]

    always(fleet_of_two, host, state="absent")
    assert applications.with_timer(host) == ASKING
    assert not always(fleet_of_two, host, state="absent")["changed"]


def test_connections_that_are_open(fleet_of_two: Fleet, host: Host) -> None:
    """nginx, which has values of its own on one port, ends idle connections after a minute: it may have none by then."""
    wanted = {"scope": "units", "units": ["static*", *applications.NAMES[1:]], "time": 120, "exclude_ports": [PLAIN]}
    with applications.connected(host):
        assert applications.timers(host) == ASKING
        promised = always(fleet_of_two, host, check=True, **wanted, connections=True)
        assert applications.timers(host) <= ASKING
        real = always(fleet_of_two, host, **wanted, connections=True)
        assert real["connections"] == promised["connections"]
        switched = {one["unit"] for one in real["connections"] if one["switched_on"]}
        assert switched == {
            "static.service",
            "workers.service",
            "activated.socket",
            "client.service",
            "pool.service",
            "delegated.service",
        }
        assert applications.timers(host) - {OWN} == ALL - {OWN, PLAIN}
        for one in probed(fleet_of_two, host, (STATIC, ACTIVATED)).values():
            assert one["connections"]["open"] == one["connections"]["with_keepalive"] > 0
        assert not always(fleet_of_two, host, **wanted, connections=True)["changed"]
        always(fleet_of_two, host, state="absent", connections=True)
        assert applications.timers(host) <= ASKING


@pytest.mark.parametrize(
    ("forbidding", "reason"),
    [
        ("SystemCallFilter=~bpf SystemCallErrorNumber=EPERM", "a seccomp filter forbids the system call bpf"),
        ("SystemCallFilter=~bpf SystemCallErrorNumber=EACCES", "a seccomp filter forbids the system call bpf"),
        ("CapabilityBoundingSet=~CAP_SYS_ADMIN", "bpf needs CAP_SYS_ADMIN; use become: true"),
    ],
    ids=["seccomp", "seccomp with another error", "a capability"],
)
def test_what_forbids_it_is_named(fleet_of_two: Fleet, host: Host, forbidding: str, reason: str) -> None:
    """The module is run as a service that systemd forbids it. This host is a container as well, which is said with it."""
    properties = " ".join(f"-p {each}" for each in forbidding.split())
    host.run(
        "cat > /root/forbidden; chmod 755 /root/forbidden",
        text=f'#!/bin/sh\nexec systemd-run --quiet --pipe --wait {properties} /usr/bin/python3 "$@"\n',
    )
    keywords: Result = {"vars": {"ansible_python_interpreter": "/root/forbidden"}, "failed_when": False}
    options = {"scope": "units", "units": ["static.service"], "time": 120, "boot": False}
    refused = task(fleet_of_two, [host], ALWAYS, options, keywords=keywords)[host.name]
    by = " (this host is a container of systemd-nspawn, which decides that)"
    assert refused["msg"].startswith("The program cannot be attached")
    assert refused["msg"].endswith(f": {reason}{by}.")
    assert attached(cgroup_of(host, "/system.slice/static.service")) == []


def probed(fleet: Fleet, host: Host, ports: tuple[int, ...]) -> dict[int, Result]:
    found = task(fleet, [host], PROBE, {"ports": list(ports), "settle": 0.3})[host.name]
    return {one["port"]: one for one in found["listeners"]}


def test_the_whole_host_and_a_measured_drop(fleet_of_two: Fleet, host: Host) -> None:
    host.run("printf 'TCPKeepAlive no\\n' >> /etc/ssh/sshd_config")
    real = always(fleet_of_two, host, scope="host", exclude_units=["workers.service"], **QUICK)
    assert "/etc/ssh/sshd_config says TCPKeepAlive no: connections to its port 22 are left alone." in real["limits"]
    assert applications.with_timer(host) == ALL - {WORKERS}

    targets = [{"host": host.address, "port": port} for port in (STATIC, PLAIN, ACTIVATED)]
    measured = applications.measured(targets)
    assert {one["port"]: one["measured"]["ended_by"] for one in measured} == dict.fromkeys(
        (STATIC, PLAIN, ACTIVATED), "dropped"
    )
    assert all(3.5 < one["measured"]["dropped_after"] < 6 for one in measured)

    changed = always(fleet_of_two, host, scope="units", units=["static.service"], **QUICK)
    removed = {scope["unit"] for scope in changed["scopes"] if scope["runtime"]["after"] is None}
    assert removed == {None, "workers.service"}, "what the task does not name is removed"
    assert applications.with_timer(host) == {*ASKING, STATIC}
    always(fleet_of_two, host, state="absent")


def test_a_program_of_another_tool_in_a_cgroup_above(fleet_of_two: Fleet, host: Host) -> None:
    """It would be stopped for the unit's connections, so ours is not attached."""
    slice_of_units = cgroup_of(host, "/system.slice")
    options: Result = {"scope": "units", "units": ["static.service"], "time": 120, "boot": False}
    with foreign.attached(slice_of_units, foreign.TIMEOUT, foreign.OVERRIDE):
        refused = task(fleet_of_two, [host], ALWAYS, options, keywords={"failed_when": False})[host.name]
    assert refused["msg"].startswith(
        "The cgroup /system.slice has the program 'other' of another tool, which would be stopped "
    )
    assert attached(slice_of_units / "static.service") == []


def test_an_image_has_the_files_that_the_module_writes(fleet_of_two: Fleet, host: Host) -> None:
    values = {"time": 120, "interval": 30, "probes": 4}
    host.run("sh", text=snippet.snippet(values, "always", ["nginx.service"]))
    wanted: Result = {"scope": "units", "units": ["nginx.service"], "boot": True, **values}
    (scope,) = always(fleet_of_two, host, check=True, **wanted)["scopes"]
    assert scope["boot"]["before"] is not None
    assert scope["boot"]["before"] == scope["boot"]["after"]
    always(fleet_of_two, host, state="absent", boot=True)
    assert host.run("ls /etc/netops-keepalive /usr/local/lib/netops-keepalive", check=False).stdout == ""


@pytest.mark.long
def test_hundreds_of_units(fleet_of_two: Fleet, host: Host) -> None:
    host.run("cat > /etc/systemd/system/many@.service", text="[Service]\nExecStart=/bin/sleep infinity\n")
    host.run("systemctl daemon-reload && systemctl start $(seq -f many@%g.service 500)")
    wanted: Result = {"scope": "units", "units": ["many@*"], "time": 120}
    try:
        real = always(fleet_of_two, host, **wanted)
        assert len({scope["cgroup"] for scope in real["scopes"]}) == 500
        assert {scope["runtime"]["after"]["time"] for scope in real["scopes"]} == {120}
        assert not always(fleet_of_two, host, **wanted)["changed"]
        removed = always(fleet_of_two, host, state="absent")
        assert {scope["runtime"]["after"] for scope in removed["scopes"]} == {None}
    finally:
        host.run("systemctl stop 'many@*'")


def cgroup_of(host: Host, path: str) -> pathlib.Path:
    return outer_mount() / host.machine.name / "payload" / path.lstrip("/")


def test_a_host_with_cgroups_of_version_2_alone(fleet_of_two: Fleet) -> None:
    host = fleet_of_two.hosts[1]
    real = always(fleet_of_two, host, scope="units", units=["ssh.service"], time=120)
    (scope,) = real["scopes"]
    assert scope["cgroup"] == "/system.slice/ssh.service"
    cgroup = cgroup_of(host, scope["cgroup"])
    assert [one["name"] for one in attached(cgroup)] == ["netops_always"]
    with socket.create_connection((host.address, 22)):
        assert "timer:(keepalive,1min" in host.run("ss -tnoH state established sport = :22").stdout
    assert always(fleet_of_two, host, state="absent")["changed"]
    assert attached(cgroup) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scope": "units", "units": ["nowhere.service"]}, "units has 'nowhere.service': there is no such unit on this host."),
        ({"scope": "units", "units": ["ssh.service", "-.mount"]}, "units has '-.mount': allowed are services, sockets, slices and scopes."),
        ({"scope": "host", "exclude_units": ["nowhere.socket"]}, "exclude_units has 'nowhere.socket': there is no such unit on this host."),
    ],
    ids=["no such unit", "no connections", "excluded"],
)  # fmt: skip
def test_refused_units(fleet_of_two: Fleet, host: Host, options: Result, message: str) -> None:
    result = task(fleet_of_two, [host], ALWAYS, {**options, "time": 120}, keywords={"failed_when": False})[host.name]
    assert result["msg"] == message
