# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is measured of real listeners when their peer falls silent, all in one call, held against the wire."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.support.hosts.throwaway import ThrowawayHost
from tests.support.probe import capture
from tests.support.probe.dead_peer.table import Case, Results, measure_all, on_time

SHORT = {"time": 1, "interval": 1, "probes": 3}
CASES = {
    "plain": Case(SHORT),
    "longer": Case({"time": 2, "interval": 1, "probes": 4}),
    "ipv6": Case({**SHORT, "address": "::1", "v6only": True}),
    "greets": Case({**SHORT, "greeting": "220 ready\r\n"}),
    "greets slowly": Case({**SHORT, "slow": 0.7, "greeting": "220 ready\r\n"}),
    "one byte": Case({**SHORT, "greeting": "!"}),
    "late": Case({**SHORT, "late": 0.5}),
    "two probes": Case({"time": 1, "interval": 1, "probes": 2}),
    "one probe": Case({"time": 1, "interval": 1, "probes": 1}),
    "user timeout": Case({"time": 1, "interval": 1, "probes": 9, "user_timeout": 2.5}),
    "on the listener": Case({**SHORT, "on_listener": True}),
    "off": Case({}, {"max_wait": 3}),
    "too short": Case(SHORT, {"max_wait": 0.8}),
    "closes": Case({**SHORT, "time": 2, "closes_after": 1}),
    "closes while probed": Case({**SHORT, "probes": 9, "closes_after": 2.5}),
    "probes for long": Case({**SHORT, "probes": 50}, {"max_wait": 3.5}),
    "closes at once": Case({**SHORT, "closes_after": 0.001}),
    "resets at once": Case({**SHORT, "resets_after": 0.001}),
    "resets": Case({**SHORT, "time": 2, "resets_after": 1}),
    "resets between probes": Case({**SHORT, "interval": 3, "resets_after": 1.5}),
    "talks": Case({**SHORT, "talks_every": 0.4}, {"max_wait": 4}),
    "talks in single bytes": Case({**SHORT, "talks_every": 0.4, "says": "!"}, {"max_wait": 4}),
    "asked for its login": Case({**SHORT, "after_login": True}, {"send": "user me\r\n"}),
    "waits for data": Case({**SHORT, "defer": 2}),
    "waits for data, off": Case({"defer": 2}, {"max_wait": 6}),
    "not asked for its login": Case({"after_login": True}, {"max_wait": 2}),
}
# How late a busy machine may let us see what was on the wire; it is 20 ms on an idle one.
LATE = 0.4
DROPPED = {
    "plain": (1, 3),
    "longer": (2, 4),
    "ipv6": (1, 3),
    "greets": (1, 3),
    "greets slowly": (1, 3),
    "one byte": (1, 3),
    "late": (1, 3),
    "two probes": (1, 2),
    "one probe": (1, 1),
    "user timeout": (1, 2),
    "on the listener": (1, 3),
    "asked for its login": (1, 3),
    "waits for data": (1, 3),
}


@pytest.fixture(scope="module")
def seen(shared_host: ThrowawayHost) -> Iterator[Results]:
    # An application may greet for a second and a half; after that it talks.
    yield measure_all(shared_host, CASES, options={"settle": 0.3, "timeout": 1.5})


@pytest.mark.parametrize("name", DROPPED)
def test_probes_and_drop(seen: Results, name: str) -> None:
    """Interval 1 in all of them."""
    first, probes = DROPPED[name]
    measured = seen.measured(name)
    assert measured["ended_by"] == "dropped"
    assert measured["probes"] == probes
    assert len(measured["probe_times"]) == probes
    assert on_time(measured["first_probe"], first)
    assert on_time(measured["dropped_after"], first + probes)
    assert seen[name]["silent_for"] == measured["dropped_after"]
    assert seen[name]["keepalive"] is True
    assert not seen[name]["talks"]


@pytest.mark.parametrize("name", DROPPED)
def test_the_wire_says_the_same(seen: Results, name: str) -> None:
    """Times count from our last segment: it is the last that the application's side could acknowledge, or hear."""
    ours, theirs = seen.segments(name, to_us=False), seen.segments(name, to_us=True)
    base = max(segment.at for segment in ours if not segment.flags & capture.RST)
    silent = [segment for segment in theirs if segment.at > base]
    probes = [segment.at - base for segment in silent if not segment.flags & capture.RST]
    (reset,) = [segment.at - base for segment in silent if segment.flags & capture.RST]
    measured = seen.measured(name)
    reported = [*measured["probe_times"], measured["dropped_after"]]
    assert len(reported) == len(probes) + 1
    later = [ours_says - wire_says for ours_says, wire_says in zip(reported, [*probes, reset], strict=True)]
    assert min(later) > -0.02
    assert max(later) < LATE


