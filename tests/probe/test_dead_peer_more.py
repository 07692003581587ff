# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a measurement can do besides: TLS, data in flight, an idle path, another source, a pace."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest

from tests.support.hosts.throwaway import ThrowawayHost
from tests.support.probe import capture
from tests.support.probe.dead_peer import scene
from tests.support.probe.dead_peer.table import Case, Results, measure_all, on_time

SHORT = {"time": 1, "interval": 1, "probes": 2}
# Data in flight is given up after three seconds.
GIVES_UP = {**SHORT, "user_timeout": 3}


def cases(certificate: str) -> dict[str, Case]:
    return {
        "tls": Case({**SHORT, "probes": 3, "certificate": certificate}, {"tls": True}),
        "tls and login": Case(
            {**SHORT, "probes": 3, "certificate": certificate, "after_login": True},
            {"tls": True, "send": "user me\r\n"},
        ),
        "not tls": Case({"greeting": "220 no TLS here\r\n"}, {"tls": True}),
        "closes instead of tls": Case({"after_login": "closes"}, {"tls": True}),
        "silent instead of tls": Case({}, {"tls": True}),
        "answer in flight": Case({**GIVES_UP, "echo": True}, {"in_flight": True, "send": "hello\r\n"}),
        "greeting in flight": Case({**GIVES_UP, "greeting": "220 ready\r\n"}, {"in_flight": True}),
        "handshake in flight": Case({**GIVES_UP, "certificate": certificate}, {"in_flight": True, "tls": True}),
        "nothing in flight": Case(SHORT, {"in_flight": True}),
        "in flight for long": Case({**SHORT, "greeting": "220 ready\r\n"}, {"in_flight": True, "max_wait": 5}),
        "in flight, closed": Case({**SHORT, "greeting": "220 ready\r\n", "closes_after": 0.02}, {"in_flight": True}),
        "held": Case({}, {"hold": 2, "max_wait": 1}),
        "held by its own probes": Case(SHORT, {"hold": 2, "max_wait": 1}),
        "held and closed": Case({"closes_after": 1}, {"hold": 2}),
        "held and reset": Case({"resets_after": 1}, {"hold": 2}),
    }


@pytest.fixture(scope="module")
def seen(shared_host: ThrowawayHost, certificate: pathlib.Path) -> Iterator[Results]:
    options = {"settle": 0.3, "timeout": 2}
    yield measure_all(shared_host, cases(str(certificate)), options=options)


@pytest.mark.parametrize("name", ["tls", "tls and login"])
def test_behind_tls(seen: Results, name: str) -> None:
    """The tickets that a server sends after the handshake are its greeting, and not talk."""
    measured = seen.measured(name)
    assert measured["ended_by"] == "dropped"
    assert measured["probes"] == 3
    assert on_time(measured["dropped_after"], 4)
    assert not seen[name]["talks"]


def test_login_behind_tls_is_answered(seen: Results) -> None:
    """More came than without it: the encrypted answer."""

    def payload(name: str) -> int:
        return sum(segment.payload for segment in seen.segments(name, to_us=True))

    assert payload("tls and login") >= payload("tls") + len("welcome\r\n")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("not tls", "the TLS handshake failed"),
        ("silent instead of tls", "did not answer in time, if it accepted the connection at all"),
    ],
)
def test_no_tls(seen: Results, name: str, why: str) -> None:
    assert seen[name]["contact"] == "accepted"
    assert seen[name]["measured"] is None
    assert why in seen[name]["problem"]


def test_an_application_that_closes_instead_of_speaking_tls_has_closed_first(seen: Results) -> None:
    assert seen.measured("closes instead of tls")["ended_by"] == "closed"
    assert "the application closed the connection" in seen["closes instead of tls"]["problem"]


@pytest.mark.parametrize("name", ["answer in flight", "greeting in flight", "handshake in flight"])
def test_in_flight(seen: Results, name: str) -> None:
    """TCP_USER_TIMEOUT decides; the kernel looks at it when a retransmission is due, so it is late by the last of them."""
    found = seen[name]["in_flight"]
    assert found["ended_by"] == "dropped"
    assert 3 <= found["dropped_after"] < 8
    assert found["retransmissions"] >= 3


