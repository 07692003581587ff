# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
import socket
import typing as t

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._errors import InvalidValue
from ansible_collections.netops.keepalive.plugins.module_utils._probe import request as probe_request
from ansible_collections.netops.keepalive.plugins.module_utils._probe.discovery import select
from ansible_collections.netops.keepalive.plugins.module_utils._probe.types import Listener, Target
from ansible_collections.netops.keepalive.plugins.module_utils._settings import Settings
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.types import Holder, Process

from tests.support.probe.options import NOTHING

POLICY = {"time": 60, "interval": 20, "probes": 3}


def parsed(**params: object) -> probe_request.Request:
    return probe_request.parse({**NOTHING, **params})


def only_target(**params: object) -> Target:
    (wanted,) = parsed(**params).wanted
    return wanted.target


def test_without_ports_every_listener_is_meant() -> None:
    request = parsed(policy=POLICY)
    assert request.wanted == ()
    assert request.anything is not None
    assert not request.anything.named
    assert request.anything.policy == Settings(60, 20, 3)
    assert request.anything.method == "inspect"


def test_ports_are_targets_that_say_nothing_themselves() -> None:
    request = parsed(ports=[22, "8000-8100"], policy=POLICY)
    assert [(wanted.target.target_index, wanted.ports.low, wanted.ports.high) for wanted in request.wanted] == [
        (0, 22, 22),
        (1, 8000, 8100),
    ]
    assert all(wanted.target.named and wanted.target.policy == Settings(60, 20, 3) for wanted in request.wanted)


def test_what_is_for_those_that_are_measured_may_stand_at_the_task() -> None:
    read, measured = (
        wanted.target
        for wanted in parsed(
            targets=[{"port": 22}, {"port": 443, "method": "dead_peer"}], tls=True, max_wait=60.0, hold=30.0
        ).wanted
    )
    assert (read.method, read.tls, read.max_wait, read.hold) == ("inspect", True, None, None)
    assert (measured.method, measured.tls, measured.max_wait, measured.hold) == ("dead_peer", True, 60.0, 30.0)


def test_what_stands_at_the_task_need_fit_only_its_targets() -> None:
    assert only_target(method="dead_peer", connect=False, targets=[{"port": 22, "method": "inspect"}]).connect is False


def test_a_target_takes_from_the_task_what_it_leaves_out() -> None:
    target = only_target(
        targets=[{"name": "web", "port": 443, "tls": True, "policy": {"time": 10}}],
        method="dead_peer",
        policy=POLICY,
        send="hello",
        max_wait=90.0,
        hold=30.0,
    )
    assert (target.name, target.tls, target.policy) == ("web", True, Settings(time=10))
    assert (target.method, target.send, target.max_wait, target.hold) == ("dead_peer", b"hello", 90.0, 30.0)


def test_a_target_may_say_no_where_the_task_says_yes() -> None:
    assert only_target(targets=[{"port": 22, "connect": False}]).connect is False
    assert only_target(targets=[{"port": 22, "tls": False}], tls=True, method="dead_peer").tls is False


def test_another_host_is_measured() -> None:
    target = only_target(host="db-01", ports=[5432])
    assert (target.host, target.method) == ("db-01", "dead_peer")


def test_an_exemption_has_its_reason() -> None:
    target = only_target(targets=[{"port": 4222, "keepalive_expected": False, "reason": "pings on its own"}])
    assert target.exempt == "pings on its own"
    assert only_target(targets=[{"port": 4222, "keepalive_expected": True, "reason": "no longer"}]).exempt is None


REFUSED: list[tuple[dict[str, t.Any], str]] = [
    (
        {"source_address": "here.example"},
        "source_address is 'here.example': allowed is an IPv4 or IPv6 address of the prober.",
    ),
    (
        {"source_address": "10.0.0.1\0"},
        "source_address is '10.0.0.1\\x00': allowed is an IPv4 or IPv6 address of the prober.",
    ),
    ({"host": "db-01"}, "no port is named: host and method dead_peer need ports or targets"),
    ({"method": "dead_peer"}, "no port is named: host and method dead_peer need ports or targets"),
    ({"ports": ["http"]}, "the port is 'http': allowed is a TCP port"),
    ({"targets": [{"port": None}]}, "the port is None: allowed is a TCP port"),
    (
        {"host": "db-01", "ports": ["80-90"]},
        "the port is '80-90', a range, for host 'db-01': on another host name each port.",
    ),
    (
        {"host": "db-01", "ports": ["127.0.0.1:80"]},
        "the port is '127.0.0.1:80' for host 'db-01': on another host name the port alone.",
    ),
    (
        {"host": "db-01", "ports": [80], "method": "inspect"},
        "method is 'inspect' for host 'db-01': another host can only be measured",
    ),
    (
        {"host": "db-01", "ports": [80], "accelerate": True},
        "accelerate is given for host 'db-01': only the timers of an application on the machine",
    ),
    ({"ports": [80], "tls": True, "hold": 3.0}, "hold is given with method inspect: it needs dead_peer."),
    (
        {"ports": [80], "method": "dead_peer", "connect": False},
        "connect is false with method dead_peer: measuring needs a connection",
    ),
    ({"ports": [80], "policy": {"time": 0}}, "time is 0: allowed is a whole number of seconds from 1 to 32767."),
    (
        {"ports": [80], "policy": {"idle": 60}},
        "the policy is {'idle': 60}: allowed is a mapping with time, interval and probes.",
    ),
    (
        {"ports": [80], "method": "dead_peer", "max_wait": 0.0},
        "max_wait is 0.0: allowed is a number of seconds from 0.1 to 604800.",
    ),
    (
        {"ports": [80], "method": "dead_peer", "hold": float("nan")},
        "hold is nan: allowed is a number of seconds from 1 to 604800.",
    ),
    ({"settle": -1.0}, "settle is -1.0: allowed is a number of seconds from 0 to 604800."),
    (
        {"rate": 1e-8},
        "rate is 1e-08: allowed is a number of connections a second, 0 for no limit, or from 0.01 to 604800.",
    ),
    (
        {"ports": [80], "policy": {"drop_after": 10}},
        "the policy is {'drop_after': 10}: allowed is time alone, or time, interval and probes.",
    ),
    (
        {"ports": [80], "policy": {"time": 9, "probes": 1}},
        "the policy is {'time': 9, 'probes': 1}: allowed is time alone, or time, interval and probes.",
    ),
    (
        {"rate": -5.0},
        "rate is -5.0: allowed is a number of connections a second, 0 for no limit, or from 0.01 to 604800.",
    ),
    (
        {"targets": [{"port": 80, "keepalive_expected": False}]},
        "keepalive_expected is false for port 80, without a reason: say why.",
    ),
]


