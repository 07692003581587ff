# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What inspect still learns where it may not, or cannot, read the sockets of others; and that it says so."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import needs
from tests.support.hosts.throwaway import NOBODY, ThrowawayHost
from tests.support.probe.inspecting import scene

OWN = {"time": 60, "interval": 20, "probes": 3}
KINDS: tuple[dict[str, Any], ...] = (
    {"accepted": OWN},
    {"accepted": OWN, "late": 0.3},
    {"listener": {"time": 7200}},
    {},
)
WAYS: list[tuple[dict[str, Any], str]] = [
    (
        {"user": NOBODY},
        "which process has the accepted connection is not shown: uid 65534 lacks CAP_SYS_PTRACE; run the task with "
        "become: true",
    ),
    (
        {"refuse": "ENOSYS"},
        "this kernel cannot duplicate another process's socket (pidfd_getfd came with Linux 5.6)",
    ),
    (
        {"refuse": "EPERM"},
        "the sockets of process {pid} may not be read: a filter on system calls, as in a container, or a security "
        "module (SELinux, AppArmor) refuses pidfd_getfd",
    ),
    (
        {"without_ptrace": True},
        "which process has the accepted connection is not shown: uid 0 lacks CAP_SYS_PTRACE; run the task on the host "
        "itself, not in a container",
    ),
]


@pytest.mark.parametrize(("how", "why"), WAYS, ids=lambda one: " ".join(one) if isinstance(one, dict) else "")
def test_the_timer_shows_that_keepalive_is_on_and_never_that_it_is_off(
    shared_host: ThrowawayHost, how: dict[str, Any], why: str
) -> None:
    if "user" in how or "without_ptrace" in how:
        needs.root()
    with scene.servers(shared_host, *KINDS, machine_root="without_ptrace" in how) as servers:
        found = scene.inspected(shared_host, [server.port for server in servers], **how)
    on, late, inherited, off = (found.observation(server.port) for server in servers)
    kept = (on, late, inherited)
    assert {(one["contact"], one["read"], one["keepalive"], one["set_by"]) for one in kept} == {
        ("accepted", "timer", True, None)
    }
    unknown = {"interval": None, "probes": None, "user_timeout": None}
    assert [one["values"] for one in kept] == [{"time": time, **unknown} for time in (60, 60, 7200)]
    assert (off["contact"], off["read"], off["keepalive"], off["values"]) == ("accepted", "timer", None, None)
    assert on["limits"] == [
        "Only the kernel's timers were read: they show that keepalive is on and about how long its time is, but not interval "
        f"and probes: {why.format(pid=servers[0].pid)}."
    ]
    assert off["limits"] == [
        "Only the kernel's timers were read, and no keepalive timer runs on the test connection: "
        f"{why.format(pid=servers[3].pid)}."
    ]


def test_a_connection_that_goes_to_a_process_that_may_not_be_read_is_not_judged_by_the_reading_before(
    shared_host: ThrowawayHost,
) -> None:
    """The child sets its options as another user, while the parent, which may be read, still has the connection."""
    needs.root()
    setpriv = needs.program("setpriv", package="util-linux")
    kind = {"fork": True, "keeps": 0.4, "user": NOBODY, "accepted": OWN}
    readable = (str(setpriv), "--bounding-set", "-sys_ptrace")  # no right that the prober lacks
    with scene.servers(shared_host, kind, machine_root=True, under=readable) as (server,):
        found = scene.inspected(
            shared_host, [server.port], machine_root=True, without_ptrace=True, options={"settle": 0.8}
        )
    observation = found.observation(server.port)
    assert (observation["contact"], observation["read"], observation["keepalive"]) == ("accepted", "timer", True)


def test_nobody_reads_what_is_his_own(shared_host: ThrowawayHost) -> None:
    needs.root()
    needs.program("setpriv", package="util-linux")
    nobody = ("setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups")
    with scene.servers(shared_host, {"accepted": OWN}, under=nobody, machine_root=True) as (server,):
        observation = scene.inspected(shared_host, [server.port], user=NOBODY).observation(server.port)
    assert (observation["read"], observation["values"]["interval"]) == ("exact", 20)
    assert observation["process"]["pid"] == server.pid


def test_a_deferred_listener_is_told_from_outside(shared_host: ThrowawayHost) -> None:
    """Its options cannot be read; but the handshake does not end, which is how it looks."""
    with scene.servers(shared_host, {"accepted": OWN, "defer": 30}) as (server,):
        observation = scene.inspected(shared_host, [server.port], refuse="EPERM", options={"timeout": 1}).observation(
            server.port
        )
    assert (observation["contact"], observation["deferred"], observation["problem"]) == ("not_tried", True, None)
    assert observation["limits"][-1] == (
        "The application gets a connection only after data has come (TCP_DEFER_ACCEPT): give send, bytes that it understands, "
        "to have a connection probed."
    )


def test_open_connections_are_counted_without_any_right(shared_host: ThrowawayHost) -> None:
    needs.root()
    program = (
        "import socket, sys; c = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); print(flush=True); input()"
    )
    with scene.servers(shared_host, {"accepted": OWN}) as (server,):
        client = shared_host.open("python3", "-c", program, str(server.port))
        assert client.stdout is not None
        client.stdout.readline()
        observation = scene.inspected(shared_host, [server.port], user=NOBODY, target={"connect": False}).observation(
            server.port
        )
        client.communicate(b"\n", timeout=30)
    assert observation["connections"] == {"open": 1, "with_keepalive": 1}
    assert (observation["contact"], observation["read"], observation["keepalive"]) == ("not_tried", "timer", True)
    assert observation["process"] is None
