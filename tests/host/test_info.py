# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""tcp_keepalive_info tells what is so, changes nothing, and needs no privilege."""

from __future__ import annotations

from tests.support import needs
from tests.support.hosts.throwaway import OUR_FILE, ThrowawayHost

KERNEL = {"time": 7200, "interval": 75, "probes": 9, "drop_after": 7875}
NOBODY_SAYS = {"time": None, "interval": None, "probes": None}


def test_a_host_that_nobody_has_set(host: ThrowawayHost) -> None:
    before = host.footprint()
    assert host.info() == {
        "changed": False,
        "runtime": KERNEL,
        "boot": KERNEL,
        "boot_source": NOBODY_SAYS,
        "defaults": KERNEL,
        "explicit": {"time": False, "interval": False, "probes": False},
        "native": {
            "net.ipv4.tcp_keepalive_time": 7200,
            "net.ipv4.tcp_keepalive_intvl": 75,
            "net.ipv4.tcp_keepalive_probes": 9,
        },
        "readers": {"systemd": {**KERNEL, "source": NOBODY_SAYS}, "procps": {**KERNEL, "source": NOBODY_SAYS}},
        "conflicts": [],
        "always": [],
        "limits": [],
        "reboot_required": False,
    }
    assert host.footprint() == before


def test_a_host_where_several_have_a_say(host: ThrowawayHost) -> None:
    host.own_etc()
    host.write("/etc/sysctl.d/10-a.conf", "net.ipv4.tcp_keepalive_time = 100\nnet.ipv4.tcp_keepalive_probes = 5\n")
    host.write("/etc/sysctl.d/20-b.conf", "\nnet.ipv4.tcp_keepalive_time = 200\n")
    host.write("/etc/sysctl.conf", "net.ipv4.tcp_keepalive_time = 300\n")
    host.sh("sysctl -qw net.ipv4.tcp_keepalive_intvl=33")
    info = host.info()
    assert info["runtime"] == {"time": 7200, "interval": 33, "probes": 9, "drop_after": 7497}
    assert info["boot"] == {"time": 200, "interval": 75, "probes": 5, "drop_after": 575}
    assert info["boot_source"] == {
        "time": {"file": "/etc/sysctl.d/20-b.conf", "line": 2},
        "interval": None,
        "probes": {"file": "/etc/sysctl.d/10-a.conf", "line": 2},
    }
    assert info["explicit"] == {"time": True, "interval": True, "probes": True}
    assert info["readers"]["procps"]["source"]["time"] == {"file": "/etc/sysctl.conf", "line": 1}
    assert info["conflicts"] == [
        {"parameter": "time", "value": 100, "file": "/etc/sysctl.d/10-a.conf", "line": 1, "reader": "systemd"},
        {"parameter": "time", "value": 300, "file": "/etc/sysctl.conf", "line": 1, "reader": "procps"},
    ]
    assert host.after_boot("systemd") == (200, 75, 5)
    assert host.after_boot("procps") == (info["readers"]["procps"]["time"], 75, 5) == (300, 75, 5)


def test_a_user_without_privilege(host: ThrowawayHost) -> None:
    needs.root()
    host.set(time=60)
    assert host.as_nobody("tcp_keepalive_info") == host.info()


def test_a_file_that_this_user_may_not_read(host: ThrowawayHost) -> None:
    needs.root()
    host.set(time=60)
    host.sh(f"chmod 600 {OUR_FILE}")
    info = host.as_nobody("tcp_keepalive_info")
    assert info["limits"] == [f"{OUR_FILE} cannot be read by this user: what it sets is not in the boot values."]
    assert info["runtime"]["time"] == 60
    assert info["boot"]["time"] == 7200


def test_a_file_that_is_too_large(host: ThrowawayHost) -> None:
    host.set(time=60)
    host.sh("truncate --size 100M /etc/sysctl.d/99-z.conf")
    info = host.info()
    assert info["limits"] == [
        "/etc/sysctl.d/99-z.conf is larger than 2 MiB and was not read: what it sets is not in the boot values."
    ]
    assert info["boot"]["time"] == 60


def test_a_host_without_ipv4(host: ThrowawayHost) -> None:
    host.sh("mount -t tmpfs none /proc/sys/net")
    info = host.info()
    assert info["runtime"] == {"time": None, "interval": None, "probes": None, "drop_after": None}
    assert info["explicit"] == {"time": False, "interval": False, "probes": False}
    assert info["limits"] == [
        "/proc/sys/net/ipv4 shows no value: this kernel has no IPv4 settings, or /proc is not mounted."
    ]


def test_a_read_only_host(host: ThrowawayHost) -> None:
    host.sh(
        "mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys; mount -o remount,bind,ro /etc/sysctl.d"
    )
    assert host.info()["runtime"] == KERNEL
