# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applications that do not take a connection, or not for long, and probers with bounds: each gets its own answer."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import needs
from tests.support.hosts.throwaway import ThrowawayHost
from tests.support.probe.inspecting import scene

OWN = {"time": 60, "interval": 20, "probes": 3}
TIMEOUT = 2.5
LISTENER_ONLY = (
    "Only the listener and its open connections were read: the application may set other options on a connection after it "
    "accepts it."
)
ONE_READING = re.compile(r"before its options could be read a second time|reset the connection at once$")
KINDS: dict[str, dict[str, Any]] = {
    "good": {"accepted": OWN},
    "full": {"backlog": 0, "full": True},
    "full, set on the listener": {"backlog": 0, "full": True, "listener": OWN},
    "never accepts": {"accepts": False},
    "slow": {"accepted": OWN, "slow": 0.7},
    "resets": {"resets": True},
    "closes": {"closes": True},
    "closes after its options": {"accepted": OWN, "closes": True, "late": 0.2},
    "firewall": {"drops_syn": True},
    "restless": {"restless": 100},
    "deferred": {"accepted": OWN, "defer": 30},
    "deferred for a moment": {"accepted": OWN, "defer": 1},
}


@pytest.fixture(scope="module")
def seen(shared_host: ThrowawayHost) -> Iterator[dict[str, Any]]:
    with scene.servers(shared_host, *KINDS.values()) as servers:
        found = scene.inspected(
            shared_host, [server.port for server in servers], options={"timeout": TIMEOUT, "settle": 0.3}
        )
        yield {
            **{name: found.observation(server.port) for name, server in zip(KINDS, servers, strict=True)},
            "took": found.answer["took"],
        }


@pytest.mark.parametrize(
    ("name", "contact", "problem"),
    [
        ("good", "accepted", None),
        ("slow", "accepted", None),
        ("full", "not_accepted", " takes no connection: its queue is full; 1 wait to be accepted, and it holds 0"),
        (
            "never accepts",
            "not_accepted",
            "the application did not accept the connection in 2.5 s: it waits in the listener's queue",
        ),
        ("resets", "accepted", "the application closed the connection before its options could be read"),
        ("closes", "accepted", "the application closed the connection before its options could be read"),
        (
            "firewall",
            "unreachable",
            " gave no answer in 2.5 s although it listens: a firewall on this host drops the connection",
        ),
    ],
)
def test_each_has_its_own_answer(seen: dict[str, Any], name: str, contact: str, problem: str | None) -> None:
    assert seen[name]["contact"] == contact
    found = seen[name]["problem"] or ""
    # One that closes at once may have been read a first time, or may have reset the connection before it was looked at.
    assert found.endswith(problem or "") or (name in ("resets", "closes") and ONE_READING.search(found))
    assert bool(seen[name]["problem"]) == bool(problem)
    assert seen[name]["keepalive"] is (True if problem is None else None)


def test_no_listener_waits_for_another(seen: dict[str, Any]) -> None:
    """The slowest takes its timeout, or changes its options at ten readings; the others go on beside."""
    assert seen["took"] < 10 * 0.3 + 2


def test_a_listener_tells_what_its_connections_start_with(seen: dict[str, Any]) -> None:
    full = seen["full, set on the listener"]
    assert (full["contact"], full["read"], full["keepalive"]) == ("not_accepted", "exact", True)
    assert full["values"]["time"] == 60
    assert full["limits"] == [LISTENER_ONLY]


def test_one_reading_before_the_close_shows_what_is_on(seen: dict[str, Any]) -> None:
    closed = seen["closes after its options"]
    assert (closed["contact"], closed["closed"]) == ("accepted", True)
    assert closed["keepalive"] is None, "before it set them there was one reading, and an off is never told from one"
    assert closed["limits"] == [
        "The application closed the test connection before its options could be read a second time: it may have set more."
    ]


def test_options_that_keep_changing_are_reported_as_such(seen: dict[str, Any]) -> None:
    assert seen["restless"]["limits"] == [
        "The application kept changing the options of the test connection: these are the last."
    ]


def test_a_deferred_listener_is_read_without_a_connection_or_with_data(
    seen: dict[str, Any], shared_host: ThrowawayHost
) -> None:
    passive = seen["deferred"]
    assert (passive["contact"], passive["deferred"], passive["keepalive"]) == ("not_tried", True, None)
    assert passive["limits"] == [
        "The application gets a connection only after data has come (TCP_DEFER_ACCEPT): give send, bytes that it understands, "
        "to have a connection probed."
    ]
    with scene.servers(shared_host, {"accepted": OWN, "defer": 30}) as (server,):
        found = scene.inspected(shared_host, [server.port], target={"send": "HEAD"})
    active = found.observation(server.port)
    assert (active["contact"], active["deferred"], active["values"]["time"]) == ("accepted", True, 60)


def test_a_listener_that_is_deferred_for_a_moment_is_waited_for(seen: dict[str, Any]) -> None:
    """As of hitch and pgbouncer: their kernel hands over a silent connection after a second."""
    found = seen["deferred for a moment"]
    assert (found["contact"], found["read"], found["values"]["time"]) == ("accepted", "exact", 60)
    assert found["limits"] == []


