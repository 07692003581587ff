# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fleets come and go completely, whatever happens in between. What is left is read with tools that know nothing of fleets."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import needs, paths
from tests.support.commands import run, tool
from tests.support.fleet import Fleet, Host, processes, ssh

TIME = "net.ipv4.tcp_keepalive_time"
KEEPALIVE = (TIME, "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes")
# The locks stay; a cgroup that is deleted can only be that of a process that ended.
HARMLESS = (".lock", "(deleted)")
KERNEL_DEFAULTS = ["7200", "75", "9"]


@pytest.fixture
def own_fleet(tmp_path: Path) -> Iterator[Fleet]:
    """A fleet for tests that are rough with it."""
    needs.booted_hosts()
    fleet = Fleet(tmp_path / "fleet")
    yield fleet
    fleet.destroy()


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Host]]:
    """Two hosts whose values may be changed."""
    needs.booted_hosts()
    fleet = Fleet(tmp_path_factory.mktemp("pair") / "fleet")
    fleet.create(2)
    yield fleet.hosts
    fleet.destroy()


def traces(fleet: Fleet) -> list[str]:
    """Whatever on this machine bears the fleet's name or lies in its folder."""
    listings = {
        "process": subprocess.run(
            ["pgrep", "-fa", str(fleet.folder)], capture_output=True, text=True, check=False
        ).stdout,
        "cgroup": "".join(_lines_of_all("cgroup")),
        "mount": "".join(_lines_of_all("mounts")),
        "namespace": run("ip", "netns", "list"),
        "link": run("ip", "-oneline", "link", "show"),
        "address": run("ip", "-oneline", "address", "show"),
        "file": run("find", "/run/netops-keepalive", "/run/systemd/nspawn", "/sys/fs/cgroup", "-maxdepth", "2"),
        "claim": run("find", "/run/netops-keepalive/blocks", "-printf", "%l\n"),
        "folder": str(fleet.folder) if fleet.folder.exists() else "",
    }
    return [
        f"{kind}: {line}"
        for kind, listing in listings.items()
        for line in listing.splitlines()
        if (fleet.token in line or str(fleet.folder) in line) and not line.endswith(HARMLESS)
    ]


def _lines_of_all(file: str) -> Iterator[str]:
    """A file of every process there is: no namespace or cgroup of any of them may still hold on to the fleet."""
    for path in Path("/proc").glob(f"[0-9]*/{file}"):
        try:
            yield path.read_text(errors="replace")
        except OSError:  # it ended
            continue


def boot_ids(fleet: Fleet) -> dict[str, str]:
    return {host.name: host.read("/proc/sys/kernel/random/boot_id") for host in fleet.hosts}


def keepalive(host: Host) -> list[str]:
    return host.run(f"sysctl -n {' '.join(KEEPALIVE)}").stdout.split()


def kill_process(pattern: str) -> None:
    (pid,) = subprocess.run(["pgrep", "-f", pattern], capture_output=True, text=True, check=True).stdout.split()
    os.kill(int(pid), signal.SIGKILL)


def test_the_hosts_are_of_the_three_releases_in_turn(fleet: Fleet) -> None:
    hosts = fleet.hosts[:4]
    assert [host.release for host in hosts] == ["bullseye", "bookworm", "trixie", "bullseye"]
    assert [host.run("cat /etc/debian_version").stdout.split(".")[0] for host in hosts] == ["11", "12", "13", "11"]
    assert {host.run("systemctl is-system-running --wait").stdout.strip() for host in hosts} == {"running"}


@pytest.mark.parametrize(
    "unique", ["hostname", "cat /etc/machine-id", "readlink /proc/self/ns/net", "cat /proc/sys/kernel/random/boot_id"]
)
def test_each_host_is_a_system_of_its_own(fleet: Fleet, unique: str) -> None:
    hosts = fleet.hosts[:4]
    assert len({host.run(unique).stdout for host in hosts}) == len(hosts)


