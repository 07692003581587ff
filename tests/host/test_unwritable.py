# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts that do not let themselves be written: one sentence says what and how to proceed, and nothing is half done."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from tests.support import needs
from tests.support.hosts.throwaway import NOBODY, OUR_FILE, ThrowawayHost

TIME = "/proc/sys/net/ipv4/tcp_keepalive_time"
OLD = "# mine\nnet.ipv4.tcp_keepalive_time = 600\n"
READ_ONLY_PROC = "mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys"
# Of this host, whose PID 1 is the machine's.
SEEN_BY_PID_1 = "cat /proc/self/mountinfo > /run/mountinfo; mount --bind /run/mountinfo /proc/1/mountinfo"
READ_ONLY_ETC = "mount -o remount,bind,ro /etc/sysctl.d"
NO_IPV4 = "mount -t tmpfs none /proc/sys/net"


class Refusal(NamedTuple):
    """`way_out`: the options that the sentence names, which have to work."""

    prepare: str
    sentence: str
    way_out: dict[str, Any]


SEEN_BEFORE_WRITING = {
    "a read-only /etc": Refusal(
        READ_ONLY_ETC,
        f"Cannot write {OUR_FILE}: it is on a read-only file system; pass boot: false to set the runtime values only.",
        {"boot": False},
    ),
    "no IPv4": Refusal(
        NO_IPV4,
        f"This host has no {TIME}: its kernel has no IPv4, or /proc is not mounted; pass runtime: false to write the file only.",
        {"runtime": False},
    ),
}


@pytest.mark.parametrize("case", SEEN_BEFORE_WRITING.values(), ids=SEEN_BEFORE_WRITING)
def test_what_is_seen_before_writing(host: ThrowawayHost, case: Refusal) -> None:
    host.write(OUR_FILE, OLD)
    host.sh(case.prepare)
    before = host.footprint()
    promised = host.set(check_mode=True, time=60)
    refused = host.set(time=60)
    assert refused["msg"] == promised["msg"] == case.sentence
    assert host.footprint() == before

    done = host.set(time=60, **case.way_out)
    assert done["changed"] is True
    if "runtime" in case.way_out:
        assert host.read().decode() == OLD.replace("600", "60")
    else:
        assert host.runtime() == (60, 75, 9)
        assert host.read().decode() == OLD


@pytest.mark.parametrize("options", [{}, {"runtime": False}], ids=["both", "boot"])
def test_a_read_only_proc_sys(host: ThrowawayHost, options: dict[str, Any]) -> None:
    """Then no file has an effect at boot, so writing the file only is no way out."""
    host.write(OUR_FILE, OLD)
    host.sh(f"{READ_ONLY_PROC}; {SEEN_BY_PID_1}")
    before = host.footprint()
    promised = host.set(check_mode=True, time=60, **options)
    refused = host.set(time=60, **options)
    assert (
        refused["msg"]
        == promised["msg"]
        == (
            f"/proc/sys/net is mounted read-only, so {OUR_FILE} has no effect at boot; "
            "set the values where the network namespace is made (sysctls of the pod or container)."
        )
    )
    assert host.set(time=60, boot=False)["msg"] == (
        f"Cannot set {TIME}: it is mounted read-only here, as in most containers; set the values where the network namespace is made "
        "(sysctls of the pod or container)."
    )
    assert host.footprint() == before


def test_a_proc_sys_that_is_read_only_for_this_login(host: ThrowawayHost) -> None:
    """As in a service with ProtectKernelTunables=yes: the next boot sets the value all the same."""
    host.sh(READ_ONLY_PROC)
    assert "it is mounted read-only here" in host.set(time=60)["msg"]
    done = host.set(time=60, runtime=False)
    assert (done["boot"]["after"]["time"], done["limits"]) == (60, [])


def test_values_that_a_container_was_started_with(host: ThrowawayHost) -> None:
    """Nothing in it can change them, so the next start gives it the same."""
    host.sh(f"echo 600 > {TIME}; {READ_ONLY_PROC}; {SEEN_BY_PID_1}")
    host.write(OUR_FILE, "net.ipv4.tcp_keepalive_time = 60\n")
    info = host.info()
    assert (info["boot"]["time"], info["boot_source"]["time"]) == (600, None)
    assert info["limits"] == ["/proc/sys/net is mounted read-only: no sysctl file has an effect at boot."]
    assert host.set(state="absent")["runtime"]["after"]["time"] == 600


def test_absent_on_a_host_without_ipv4(host: ThrowawayHost) -> None:
    host.write(OUR_FILE, OLD)
    host.sh(NO_IPV4)
    before = host.footprint()
    assert host.set(state="absent")["msg"] == SEEN_BEFORE_WRITING["no IPv4"].sentence
    assert host.footprint() == before
    assert host.set(state="absent", runtime=False)["changed"] is True
    assert host.read() == b"# mine\n"


