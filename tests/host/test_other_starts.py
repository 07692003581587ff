# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts that systemd does not start, and containers: which program reads the files, and which values they start with."""

from __future__ import annotations

import pytest

from tests.support.hosts.throwaway import OUR_FILE, ThrowawayHost

ALL = {"time": 60, "interval": 20, "probes": 3}
UNKNOWN_READER = "Nothing here is known to read sysctl files at start."
OTHER_READER = (
    "/etc/init.d/sysctl reads sysctl files at start, but not with the command sysctl --system of procps, "
    "which is assumed here: the values of the next boot may be others."
)
UNKNOWN_START = (
    "No file sets {}. This is a container, and its engine may start it with a value (--sysctl, sysctls of the pod), "
    "which is not known here: the kernel's default is assumed."
)


def start_by(host: ThrowawayHost, init: str, link: str = "", script: str = "sysctl -q --system\n") -> None:
    """From now on `init` has started this host, not systemd; `link` in /etc makes it run the script."""
    host.own_etc()
    host.sh(f"rmdir /run/systemd/system; touch {init}")
    if link:
        host.sh(f"cd /etc; rm -rf init.d runlevels rcS.d; mkdir -p init.d $(dirname {link})")
        host.write("/etc/init.d/sysctl", script)
        host.sh(f"ln -s /etc/init.d/sysctl /etc/{link}")


def start_by_sysvinit(host: ThrowawayHost) -> None:
    start_by(host, "/run/initctl", "rcS.d/S15procps")


def test_where_procps_boots_it_reads_sysctl_conf_last(host: ThrowawayHost) -> None:
    start_by_sysvinit(host)
    host.write("/etc/sysctl.conf", "net.ipv4.tcp_keepalive_time = 300\n")
    before = host.footprint()
    refused = host.set(time=60)
    assert refused["msg"] == (
        f"{OUR_FILE} would not decide the values of the next boot, because /etc/sysctl.conf:1 sets time to 300 (sysctl --system); "
        "remove that, or pass overridden: take_over (comments it out) or warn (goes on)."
    )
    assert host.footprint() == before

    done = host.set(**ALL, file="/etc/sysctl.conf")
    assert done["boot"]["after"]["time"] == 60
    assert done["limits"] == []
    assert host.after_boot("procps") == (60, 20, 3)


def test_a_hidden_file_where_procps_boots(host: ThrowawayHost) -> None:
    start_by_sysvinit(host)
    done = host.set(time=60, file="/etc/sysctl.d/.hidden.conf", overridden="warn")
    assert done["boot"]["after"]["time"] == 60
    assert host.after_boot("procps") == (60, 75, 9)


def test_openrc_that_runs_sysctl_of_procps(host: ThrowawayHost) -> None:
    start_by(host, "/run/openrc", "runlevels/boot/sysctl")
    assert host.set(**ALL)["limits"] == host.info()["limits"] == []


def test_openrc_that_reads_the_files_one_by_one(host: ThrowawayHost) -> None:
    start_by(
        host, "/run/openrc", "runlevels/boot/sysctl", "for file in /etc/sysctl.d/*.conf; do sysctl -p $file; done\n"
    )
    assert host.set(**ALL)["limits"] == host.info()["limits"] == [OTHER_READER]


def test_an_unknown_init(host: ThrowawayHost) -> None:
    start_by(host, "/run/runit")
    assert host.set(check_mode=True, **ALL)["limits"] == [UNKNOWN_READER]
    assert host.set(**ALL)["limits"] == host.info()["limits"] == [UNKNOWN_READER]


def test_a_container_without_an_init(host: ThrowawayHost) -> None:
    """A throw-away host has a network namespace of its own, which the kernel did not make when it started."""
    start_by(host, "/run/nothing")
    host.sh("echo 600 > /proc/sys/net/ipv4/tcp_keepalive_time")  # as an engine does before it starts a container
    assert host.info()["limits"] == [UNKNOWN_START.format("time, interval, probes"), UNKNOWN_READER]
    done = host.set(state="absent")
    assert done["runtime"]["after"]["time"] == 7200
    assert done["limits"] == [UNKNOWN_START.format("time, interval, probes"), UNKNOWN_READER]
    assert host.set(interval=20)["limits"][0] == UNKNOWN_START.format("time, probes")


@pytest.mark.parametrize("engine", ["docker", "podman", "lxc"])
def test_a_container_that_systemd_starts(host: ThrowawayHost, engine: str) -> None:
    host.write("/run/systemd/container", engine)
    assert host.info()["limits"] == [UNKNOWN_START.format("time, interval, probes")]
    assert host.set(**ALL)["limits"] == []


@pytest.mark.parametrize("engine", ["systemd-nspawn", "wsl\n"])
def test_no_engine_that_sets_values(host: ThrowawayHost, engine: str) -> None:
    host.write("/run/systemd/container", engine)
    assert host.info()["limits"] == []