@pytest.mark.parametrize("name", ["answer in flight", "greeting in flight"])
def test_retransmissions_are_those_on_the_wire(seen: Results, name: str) -> None:
    theirs = [segment for segment in seen.segments(name, to_us=True) if segment.payload]
    again = [segment for segment in theirs if [one.sequence for one in theirs].count(segment.sequence) > 1]
    # A prober that gets no processor for a while takes two of them for one.
    assert len(again) - 2 <= seen[name]["in_flight"]["retransmissions"] <= len(again) - 1


def test_silence_is_measured_beside(seen: Results) -> None:
    assert seen.measured("answer in flight")["ended_by"] == "dropped"


def test_nothing_in_flight(seen: Results) -> None:
    assert seen["nothing in flight"]["in_flight"] is None
    assert "the application sent nothing in 2 s; give send" in " ".join(seen["nothing in flight"]["limits"])


def test_in_flight_for_longer_than_max_wait(seen: Results) -> None:
    found = seen["in flight for long"]["in_flight"]
    assert found["ended_by"] == "open"
    assert found["dropped_after"] is None
    assert found["retransmissions"] >= 3
    assert "not given up within 5.0 s" in " ".join(seen["in flight for long"]["limits"])


def test_the_application_closes_with_data_in_flight(seen: Results) -> None:
    assert seen["in flight, closed"]["in_flight"]["ended_by"] == "closed"


def test_held(seen: Results) -> None:
    assert seen["held"]["path"]["answered"] is True
    assert on_time(seen["held"]["path"]["held"], 2)
    assert "was not idle" not in " ".join(seen["held"]["limits"])


def test_held_by_the_probes_of_the_application(seen: Results) -> None:
    assert seen["held by its own probes"]["path"]["answered"] is True
    assert "was not idle" in " ".join(seen["held by its own probes"]["limits"])


def test_held_and_closed(seen: Results) -> None:
    assert seen["held and closed"]["path"]["answered"] is None
    assert seen["held and closed"]["path"]["held"] < 1.9


def test_held_and_reset(seen: Results) -> None:
    assert seen["held and reset"]["path"]["answered"] is False


def test_another_source(shared_host: ThrowawayHost) -> None:
    with scene.servers(shared_host, SHORT) as ports, scene.wire(shared_host) as wire:
        (port,) = ports
        targets: list[scene.Seen] = [{"port": port}, {"port": port, "address": "::1"}]
        found = scene.measured(
            shared_host, [{**one, "max_wait": 1} for one in targets], options={"source_address": "127.0.0.2"}
        )
    usable, unusable = found["observations"]
    assert usable["contact"] == "accepted"
    assert {segment.source_address for segment in wire if segment.destination == port} == {"127.0.0.2"}
    assert unusable["contact"] == "not_tried"
    assert "source_address is '127.0.0.2': " in unusable["problem"]


def test_a_source_that_is_not_ours(shared_host: ThrowawayHost) -> None:
    with scene.servers(shared_host, SHORT) as (port,):
        (seen,) = scene.measured(shared_host, [{"port": port}], options={"source_address": "192.0.2.7"})["observations"]
    assert seen["contact"] == "not_tried"
    assert "192.0.2.7" in seen["problem"]


def test_a_pace(shared_host: ThrowawayHost) -> None:
    """Four connections a second: five need a second, and each waits for its own time."""
    with scene.servers(shared_host, *[SHORT] * 5) as ports, scene.wire(shared_host) as wire:
        found = scene.measured(shared_host, [{"port": port, "max_wait": 0.5} for port in ports], options={"rate": 4})
    opened = [segment.at for segment in wire if segment.flags == capture.SYN]
    assert len(opened) == 5
    assert opened[-1] - opened[0] > 0.7
    assert all(seen["silent_for"] < 1 for seen in found["observations"])


def test_the_limit_of_retransmissions_decides_where_no_user_timeout_does(host: ThrowawayHost) -> None:
    host.sh("echo 3 > /proc/sys/net/ipv4/tcp_retries2")
    with scene.servers(host, {**SHORT, "greeting": "220 ready\r\n"}) as (port,):
        found = scene.measured(host, [{"port": port, "in_flight": True, "max_wait": 20}], options={"timeout": 2})
    in_flight = found["observations"][0]["in_flight"]
    assert in_flight["ended_by"] == "dropped"
    assert in_flight["retransmissions"] >= 3
    assert in_flight["dropped_after"] < 15