@pytest.mark.parametrize("name", DROPPED)
def test_nothing_is_answered_in_the_silence(seen: Results, name: str) -> None:
    theirs = seen.segments(name, to_us=True)
    first_probe = seen.measured(name)["first_probe"]
    reset = next(segment.at for segment in theirs if segment.flags & capture.RST)
    silence = reset - seen.measured(name)["dropped_after"] + first_probe / 2
    assert [segment for segment in seen.segments(name, to_us=False) if segment.at > silence] == []


@pytest.mark.parametrize("name", sorted(set(DROPPED) - {"one probe", "waits for data"}))
def test_interval_is_the_median_of_at_least_two(seen: Results, name: str) -> None:
    """From the last probe to the drop is one of them."""
    measured = seen.measured(name)
    moments = [*measured["probe_times"], measured["dropped_after"]]
    gaps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert min(gaps) - 0.002 <= measured["interval"] <= max(gaps) + 0.002
    assert on_time(measured["interval"], 1)
    assert seen[name]["limits"] == []


def test_fewer_than_two_intervals_are_no_measurement(seen: Results) -> None:
    assert seen.measured("one probe")["interval"] is None
    assert "Fewer than two intervals" in " ".join(seen["one probe"]["limits"])


def test_off(seen: Results) -> None:
    """From outside that is not known: nothing came, and the connection is still there."""
    measured = seen.measured("off")
    assert (measured["first_probe"], measured["probes"], measured["ended_by"]) == (None, 0, "open")
    assert seen["off"]["keepalive"] is None
    assert on_time(seen["off"]["silent_for"], 3)


def test_max_wait_shorter_than_the_first_probe(seen: Results) -> None:
    observation = seen["too short"]
    assert observation["measured"]["first_probe"] is None
    assert observation["measured"]["dropped_after"] is None
    assert observation["measured"]["ended_by"] == "open"
    assert on_time(observation["silent_for"], 0.8)
    assert observation["keepalive"] is None
    assert "No keepalive probe came in 0." in observation["limits"][0]


def test_the_application_closes(seen: Results) -> None:
    assert seen.measured("closes")["ended_by"] == "closed"
    assert seen.measured("closes")["probes"] == 0
    assert on_time(seen["closes"]["silent_for"], 1)


def test_the_application_closes_while_it_is_probed(seen: Results) -> None:
    measured = seen.measured("closes while probed")
    assert measured["ended_by"] == "closed"
    assert measured["probes"] in (1, 2)
    assert measured["dropped_after"] is None
    assert seen["closes while probed"]["keepalive"] is True


def test_the_application_closes_at_once(seen: Results) -> None:
    assert seen["closes at once"]["contact"] == "accepted"
    assert seen.measured("closes at once")["ended_by"] == "closed"


def test_not_dropped_within_max_wait(seen: Results) -> None:
    measured = seen.measured("probes for long")
    assert (measured["probes"], measured["dropped_after"], measured["ended_by"]) == (3, None, "open")
    assert on_time(measured["interval"], 1)
    assert seen["probes for long"]["path"] is None


@pytest.mark.parametrize("name", ["resets at once", "resets", "resets between probes"])
def test_a_reset_that_no_keepalive_explains(seen: Results, name: str) -> None:
    assert seen.measured(name)["ended_by"] == "reset"
    assert seen.measured(name)["dropped_after"] is None


@pytest.mark.parametrize("name", ["talks", "talks in single bytes"])
def test_the_application_talks(seen: Results, name: str) -> None:
    """Its data is let through and acknowledged: it is never idle, and sends no probe."""
    assert seen[name]["talks"]
    assert seen.measured(name)["probes"] == 0
    assert seen.measured(name)["ended_by"] == "open"
    assert seen[name]["silent_for"] < 1
    said = [segment for segment in seen.segments(name, to_us=True) if segment.payload]
    assert len({segment.sequence for segment in said}) == len(said) >= 8, "each once: nothing had to be sent again"


def test_a_repeated_handshake_is_no_probe(seen: Results) -> None:
    """A listener that waits for data takes the connection when its handshake has been repeated; idle time begins there."""
    off = seen["waits for data, off"]
    assert (off["keepalive"], off["measured"]["probe_times"]) == (None, [])
    told = {name for name, one in seen.observations.items() if "repeated its handshake" in " ".join(one["limits"])}
    assert "plain" not in told
    assert {"waits for data", "waits for data, off"} <= told


def test_login_bytes_reach_the_application(seen: Results) -> None:
    """It answers them, and only then keepalive counts; the answer was acknowledged, so nothing is in flight."""
    theirs = seen.segments("asked for its login", to_us=True)
    assert sum(segment.payload for segment in theirs) == len("welcome\r\n")
    assert seen.measured("not asked for its login")["ended_by"] == "open"


def test_nothing_is_left_open(seen: Results, shared_host: ThrowawayHost) -> None:
    assert seen.found["open"] <= 4  # input, output, errors, and the folder that is being read
    assert shared_host.sh("ss -Htn state all '( sport != 0 )' | grep -v LISTEN || true") == ""


def test_all_at_once(seen: Results) -> None:
    """The time of the slowest, which is the one that is dropped after 6 s."""
    assert seen.found["took"] < 6 * 1.125 + 2