@pytest.mark.parametrize(("params", "sentence"), REFUSED)
def test_what_cannot_be_asked_for_is_refused_before_anything_is_done(params: dict[str, t.Any], sentence: str) -> None:
    with pytest.raises(InvalidValue, match=f"^{re.escape(sentence)}"):
        parsed(**params)


def listener(port: int, cookie: int, name: str = "redis-server", pid: int = 812) -> Listener:
    return Listener(
        socket.AF_INET,
        "127.0.0.1",
        port,
        cookie,
        inode=cookie,
        holders=(Holder(pid, 7),),
        process=Process(pid, name, f"/usr/bin/{name}", pids=(pid,)),
    )


def test_the_more_exact_entry_has_the_listener_wherever_it_stands() -> None:
    here = [listener(8000, 1), listener(8001, 2), listener(8002, 3)]
    targets = [
        {"name": "range", "port": "8000-8100"},
        {"name": "port", "port": 8000, "keepalive_expected": False, "reason": "a ticket"},
        {"name": "address", "port": "127.0.0.1:8001"},
        {"name": "behind it", "port": 8001},
    ]
    chosen = select.choose(parsed(targets=targets), here)
    assert [(target.name, target.port) for target in chosen.targets] == [
        ("range", 8002),
        ("port", 8000),
        ("address", 8001),
    ]
    assert chosen.missing == ()


def test_what_is_named_twice_is_looked_at_twice() -> None:
    targets = [{"name": "a", "port": 8000}, {"name": "b", "port": 8000, "policy": {"time": 1}}]
    chosen = select.choose(parsed(targets=targets), [listener(8000, 1)])
    assert [target.name for target in chosen.targets] == ["a", "b"]


def test_every_listener_that_a_port_reaches_becomes_a_target_and_each_only_once() -> None:
    here = [listener(6379, 1), listener(6379, 2), listener(22, 3)]
    chosen = select.choose(parsed(ports=[6379, "6000-7000", 5000]), here)
    assert [(target.target_index, target.listener.cookie) for target in chosen.targets if target.listener] == [
        (0, 1),
        (0, 2),
    ]
    assert [wanted.ports.low for wanted in chosen.missing] == [5000]


def test_a_range_whose_listeners_are_all_named_already_misses_nothing() -> None:
    chosen = select.choose(parsed(ports=[6379, "6000-7000"]), [listener(6379, 1)])
    assert chosen.missing == ()


def test_what_nobody_named_is_spared_where_a_connection_starts_or_hurts_something() -> None:
    request = parsed(send="secret")
    here = [listener(6379, 1), listener(2049, 2, "systemd", pid=1), listener(1234, 3, "gdbserver")]
    redis, activated, debugger = select.choose(request, here).targets
    assert redis.connect
    assert redis.skip_reason is None
    assert redis.send is None, "nothing is said to who was not named"
    assert [(skipped.connect, bool(skipped.skip_reason)) for skipped in (activated, debugger)] == [(False, True)] * 2


def test_what_is_named_is_connected_to_whatever_it_is() -> None:
    (target,) = select.choose(parsed(ports=[1234]), [listener(1234, 3, "gdbserver")]).targets
    assert target.connect


def test_a_range_names_no_program() -> None:
    """`everything else` is a range: what only it reaches is as careful as where nobody named anything."""
    here = [listener(5005, 1, "java"), listener(1234, 2, "gdbserver"), listener(6379, 3)]
    targets = [{"port": "1024-65535"}, {"port": 1234, "send": "exact"}]
    debugged, redis, named = select.choose(parsed(targets=targets, send="secret", method="dead_peer"), here).targets
    assert (debugged.method, debugged.connect, debugged.send) == ("inspect", False, None)
    assert debugged.skip_reason
    assert (redis.method, redis.connect, redis.send, redis.skip_reason) == ("dead_peer", True, None, None)
    assert (named.method, named.connect, named.send, named.skip_reason) == ("dead_peer", True, b"exact", None)


def test_connect_false_is_no_sparing() -> None:
    (target,) = select.choose(parsed(connect=False), [listener(1234, 3, "gdbserver")]).targets
    assert not target.connect
    assert target.skip_reason is None
