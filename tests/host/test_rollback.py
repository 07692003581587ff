# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A step fails: what was done before it is put back, and one sentence says which step it was."""

from __future__ import annotations

import pytest

from tests.support.hosts.strace import injecting
from tests.support.hosts.throwaway import OUR_FILE, ThrowawayHost, new_host, result_of
from tests.support.hosts.writing_runs import IDS, LATER, POINTS, PROC, SCENARIOS, Recorded, record

FORBIDDEN = (
    "uid 0 may not: its user namespace does not own this network namespace, as in a container that shares its host's network, "
    "or a security module forbids it; set the values on the host"
)
SLOW = "delay_exit=1500000"  # microseconds: time for somebody else to act


@pytest.fixture(scope="module")
def recorded() -> dict[str, Recorded]:
    return {name: record(host, scenario) for name, scenario in SCENARIOS.items() for host in new_host()}


@pytest.mark.parametrize("name", SCENARIOS)
def test_these_are_all_the_calls_that_write(recorded: dict[str, Recorded], name: str) -> None:
    assert [call.what for call in recorded[name].calls] == SCENARIOS[name].calls


@pytest.mark.parametrize(("name", "index"), POINTS, ids=IDS)
def test_every_call_that_writes_fails_in_turn(
    host: ThrowawayHost, recorded: dict[str, Recorded], name: str, index: int
) -> None:
    call = recorded[name].calls[index]
    SCENARIOS[name].prepare(host)
    before = host.state()
    refused = host.set(under=injecting(call.name, f"error=EIO:when={call.number}"), **SCENARIOS[name].options)
    assert refused == {"failed": True, "msg": sentence(name, index)}
    assert host.state() == before


def sentence(name: str, index: int) -> str:
    """Which value or file it was: the one whose rename or unlink comes next."""
    calls = SCENARIOS[name].calls
    target = calls[index].split()[1]
    if target.startswith(PROC):
        return f"Cannot set {target}: Input/output error."
    where = index - 1 if calls[index] == "fsync /etc/sysctl.d" else index
    path = next(what.split()[1] for what in calls[where:] if what.startswith(("rename", "unlink")))
    return f"Cannot write {path}: Input/output error."


def test_a_value_that_the_kernel_did_not_keep(host: ThrowawayHost) -> None:
    """The second of three: a write that says it worked and did nothing."""
    before = host.state()
    refused = host.set(under=injecting("write", "retval=2", path=f"{PROC}intvl"), time=60, interval=20, probes=3)
    assert refused["msg"] == f"{PROC}intvl reads 75 after 20 was written: something else sets it at the same time."
    assert host.state() == before


def test_another_process_sets_the_value_right_after_us(host: ThrowawayHost) -> None:
    """What that one has set stays his; the rest is put back."""
    host.write(OUR_FILE, "# mine\n")
    files = host.state().split("\n", 3)[3]
    run = host.begin(under=injecting("write", SLOW, path=f"{PROC}intvl"), time=60, interval=20)
    host.sh(f"until grep -qx 20 {PROC}intvl; do sleep 0.02; done; echo 77 > {PROC}intvl")
    assert (
        result_of(run)["msg"] == f"{PROC}intvl reads 77 after 20 was written: something else sets it at the same time."
    )
    assert host.runtime() == (7200, 77, 9)
    assert host.state().split("\n", 3)[3] == files


def test_another_process_sets_the_value_before_we_are_done(host: ThrowawayHost) -> None:
    run = host.begin(under=injecting("rename", SLOW), time=60, interval=20)
    host.sh(f"until [ -e {OUR_FILE} ]; do sleep 0.02; done; echo 77 > {PROC}intvl")
    assert result_of(run)["msg"] == (
        "The kernel now has time 60, interval 77, probes 9 and not time 60, interval 20, probes 9: something else sets it at the same time."
    )
    assert host.runtime() == (7200, 77, 9)
    assert host.sh("ls -A /etc/sysctl.d") == ""


def test_another_process_writes_a_file_before_we_are_done(host: ThrowawayHost) -> None:
    host.write(OUR_FILE, "# mine\n")
    run = host.begin(under=injecting("rename", SLOW), time=60)
    host.sh(f"until grep -q 60 {OUR_FILE}; do sleep 0.02; done; echo net.ipv4.tcp_keepalive_time=300 > {LATER}")
    assert result_of(run)["msg"] == (
        "After the write the next boot would set time 300, interval 75, probes 9 and not time 60, interval 75, probes 9: "
        "something else edits the sysctl files at the same time."
    )
    assert host.runtime() == (7200, 75, 9)
    assert host.read() == b"# mine\n"
    assert host.sh("ls -A /etc/sysctl.d") == "99-tcp-keepalive.conf\n99-zz.conf\n"


def test_a_folder_that_was_made_goes_again(host: ThrowawayHost) -> None:
    host.sh(f"mkdir {host.disk}/lib; mount --bind {host.disk}/lib /usr/local/lib")
    refused = host.set(under=injecting("rename", "error=EIO"), time=60, file="/usr/local/lib/sysctl.d/50-a.conf")
    assert refused["msg"] == "Cannot write /usr/local/lib/sysctl.d/50-a.conf: Input/output error."
    assert host.sh("ls -A /usr/local/lib") == ""
    assert host.runtime() == (7200, 75, 9)


def test_what_cannot_be_put_back_is_named(host: ThrowawayHost) -> None:
    """The rename fails, and so do the fourth and fifth write: two values, the text, and then the way back."""
    refused = host.set(
        under=[
            *injecting("rename", "error=EIO"),
            "-e",
            "trace=rename,write",
            "-e",
            "inject=write:error=EPERM:when=4..5",
        ],
        time=60,
        interval=20,
    )
    assert refused["msg"] == (
        f"Cannot write {OUR_FILE}: Input/output error. These could not be put back: "
        f"{PROC}intvl (Cannot set {PROC}intvl: {FORBIDDEN}); {PROC}time (Cannot set {PROC}time: {FORBIDDEN})."
    )
    assert host.runtime() == (60, 20, 9)
    assert host.sh("ls -A /etc/sysctl.d") == ""
    # The next run finds that and sets it right.
    assert host.set(time=60, interval=20)["changed"] is True
    assert host.runtime() == host.after_boot() == (60, 20, 9)