def test_no_connection_is_made_where_none_is_wanted(shared_host: ThrowawayHost) -> None:
    with scene.servers(shared_host, {"accepted": OWN}, {"listener": OWN}) as servers:
        before = opened(shared_host)
        found = scene.inspected(shared_host, [server.port for server in servers], target={"connect": False})
        assert opened(shared_host) == before
    unknown, inherited = (found.observation(server.port) for server in servers)
    assert (unknown["contact"], unknown["read"], unknown["keepalive"]) == ("not_tried", "exact", None)
    assert (inherited["contact"], inherited["read"], inherited["keepalive"]) == ("not_tried", "exact", True)
    assert unknown["limits"] == inherited["limits"] == [LISTENER_ONLY]


def opened(host: ThrowawayHost) -> int:
    """Connections that this network namespace has opened."""
    names, values = host.sh("grep ^Tcp: /proc/net/snmp").split("Tcp:")[1:]
    return int(dict(zip(names.split(), values.split(), strict=True))["ActiveOpens"])


def test_a_listener_that_is_closed_after_discovery_is_refused(shared_host: ThrowawayHost) -> None:
    with scene.servers(shared_host, {}) as (server,):
        process = scene.prober(shared_host, ports=[server.port], wait=True)
        wait_for_line(process)
    observation = scene.resumed(process).observation(server.port)
    assert observation["contact"] == "refused"
    assert observation["keepalive"] is None


def test_an_application_that_was_started_again_is_read_as_it_is_now(shared_host: ThrowawayHost) -> None:
    with scene.servers(shared_host, {"accepted": {"time": 11}}) as (old,):
        process = scene.prober(shared_host, ports=[old.port], wait=True)
        wait_for_line(process)
    with scene.servers(shared_host, {"accepted": {"time": 22}, "port": old.port}) as (new,):
        observation = scene.resumed(process).observation(old.port)
    assert observation["values"]["time"] == 22
    assert observation["process"]["pid"] == new.pid != old.pid


def wait_for_line(process: Any) -> None:
    assert process.stdout.readline() == b"discovered\n"


def test_a_namespace_that_is_gone_has_a_sentence(shared_host: ThrowawayHost) -> None:
    inside = ("unshare", "--net", "sh", "-c", 'ip link set lo up; exec "$@"', "sh")
    with scene.servers(shared_host, {}, under=inside) as (server,):
        process = scene.prober(shared_host, ports=[server.port], wait=True, namespaces=True)
        wait_for_line(process)
    observation = scene.resumed(process).observation(server.port)
    assert observation["contact"] == "not_tried"
    assert observation["problem"].startswith("the network namespace /proc/")
    assert observation["problem"].endswith(" cannot be entered: No such file or directory")


MOVES = """
import ctypes, socket
own = socket.create_server(("0.0.0.0", 0))
print(own.getsockname()[1], flush=True)
input()
assert ctypes.CDLL(None).unshare(0x40000000) == 0  # CLONE_NEWNET
print(flush=True)
input()
"""


def test_a_namespace_in_whose_place_there_is_another_is_not_taken_for_it(shared_host: ThrowawayHost) -> None:
    """Here the process moves on; a new process under the number of one that ended looks the same."""
    mover = shared_host.open("unshare", "--net", sys.executable, "-c", MOVES)
    assert mover.stdin is not None
    assert mover.stdout is not None
    port = int(mover.stdout.readline())
    process = scene.prober(shared_host, ports=[port], wait=True, namespaces=True)
    wait_for_line(process)
    mover.stdin.write(b"\n")
    mover.stdin.flush()
    mover.stdout.readline()
    observation = scene.resumed(process).observation(port)
    mover.communicate(timeout=30)
    assert observation["problem"] == f"the network namespace /proc/{mover.pid}/ns/net is gone: another has its place"


def test_few_descriptors_are_enough_for_many_network_namespaces(shared_host: ThrowawayHost) -> None:
    with scene.servers(shared_host, *[{"listener": OWN, "own_network": True}] * 24) as servers:
        found = scene.inspected(
            shared_host,
            [server.port for server in servers],
            open_files=45,
            namespaces=True,
            target={"connect": False},
        )
    assert [(one["problem"], one["keepalive"]) for one in found.answer["observations"]] == [(None, True)] * 24


def test_few_descriptors_are_enough_for_many_listeners(shared_host: ThrowawayHost) -> None:
    with scene.servers(shared_host, *[{"accepted": OWN}] * 60) as servers:
        found = scene.inspected(
            shared_host, [server.port for server in servers], open_files=50, options={"settle": 0.1}
        )
    assert [one["values"]["time"] for one in found.answer["observations"]] == [60] * 60


def test_too_few_descriptors_have_a_sentence(shared_host: ThrowawayHost) -> None:
    with scene.servers(shared_host, {}) as (server,):
        process = scene.prober(shared_host, ports=[server.port], wait=True, full_after=True)
        wait_for_line(process)
        observation = scene.resumed(process).observation(server.port)
    assert observation["contact"] == "not_tried"
    assert observation["problem"] == (
        f"the prober could not open a connection to 127.0.0.1:{server.port}: Too many open files; raise its limit of open "
        "files (ulimit -n)"
    )