def test_a_service_stopped_on_one_host_runs_on_the_others(fleet: Fleet) -> None:
    one, *others = fleet.hosts[:3]
    try:
        one.run("systemctl stop dbus.socket dbus.service")
        assert [host.run("systemctl is-active dbus.socket").stdout.strip() for host in others] == ["active"] * 2
        assert one.run("systemctl is-active dbus.socket", check=False).stdout.strip() == "inactive"
    finally:
        one.run("systemctl start dbus.socket")


def test_creating_again_changes_nothing_and_more_hosts_are_added(own_fleet: Fleet) -> None:
    own_fleet.create(2)
    before = boot_ids(own_fleet)
    inventory = own_fleet.inventory.read_text()

    own_fleet.create(2)
    assert boot_ids(own_fleet) == before
    assert own_fleet.inventory.read_text() == inventory

    own_fleet.create(4)
    after = boot_ids(own_fleet)
    assert len(after) == 4
    assert before.items() <= after.items()


@pytest.mark.parametrize(
    "pattern", ["boots.sh .*/{name}/", "systemd-nspawn .*--machine={name}"], ids=["supervisor", "nspawn"]
)
def test_a_killed_host_is_remade_and_the_others_are_left_alone(own_fleet: Fleet, pattern: str) -> None:
    own_fleet.create(3)
    before = boot_ids(own_fleet)
    victim = own_fleet.hosts[1]

    kill_process(pattern.format(name=victim.machine.name))
    own_fleet.create(3)

    after = boot_ids(own_fleet)
    assert [name for name in before if before[name] != after[name]] == [victim.name]
    victim.reboot()


@pytest.mark.parametrize("lost", ["fleet.json", "hosts/{name}/upper/etc", "ssh"])
def test_a_fleet_whose_folder_was_damaged_is_repaired(own_fleet: Fleet, lost: str) -> None:
    own_fleet.create(1)
    run("rm", "-rf", str(own_fleet.folder / lost.format(name=own_fleet.hosts[0].machine.name)))

    own_fleet.create(1)

    assert own_fleet.hosts[0].run("cat /etc/debian_version").stdout.startswith("11")


def test_destroying_leaves_nothing(own_fleet: Fleet) -> None:
    own_fleet.create(2)
    assert {trace.split(":")[0] for trace in traces(own_fleet)} >= {
        "process",
        "cgroup",
        "mount",
        "namespace",
        "link",
        "claim",
    }

    own_fleet.destroy()
    assert traces(own_fleet) == []

    own_fleet.destroy()  # nothing to do, nothing to complain about
    assert traces(own_fleet) == []


def a_folder(fleet: Fleet) -> bool:
    return fleet.folder.exists()


def some_mounts(fleet: Fleet) -> bool:
    return str(fleet.folder) in Path("/proc/self/mounts").read_text()


def some_processes(fleet: Fleet) -> bool:
    return any(processes.marked(fleet.token))


def one_answers(fleet: Fleet) -> bool:
    return any(ssh.answers(host.address) for host in fleet.hosts)


@pytest.mark.parametrize("moment", [a_folder, some_mounts, some_processes, one_answers])
def test_nothing_is_left_of_a_creation_that_was_killed(own_fleet: Fleet, moment: Callable[[Fleet], bool]) -> None:
    kill_creation(own_fleet, moment)
    own_fleet.destroy()
    assert traces(own_fleet) == []


def test_a_creation_that_was_killed_is_completed_by_the_next(own_fleet: Fleet) -> None:
    kill_creation(own_fleet, some_processes)
    own_fleet.create(6)
    assert len(set(boot_ids(own_fleet).values())) == 6


