# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what was read to one observation: what is told, and what is never told."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import connection_counts, reader
from ansible_collections.netops.keepalive.plugins.module_utils._probe.inspect import observation as inspect_observation
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import options as socket_options
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import marks
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import rules
from ansible_collections.netops.keepalive.plugins.module_utils._verdict.observation import Observation, Subject

HOST = _settings.Settings(7200, 75, 9)
LISTENER = types.Listener(2, "127.0.0.1", 80, 1, 1)
TARGET = types.Target("127.0.0.1", 80, 2, LISTENER)
ON = socket_options.SocketOptions(True, _settings.Values(60, 20, 3, 0))
LIKE_HOST = socket_options.SocketOptions(True, _settings.Values(7200, 75, 9, 0))
OFF = socket_options.SocketOptions(False, _settings.Values(7200, 75, 9, 0))
PARTLY = socket_options.SocketOptions(True, _settings.Values(None, None, None, None))
HURRIED = socket_options.SocketOptions(True, _settings.Values(7200, 75, 9, 30.0))
ACCEPTED = {"contact": "accepted", "steady": True}


def concluded(**seen: Any) -> Observation:
    return inspect_observation.conclude(TARGET, inspect_observation.RawReading(host=HOST, **seen))


@pytest.mark.parametrize(
    ("options", "keepalive", "set_by"),
    [
        (ON, True, "application"),
        (LIKE_HOST, True, "host"),
        (HURRIED, True, "application"),
        (PARTLY, True, None),
        (OFF, False, None),
    ],
)
def test_who_set_what_is_in_force(options: socket_options.SocketOptions, keepalive: bool, set_by: str | None) -> None:
    observation = concluded(connection=options, **ACCEPTED)
    assert (observation.read, observation.keepalive, observation.set_by) == ("exact", keepalive, set_by)
    assert observation.values == options.values


@pytest.mark.parametrize(
    ("mark", "options", "set_by"),
    [
        (marks.Mark(60, 20, 3, 0), ON, "always"),
        (marks.Mark(0, 0, 0, 0), LIKE_HOST, "always"),
        (marks.Mark(0, 0, 0, 30000), HURRIED, "always"),
        (marks.Mark(60, 20, 3, 0), LIKE_HOST, "host"),
        (marks.Mark(120, 20, 3, 0), ON, "application"),
        (marks.Mark(0, 0, 0, 0), ON, "application"),
        (marks.Mark(7200, 75, 9, 0), OFF, None),
    ],
)
def test_what_the_application_sets_after_it_was_switched_on_is_its_own(
    mark: marks.Mark, options: socket_options.SocketOptions, set_by: str | None
) -> None:
    assert concluded(connection=options, mark=mark, **ACCEPTED).set_by == set_by


def test_an_off_is_never_told_from_one_reading() -> None:
    observation = concluded(contact="accepted", connection=OFF, closed=True)
    assert (observation.keepalive, observation.read) == (None, "unread")
    assert observation.limits == (inspect_observation.READ_ONCE,)
    judgement = rules.judge(observation, Subject(_settings.Settings(60, 20, 3)))
    assert judgement.verdict == "masked"
    assert judgement.reason == inspect_observation.READ_ONCE[0].lower() + inspect_observation.READ_ONCE[1:-1]


def test_an_on_from_one_reading_is_told_with_its_limit() -> None:
    observation = concluded(contact="accepted", connection=ON, closed=True)
    assert (observation.keepalive, observation.values, observation.problem) == (True, ON.values, None)
    assert observation.limits == (inspect_observation.READ_ONCE,)


@pytest.mark.parametrize("listener", [None, OFF])
@pytest.mark.parametrize("contact", ["not_accepted", "not_tried", "refused", "unreachable", "accepted"])
def test_a_listener_that_is_off_says_nothing_about_its_connections(
    listener: socket_options.SocketOptions | None, contact: str
) -> None:
    observation = concluded(contact=contact, listener=listener)
    assert (observation.keepalive, observation.values) == (None, None)


def test_a_listener_that_is_on_hands_it_to_its_connections() -> None:
    observation = concluded(contact="not_tried", listener=ON)
    assert (observation.keepalive, observation.values, observation.read) == (True, ON.values, "exact")
    assert observation.limits == (inspect_observation.LISTENER_ONLY,)


def test_nothing_is_told_of_a_listener_that_is_gone() -> None:
    observation = concluded(contact="refused", listener=ON)
    assert (observation.keepalive, observation.limits) == (None, ())


@pytest.mark.parametrize(("with_keepalive", "keepalive", "read"), [(2, True, "timer"), (0, None, "exact")])
def test_open_connections_show_that_it_is_on_and_never_that_it_is_off(
    with_keepalive: int, keepalive: bool | None, read: str
) -> None:
    count = connection_counts.Count(3, with_keepalive)
    observation = concluded(contact="not_tried", listener=OFF, connections=count)
    assert (observation.keepalive, observation.read, observation.values) == (keepalive, read, None)
    assert observation.connections == (3, with_keepalive)


@pytest.mark.parametrize(("shared_by", "keepalive"), [(1, None), (2, False)])
def test_an_off_stands_unless_a_connection_of_this_very_listener_is_on(shared_by: int, keepalive: bool | None) -> None:
    count = connection_counts.Count(3, 1, shared_by=shared_by)
    observation = concluded(connection=OFF, connections=count, **ACCEPTED)
    assert observation.keepalive is keepalive
    assert (observation.problem == connection_counts.LATER) is (keepalive is None)


def test_a_timer_shows_time_alone() -> None:
    observation = concluded(contact="accepted", unreadable="not permitted", timer=60)
    assert (observation.keepalive, observation.read) == (True, "timer")
    assert observation.values == _settings.Values(time=60)
    assert observation.limits == (inspect_observation.TIMER_ONLY.format("not permitted"),)


def test_no_timer_shows_nothing() -> None:
    observation = concluded(contact="accepted", unreadable="not permitted")
    assert (observation.keepalive, observation.values) == (None, None)
    assert observation.limits == (inspect_observation.TIMER_SILENT.format("not permitted"),)


def test_a_deferred_listener_asks_for_data_where_none_was_given() -> None:
    seen = inspect_observation.RawReading(listener=OFF, deferred=True)
    assert inspect_observation.conclude(TARGET, seen).limits == (reader.DEFERRED,)
    assert inspect_observation.conclude(TARGET._replace(send=b"x"), seen).limits == (inspect_observation.LISTENER_ONLY,)


def test_an_address_where_nobody_listened_has_no_listener_to_tell_of() -> None:
    observation = inspect_observation.conclude(
        TARGET._replace(listener=None), inspect_observation.RawReading(contact="refused", problem="no")
    )
    assert (observation.limits, observation.problem) == ((), "no")
