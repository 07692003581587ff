# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is attached after a reboot and after a unit's restart, and what keeps it off; on hosts that really boot.

The cgroup of a host outlives its reboot, and so would a program: a program with another id was attached by the new boot.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.always.boot_units import FILES, ROOTED, SCRIPT, SERVICE, WITH_DROP_IN, install, programs, status
from tests.support.fleet import Fleet, Host
from tests.support.fleet.fixture import new_fleet
from tests.support.fleet.tasks import Result, task

ALWAYS = "netops.keepalive.tcp_keepalive_always"
VALUES = {"time": 120, "interval": 30, "probes": 4}
ON = {"attached": True, "excluded": False, "direction": "both", **VALUES, "user_timeout": None}
BOTH_ENDS = (
    'import socket, time; l = socket.create_server(("127.0.0.1", 7556)); c = socket.create_connection(l.getsockname()); a = l.accept(); '
    "time.sleep(999)"
)
DISABLED = "/etc/netops-keepalive/disabled"


@pytest.fixture(scope="module")
def fleet_of_two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """One with the cgroups of this machine, one with those of version 2 alone and a newer systemd."""
    with new_fleet(tmp_path_factory.mktemp("boot"), 2, ["always", "always-unified"]) as fleet:
        yield fleet


@pytest.fixture
def whole(fleet_of_two: Fleet) -> Host:
    return fleet_of_two.hosts[1]


@pytest.fixture(scope="module")
def units(fleet_of_two: Fleet) -> Host:
    host = fleet_of_two.hosts[0]
    install(host)
    return host


def always(fleet: Fleet, host: Host, check: bool = False, **options: Any) -> Result:
    return task(fleet, [host], ALWAYS, options, check=check)[host.name]


def test_the_whole_host_after_a_reboot_and_off_in_an_emergency(fleet_of_two: Fleet, whole: Host) -> None:
    def run(check: bool = False, **options: Any) -> Result:
        return always(fleet_of_two, whole, check, **{"scope": "host", **VALUES, **options})

    promised = run(check=True)
    assert (programs(whole), whole.run(FILES).stdout) == ([], "")
    real = run()
    assert real == promised
    assert real["scopes"][0]["boot"] == {"before": None, "after": {**ON, "outdated": False}}
    assert (real["limits"], real["held"]) == ([], None)
    assert whole.run(f"systemd-analyze verify {SERVICE} 2>&1").stdout == ""
    before, written = programs(whole), whole.run(f"stat -c %z $({FILES})").stdout
    again = run()
    assert (again["changed"], again["diff"]) == (False, [])
    assert (programs(whole), whole.run(f"stat -c %z $({FILES})").stdout) == (before, written), (
        "an idle run writes nothing"
    )

    whole.reboot()
    assert len(programs(whole)) == 1
    assert programs(whole) != before
    assert not run()["changed"], "the boot has attached what the task wants"
    with socket.create_connection((whole.address, 22)):
        assert "timer:(keepalive,1min" in whole.run("ss -tnoH state established sport = :22").stdout
    assert status(whole)[0] == 0

    whole.run(f"systemctl disable --now {SERVICE}")
    assert programs(whole) == []
    assert status(whole) == (1, "off\nhost: not attached\n")
    back = run()
    assert [one["after_header"] for one in back["diff"]] == [
        "keepalive of the cgroup /", f"/etc/systemd/system/sysinit.target.wants/{SERVICE}", SERVICE,
    ]  # fmt: skip
    whole.run(f"python3 {SCRIPT} off")
    assert programs(whole) == []
    assert run()["changed"]

    whole.run(f"touch {DISABLED}")
    assert len(programs(whole)) == 1, "the file acts at the next boot"
    whole.reboot()
    assert programs(whole) == []
    held = run(time=200)
    assert (held["changed"], held["diff"], held["held"]["by"]) == (False, [], DISABLED)
    assert held["limits"] == [
        f"Held for {held['held']['age']} seconds by {DISABLED}: nothing is changed until that is gone."
    ]
    assert programs(whole) == []
    whole.run(f"rm {DISABLED}")
    assert run(time=200)["scopes"][0]["boot"]["after"]["time"] == 200
    condition = "systemd-analyze condition 'ConditionKernelCommandLine=!netops_keepalive=off'"
    assert whole.run(condition, check=False).returncode == 0
    assert whole.run(f"SYSTEMD_PROC_CMDLINE='quiet netops_keepalive=off' {condition}", check=False).returncode == 1

    promised = always(fleet_of_two, whole, check=True, state="absent")
    assert always(fleet_of_two, whole, state="absent") == promised
    assert (programs(whole), whole.run(FILES).stdout) == ([], "")
    assert whole.run(f"systemctl is-active {SERVICE}", check=False).stdout == "inactive\n"
    assert not always(fleet_of_two, whole, state="absent")["changed"]