def kill_creation(fleet: Fleet, moment: Callable[[Fleet], bool]) -> None:
    creating = subprocess.Popen(
        [sys.executable, "-m", "tests.support.fleet", "create", "--hosts", "6", "--directory", str(fleet.folder)],
        cwd=paths.ROOT,
    )
    deadline = time.monotonic() + 60
    while not moment(fleet):
        assert time.monotonic() < deadline, "that moment never came"
    creating.kill()
    assert creating.wait() == -signal.SIGKILL, "the creation had ended before it was killed"


@pytest.mark.parametrize("command", [("create", "--hosts", "1"), ("destroy",)], ids=lambda command: command[0])
def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path, command: tuple[str, ...]) -> None:
    needs.booted_hosts()
    (tmp_path / "thesis.txt").write_text("ten years of work")
    refused = subprocess.run(
        [sys.executable, "-m", "tests.support.fleet", *command, "--directory", str(tmp_path)],
        cwd=paths.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert refused.returncode == 1
    assert refused.stderr == f"fleet: {tmp_path} is not a fleet's folder: it has 'thesis.txt' in it\n"
    assert (tmp_path / "thesis.txt").exists()


def test_ansible_reaches_every_host_of_the_inventory(fleet: Fleet) -> None:
    listed = json.loads(tool("ansible-inventory", "--inventory", fleet.inventory, "--list"))
    hosts = [host.name for host in fleet.hosts]
    assert sorted(listed["_meta"]["hostvars"]) == sorted(hosts)
    assert sorted(listed["trixie"]["hosts"]) == [host.name for host in fleet.hosts if host.release == "trixie"]

    answer = tool(
        "ansible", "fleet", "--inventory", fleet.inventory, "--module-name", "ansible.builtin.ping", "--forks", "10"
    )
    assert answer.count('"ping": "pong"') == len(hosts)


def test_the_values_of_a_host_are_its_own(pair: list[Host]) -> None:
    outer = run("sysctl", "-n", *KEEPALIVE).split()
    one, other = pair
    one.run(f"sysctl -w {TIME}=123")
    assert keepalive(one) == ["123", "75", "9"]
    assert keepalive(other) == KERNEL_DEFAULTS
    assert run("sysctl", "-n", *KEEPALIVE).split() == outer


def test_the_values_of_a_host_enter_no_network_namespace_in_it(pair: list[Host]) -> None:
    host = pair[0]
    in_namespace = f"ip netns exec {{}} sysctl -n {TIME}"
    host.run(
        f"ip netns add existing && ip netns exec existing sysctl -w {TIME}=600 && sysctl -w {TIME}=123 && ip netns add new"
    )
    assert host.run(f"sysctl -n {TIME}").stdout == "123\n"
    assert host.run(in_namespace.format("existing")).stdout == "600\n"
    assert host.run(in_namespace.format("new")).stdout == "7200\n"
    host.run("ip netns delete existing && ip netns delete new")


def test_a_reboot_forgets_the_runtime_values_and_applies_the_files(pair: list[Host]) -> None:
    host = pair[1]
    host.run(f"sysctl -w {TIME}=123 net.ipv4.tcp_keepalive_probes=4")
    host.run("cat >/etc/sysctl.d/50-test.conf", text="net.ipv4.tcp_keepalive_intvl = 33\n")
    namespace = host.run("readlink /proc/self/ns/net").stdout

    host.reboot()

    assert host.run("readlink /proc/self/ns/net").stdout != namespace
    assert keepalive(host) == ["7200", "33", "9"]


def test_a_renewed_host_is_as_it_was_at_first(own_fleet: Fleet) -> None:
    own_fleet.create(2)
    before = boot_ids(own_fleet)
    own_fleet.hosts[0].run("touch /etc/mine")

    own_fleet.renew(own_fleet.hosts[0])

    assert own_fleet.hosts[0].run("test -e /etc/mine", check=False).returncode == 1
    assert boot_ids(own_fleet)[own_fleet.hosts[1].name] == before[own_fleet.hosts[1].name]
