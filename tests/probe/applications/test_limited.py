# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts where less is allowed: the result says what could not be learnt, and never guesses it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.commands import attempt
from tests.support.fleet import ssh
from tests.support.probe.applications.servers import POLICY, Entry, Servers

OLD_KERNEL = "[Service]\nSystemCallFilter=~pidfd_getfd:ENOSYS\n"
LIMITED = {
    "confined": "a filter on system calls, as in a container",
    "other": "this kernel cannot duplicate another process's socket (pidfd_getfd came with Linux 5.6)",
}


@pytest.fixture(scope="module")
def limited(servers: Servers) -> Iterator[Servers]:
    """One host whose container forbids it, and one whose kernel is too old to have the system call."""
    for host in (servers.confined, servers.other):
        host.run("systemctl start redis-server nginx")
    drop_in = "/etc/systemd/system/ssh.service.d/old-kernel.conf"
    servers.other.run(f"mkdir -p $(dirname {drop_in}); cat > {drop_in}", text=OLD_KERNEL)
    log_in_anew(servers, "systemctl daemon-reload; systemctl restart ssh")
    yield servers
    log_in_anew(servers, f"rm {drop_in}; systemctl daemon-reload; systemctl restart ssh")


def log_in_anew(servers: Servers, after: str) -> None:
    servers.other.run(after)
    ssh.close_connections(servers.fleet.token, servers.other.address)
    assert ssh.wait_for(servers.other.address, seconds=30)


def assert_that_it_says_why(entry: Entry, reason: str) -> None:
    (limit,) = [limit for limit in entry["limits"] if limit.startswith("Only the kernel's timers were read")]
    assert reason in limit


@pytest.mark.parametrize("name", LIMITED)
def test_on_is_seen_by_the_timer_alone_and_no_timer_is_not_taken_for_off(limited: Servers, name: str) -> None:
    redis, nginx = limited.probe(limited.host(name), policy=POLICY, ports=["127.0.0.1:6379", "0.0.0.0:80"])

    assert redis["keepalive"] is True
    assert redis["settings"]["time"] == pytest.approx(300, rel=0.08)
    assert [redis["settings"][key] for key in ("interval", "probes", "drop_after")] == [None, None, None]
    assert (redis["verdict"], redis["set_by"]) == ("time_too_long", None)

    assert nginx["process"]["unit"] == "nginx.service"
    assert (nginx["keepalive"], nginx["settings"]) == (None, None)
    assert nginx["verdict"] in ("inconclusive", "unreadable")

    assert_that_it_says_why(redis, LIMITED[name])
    assert_that_it_says_why(nginx, LIMITED[name])


def test_without_the_filter_it_is_not_even_tried_where_all_is_asked_for(limited: Servers) -> None:
    status, said = attempt(
        "ansible", limited.confined.name, "-i", limited.fleet.inventory, "-m", "netops.keepalive.tcp_keepalive_probe",
        "-a", '{"ports": [6379], "method": "dead_peer", "require_filter": true}',
    )  # fmt: skip
    assert status != 0
    assert "this machine cannot measure a dead peer" in said


def test_without_the_filter_the_first_probe_is_still_timed(limited: Servers) -> None:
    limited.confined.run("redis-cli config set tcp-keepalive 2")
    (entry,) = limited.probe(limited.confined, ports=["127.0.0.1:6379"], method="dead_peer", max_wait=6)
    assert entry["measured"]["first_probe"] == pytest.approx(2, abs=0.6)
    assert entry["measured"]["dropped_after"] is None
    assert entry["limits"]