def test_files_of_an_older_release_are_replaced(fleet_of_two: Fleet, whole: Host) -> None:
    options = {"scope": "host", **VALUES, "runtime": False}
    always(fleet_of_two, whole, **options)
    assert (programs(whole), whole.run("ls /run/netops-keepalive.json", check=False).stdout) == ([], "")
    whole.run(f"echo '# older' >> {SCRIPT}")
    replaced = always(fleet_of_two, whole, **options)
    assert replaced["scopes"][0]["boot"] == {"before": {**ON, "outdated": True}, "after": {**ON, "outdated": False}}
    assert [one["before_header"] for one in replaced["diff"]] == [SCRIPT]
    always(fleet_of_two, whole, state="absent")


def test_a_service_that_does_not_start_leaves_nothing_behind(fleet_of_two: Fleet, whole: Host) -> None:
    folder = f"/etc/systemd/system/{SERVICE}.d"
    whole.run(f"mkdir {folder}; printf '[Service]\\nExecStart=\\nExecStart=/bin/false\\n' > {folder}/other.conf")
    whole.run(f"systemd-run --quiet --unit=open python3 -c '{BOTH_ENDS}'")
    whole.run("until ss -tnH state established sport = :7556 | grep -q .; do sleep 0.1; done")
    options = {"scope": "host", **VALUES, "loopback": True, "connections": True}
    promised = always(fleet_of_two, whole, check=True, **options)
    assert promised["connections"][0]["switched_on"] >= 2
    failed = task(fleet_of_two, [whole], ALWAYS, options, keywords={"failed_when": False})[whole.name]
    assert failed["msg"] == (
        f"systemctl start {SERVICE} failed: Job for {SERVICE} failed because the control process exited with error code."
    )
    open_ones = whole.run("ss -tnoH state established '( sport = :7556 or dport = :7556 )'").stdout.splitlines()
    assert ["timer:" in line for line in open_ones] == [False, False], "they were switched on before, and off again"
    whole.run(f"systemctl stop open; rm -r {folder}; systemctl reset-failed {SERVICE}", check=False)
    assert (programs(whole), whole.run(FILES).stdout) == ([], "")
    assert whole.run("ls /run/netops-keepalive.json", check=False).stdout == ""


def test_units_after_a_restart_and_a_reboot(fleet_of_two: Fleet, units: Host) -> None:
    names = [*WITH_DROP_IN, *ROOTED]
    options = {
        "scope": "units",
        "units": [name for name in names if not name.endswith(".socket")],
        **VALUES,
        "containers": True,
    }
    promised = always(fleet_of_two, units, check=True, **options)
    real = always(fleet_of_two, units, **options)
    assert real == promised
    assert {one["unit"] for one in real["scopes"] if one["boot"]["after"]} == {*names}
    assert (
        units.run(f"systemd-analyze verify {' '.join(names)} {SERVICE} 2>&1 | grep -i keepalive", check=False).stdout
        == ""
    )
    before = {name: programs(units, name) for name in names}
    assert all(len(one) == 1 for one in before.values())
    assert not always(fleet_of_two, units, **options)["changed"]

    activated = "activated.socket activated.service"
    units.run(f"systemctl stop {activated}; systemctl start {activated}")
    for name in set(names) - set(activated.split()):
        units.run(f"systemctl restart {name}")
    units.run("systemctl is-active " + " ".join(names))
    units.run("sleep 1")  # a companion starts after its unit
    after = {name: programs(units, name) for name in names}
    assert {
        name for name in names if len(after[name]) != 1 or (after[name] == before[name] and not name.endswith(".slice"))
    } == set()
    assert not always(fleet_of_two, units, **options)["changed"]

    units.reboot()
    units.run("systemctl start " + " ".join(names) + "; sleep 1")
    assert {name for name in names if len(programs(units, name)) != 1} == set()
    assert not always(fleet_of_two, units, **options)["changed"]

    units.run(f"systemctl stop {SERVICE}; systemctl restart {names[0]}")
    assert {name for name in names if programs(units, name)} == set(), (
        "a unit that starts while it is off is left alone"
    )
    always(fleet_of_two, units, **options)

    fewer = always(fleet_of_two, units, **{**options, "state": "present", "units": names[:1]})
    gone = {one["unit"] for one in fewer["scopes"] if one["boot"]["before"] and not one["boot"]["after"]}
    assert gone == set(names[1:])
    always(fleet_of_two, units, state="absent")
    assert units.run(FILES).stdout == ""