def test_a_failure_after_the_socket_was_made_stays_with_its_listener(shared_host: ThrowawayHost) -> None:
    """As where fs.epoll.max_user_watches is reached, by a connection that has to be waited for."""
    with scene.servers(shared_host, *[{"drops_syn": True}] * 2) as servers:
        ports = [server.port for server in servers]
        found = scene.inspected(shared_host, ports, refuse="ENOSPC", call="epoll_ctl")
    assert [(found.observation(port)["contact"], found.observation(port)["problem"]) for port in ports] == [
        ("not_tried", f"the prober could not open a connection to 127.0.0.1:{port}: No space left on device")
        for port in ports
    ]


def test_a_kernel_that_lists_its_sockets_no_more_has_a_sentence(shared_host: ThrowawayHost) -> None:
    with scene.servers(shared_host, {}) as (server,):
        found = scene.inspected(shared_host, [server.port], refuse="EPERM", call="sendto", restricted_later=True)
    observation = found.observation(server.port)
    assert (observation["contact"], observation["keepalive"]) == ("accepted", None)
    assert observation["problem"] == "this kernel does not list its TCP sockets (netlink sock_diag): EPERM"


def test_a_listener_that_no_route_leads_to_is_judged_by_its_own_options(shared_host: ThrowawayHost) -> None:
    """A namespace whose loopback is down, as of a service that is cut off the network (PrivateNetwork=)."""
    kind = {"address": "0.0.0.0", "listener": OWN}
    with scene.servers(shared_host, kind, under=("unshare", "--net")) as (server,):
        observation = scene.inspected(shared_host, [server.port], namespaces=True).observation(server.port)
    assert (observation["contact"], observation["values"]["time"]) == ("not_tried", 60)
    assert observation["problem"] == (
        f"the prober could not open a connection to 0.0.0.0:{server.port}: no route leads there; check that the interface lo "
        "is up"
    )


def test_the_rate_bounds_the_connections_a_second(shared_host: ThrowawayHost) -> None:
    with scene.servers(shared_host, *[{}] * 11) as servers:
        found = scene.inspected(shared_host, [server.port for server in servers], options={"rate": 20, "settle": 0.05})
    assert {one["contact"] for one in found.answer["observations"]} == {"accepted"}
    assert found.answer["took"] >= 10 / 20


def test_the_source_address_is_used_where_it_fits(shared_host: ThrowawayHost) -> None:
    kinds = ({"address": "0.0.0.0"}, {"address": "::", "v6only": 0}, {"address": "::1"})
    with scene.servers(shared_host, *kinds) as servers:
        ports = [server.port for server in servers]
        process = scene.prober(shared_host, ports=ports, options={"source_address": "127.0.0.9", "settle": 2})
        sources = "ss -tnH state established src 127.0.0.9 | awk '{print $4}' | sort"
        listed = shared_host.sh(f"until [ $({sources} | wc -l) = 2 ]; do sleep 0.1; done; {sources}")
        found = scene.seen(process)
        elsewhere = scene.inspected(shared_host, ports[:1], options={"source_address": "192.0.2.77"})
    assert listed.split() == sorted(f"127.0.0.1:{port}" for port in ports[:2])
    assert [found.observation(port)["contact"] for port in ports] == ["accepted", "accepted", "not_tried"]
    assert found.observation(ports[2])["problem"] == (
        "source_address is '127.0.0.9': no connection from there reaches ::1, an address of the other family"
    )
    assert elsewhere.observation(ports[0])["problem"] == (
        "source_address is '192.0.2.77': Cannot assign requested address; allowed is an address of the prober, of the same "
        "family as the target's"
    )


def test_a_machine_without_ipv6_on_its_loopback_is_probed_over_ipv4(host: ThrowawayHost) -> None:
    with scene.servers(host, {"address": "::", "v6only": 0, "accepted": OWN}) as (server,):
        host.sh("echo 1 > /proc/sys/net/ipv6/conf/lo/disable_ipv6")
        observation = scene.inspected(host, [server.port]).observation(server.port)
    assert (observation["contact"], observation["family"]) == ("accepted", "inet6")
    assert observation["values"]["time"] == 60


def test_a_prober_that_is_killed_leaves_nothing(shared_host: ThrowawayHost) -> None:
    ss = needs.program("ss", package="iproute2")
    with scene.servers(shared_host, *[{}] * 20, {"accepts": False}) as servers:
        process = scene.prober(shared_host, ports=[server.port for server in servers], options={"settle": 30})
        open_ones = (
            f"{ss} -tnH state established state syn-sent '( "
            + " or ".join(f"dport = :{server.port}" for server in servers)
            + " )' | wc -l"
        )
        shared_host.sh(f"until [ $({open_ones}) = 21 ]; do sleep 0.05; done")
        process.kill()
        process.communicate()
        shared_host.sh(f"for n in $(seq 40); do [ $({open_ones}) = 0 ] && exit; sleep 0.05; done; {ss} -tn; exit 1")