def test_nothing_to_do_needs_no_permission(host: ThrowawayHost) -> None:
    host.set(time=60)
    host.sh(f"{READ_ONLY_PROC}; {READ_ONLY_ETC}")
    assert host.set(time=60)["changed"] is False


FULL = {
    "of bytes": "mount -t tmpfs -o size=16k none /etc/sysctl.d",
    "of files": "mount -t tmpfs -o size=16k,nr_inodes=3 none /etc/sysctl.d",
}


@pytest.mark.parametrize("exists", [True, False], ids=["with the file", "without the file"])
@pytest.mark.parametrize("mount", FULL.values(), ids=FULL)
def test_a_full_disk(host: ThrowawayHost, mount: str, exists: bool) -> None:
    host.sh(mount)
    if exists:
        host.write(OUR_FILE, OLD)
    host.sh("cd /etc/sysctl.d; cat /dev/zero > README 2>/dev/null || true; touch a b c 2>/dev/null || true")
    before = host.state()
    refused = host.set(time=60, interval=20)
    assert refused["msg"] == f"Cannot write {OUR_FILE}: No space left on device."
    assert host.state() == before
    assert host.set(time=60, boot=False)["changed"] is True


def test_a_file_that_may_not_change(host: ThrowawayHost) -> None:
    needs.root()
    needs.program("chattr", package="e2fsprogs")
    host.write(OUR_FILE, OLD)
    host.sh(f"chattr +i {OUR_FILE}", machine_root=True)
    try:
        before = host.footprint()
        sentence = f"Cannot write {OUR_FILE}: uid 0 may not, or the file is immutable (lsattr shows it)."
        assert host.set(time=60, interval=20)["msg"] == sentence
        assert host.set(machine_root=True, state="absent")["msg"] == sentence
        assert without_folder(host.footprint()) == without_folder(before)
    finally:
        host.sh(f"chattr -i {OUR_FILE}", machine_root=True)


def test_a_file_that_is_a_mount_point(host: ThrowawayHost) -> None:
    """As container engines put single files into place."""
    host.write(OUR_FILE, OLD)
    host.sh(f"mount --bind {OUR_FILE} {OUR_FILE}")
    before = host.state()
    assert host.set(time=60)["msg"] == f"Cannot write {OUR_FILE}: Device or resource busy."
    assert host.state() == before


UNPRIVILEGED = [
    ({}, f"Cannot set {TIME}: uid {NOBODY} may not; run the task with become: true."),
    ({"boot": False}, f"Cannot set {TIME}: uid {NOBODY} may not; run the task with become: true."),
    ({"runtime": False}, f"Cannot write {OUR_FILE}: uid {NOBODY} may not; run the task with become: true."),
]


@pytest.mark.parametrize("check_mode", [True, False], ids=["check", "real"])
@pytest.mark.parametrize(("options", "sentence"), UNPRIVILEGED, ids=["both", "runtime", "boot"])
def test_a_user_without_privilege(
    host: ThrowawayHost, options: dict[str, Any], sentence: str, check_mode: bool
) -> None:
    needs.root()
    host.write(OUR_FILE, OLD)
    before = host.footprint()
    assert host.as_nobody("tcp_keepalive", check_mode=check_mode, time=60, **options)["msg"] == sentence
    assert host.footprint() == before


@pytest.mark.parametrize("check_mode", [True, False], ids=["check", "real"])
def test_root_of_a_user_namespace_that_does_not_own_the_network(host: ThrowawayHost, check_mode: bool) -> None:
    """As in a rootless container with --network host: there is no other user to become."""
    needs.root()
    before = host.footprint()
    refused = host.as_nobody("tcp_keepalive", root_of_namespace=True, check_mode=check_mode, time=60)
    assert refused["msg"] == (
        f"Cannot set {TIME}: uid 0 may not: its user namespace does not own this network namespace, as in a container that shares "
        "its host's network, or a security module forbids it; set the values on the host."
    )
    refused = host.as_nobody("tcp_keepalive", root_of_namespace=True, check_mode=check_mode, time=60, runtime=False)
    assert refused["msg"] == (
        f"Cannot write {OUR_FILE}: uid 0 may not: the file belongs to no user of its user namespace, or a security module forbids "
        "it; pass boot: false to set the runtime values only."
    )
    assert host.footprint() == before


def without_folder(footprint: str) -> str:
    """Without the folder's times: a temporary file came and went."""
    return "".join(line for line in footprint.splitlines(True) if not line.startswith("/etc/sysctl.d d"))
