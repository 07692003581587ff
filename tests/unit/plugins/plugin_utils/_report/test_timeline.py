# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.html import timeline
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.html.timeline import Timeline

from tests.support.report_samples import ENTRIES, GOOD, KERNEL, OFF, POLICY, entry, listener, measured


def drawn(found: dict[str, Any]) -> Timeline | None:
    return timeline.timeline(listener(found))


def picture(found: dict[str, Any]) -> Timeline:
    line = drawn(found)
    assert line is not None
    return line


def test_a_measured_drop() -> None:
    line = picture(ENTRIES[0])
    assert [probe.seconds for probe in line.probes] == [61.2, 81.6, 102.0]
    assert line.drop is not None and line.drop_by is not None and line.slack is not None
    assert (line.drop.seconds, line.drop_by.seconds, line.slack.seconds) == (122.4, 120, 136)
    assert (line.planned, line.late) == (False, False), "122.4 s is as late as the kernel's timers may be"
    assert line.description == (
        "3 keepalive probes came after 61.2, 81.6, 102 s of silence; the peer was dropped at 122.4 s; the policy wants it by 120 s."
    )


def test_lowered_timers_prove_the_drop_and_are_not_held_against_the_policy() -> None:
    line = picture({**ENTRIES[0], "accelerated": True})
    assert line.title == "A dead peer, with lowered timers: this proves that it is dropped, and not when"
    assert (line.first_by, line.drop_by, line.slack, line.late) == (None, None, None, False)
    assert "policy" not in line.description


def test_everything_stands_in_the_picture_and_in_order() -> None:
    line = picture(ENTRIES[3])
    places = [mark.at for mark in (*line.probes, line.drop) if mark]
    assert places == sorted(places)
    assert places[0] > 0 and places[-1] < 100
    assert line.late


def test_what_the_values_mean_where_nothing_was_measured() -> None:
    line = picture(entry("app", 1, "time_too_long", "", settings=KERNEL))
    assert (line.planned, line.late, len(line.probes)) == (True, True, 9)
    assert line.drop is not None and line.drop.seconds == 7875
    assert (line.probes[0].seconds, line.probes[-1].seconds, line.slack) == (7200, 7800, None)


def test_a_user_timeout_ends_it_sooner() -> None:
    values = {**KERNEL, "user_timeout": 7300, "drop_after": 7350}
    line = picture(entry("app", 1, "time_too_long", "", settings=values))
    assert [probe.seconds for probe in line.probes] == [7200, 7275]


def test_no_drop_was_seen() -> None:
    line = picture(entry("app", 1, "inconclusive", "", settings=None, measured=measured(60, 20, 1, ended_by="open")))
    assert line.drop is None
    assert (
        line.description
        == "1 keepalive probe came after 60 s of silence; no drop was seen; the policy wants it by 120 s."
    )


def test_limits_of_a_policy_without_all_values() -> None:
    policy = {**POLICY, "interval": None, "probes": None, "drop_after": None}
    line = picture({**ENTRIES[0], "policy": policy})
    assert (line.drop_by, line.slack, line.late) == (None, None, False)
    assert line.first_by is not None


NO_PICTURE = {
    "off": entry("app", 1, "keepalive_off", "", **OFF),
    "compliant by its values": entry("app", 1, "compliant", "", settings=GOOD),
    "nothing came": entry("app", 1, "not_seen", "", settings=None, measured=measured(0, 0, 0, ended_by="open")),
    "values partly known": entry("app", 1, "time_too_long", "", settings={"time": 7200}),
}


@pytest.mark.parametrize("found", NO_PICTURE.values(), ids=NO_PICTURE)
def test_no_picture(found: dict[str, Any]) -> None:
    assert drawn(found) is None


@pytest.mark.parametrize("end", [0.4, 1, 7, 59.9, 130, 8347.5, 40000])
def test_the_axis_has_a_few_round_numbers(end: float) -> None:
    ticks = timeline.ticks(end)
    assert ticks[0] == 0
    assert len(ticks) <= 7
    assert all(tick <= end and tick == int(tick) for tick in ticks)
