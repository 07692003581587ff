# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import rules
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.html import facts as report_facts
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.html import overview, view

from tests.support import report_samples
from tests.support.report_samples import (
    ENDLESS,
    ENTRIES,
    GOOD,
    KERNEL,
    OFF,
    POLICY,
    entry,
    host,
    listener,
    measured,
    reported,
)


class Marked(NamedTuple):
    found: dict[str, Any]
    over: set[str]


LATE_DROP = {**GOOD, "interval": 60, "drop_after": 240}
MARKED = {
    "as the policy says": Marked(entry("a", 1, "compliant", ""), set()),
    "the kernel's defaults": Marked(
        entry("a", 1, "time_too_long", "", settings=KERNEL), {"time", "interval", "probes", "drop_after"}
    ),
    "what makes the drop late": Marked(
        entry("a", 1, "drops_too_late", "", settings=LATE_DROP), {"interval", "drop_after"}
    ),
    "a longer interval that is made up for": Marked(
        entry("a", 1, "compliant", "", settings={**GOOD, "time": 20, "interval": 30, "drop_after": 110}), set()
    ),
    "off": Marked(entry("a", 1, "keepalive_off", "", **OFF), {"time", "drop_after"}),
    "off and exempt": Marked(entry("a", 1, "exempt", "", **OFF), set()),
    "measured, as late as timers are": Marked(
        entry("a", 1, "compliant", "", settings=None, measured=measured(64, 21, 3)), set()
    ),
    "measured, too late": Marked(
        entry("a", 1, "drops_too_late", "", settings=None, measured=measured(61, 40, 3)), {"interval", "drop_after"}
    ),
    "promised and not kept": Marked(entry("a", 1, "drops_too_late", "", measured=measured(61, 20, 6)), {"drop_after"}),
    "no policy": Marked(entry("a", 1, None, "", policy=None, settings=KERNEL), set()),
    "nothing known": Marked(entry("a", 1, "refused", "", keepalive=None, settings=None), set()),
}


@pytest.mark.parametrize("case", MARKED.values(), ids=MARKED)
def test_marked_values(case: Marked) -> None:
    assert report_facts.offending(listener(case.found)) == case.over


def cells(found: dict[str, Any]) -> list[str]:
    return [f"{cell.label} {cell.value} / {cell.policy}" for cell in report_facts.cells(listener(found))]


def test_values_stand_beside_the_policy() -> None:
    found = entry("a", 1, "compliant", "", settings=KERNEL)
    assert cells(found) == ["Time 7200 s / 60 s", "Interval 75 s / 20 s", "Probes 9 / 3", "Drop after 7875 s / 120 s"]


def test_measured_values_where_none_were_read() -> None:
    found = entry("a", 1, "compliant", "", settings=None, measured=measured(61.2, 20.4, 3))
    assert cells(found)[::3] == ["First probe 61.2 s / 60 s", "Dropped after 122.4 s / 120 s"]


def test_keepalive_that_is_off_never_comes() -> None:
    assert cells(entry("a", 1, "keepalive_off", "", **OFF))[::3] == ["Time never / 60 s", "Drop after never / 120 s"]


def test_values_that_are_off_are_shown_nowhere() -> None:
    """The socket holds them, and they have no effect."""
    found = entry("a", 1, "keepalive_off", "", keepalive=False, settings=KERNEL)
    assert cells(found) == ["Time never / 60 s", "Interval — / 20 s", "Probes — / 3", "Drop after never / 120 s"]
    assert report_facts.rows(listener(found)) == []
    assert dict(report_facts.facts(listener(found)))["Policy"] == "time 60 s, interval 20 s, probes 3, drop after 120 s"


def test_no_cells_where_nothing_is_known() -> None:
    assert cells(ENTRIES[5]) == []


def test_the_table_tells_what_was_set_measured_and_wanted() -> None:
    rows = report_facts.rows(listener(ENTRIES[3]))
    assert [row.label for row in rows] == ["Set", "Measured", "Policy"]
    assert [row.values[3] for row in rows] == [("180 s", "over"), ("181.9 s", "over"), ("120 s", "")]
    assert rows[1].values[0] == ("61.3 s", "")


def test_facts() -> None:
    facts = dict(report_facts.facts(listener(ENTRIES[13])))
    assert (
        facts["With data in flight"] == "5 retransmissions; the application's side dropped the dead peer after 24.8 s"
    )
    assert facts["Path"] == "a connection left idle for 350 s still answered"
    assert facts["Open connections"] == "3, 3 of them with keepalive"
    assert (facts["Unit"], "Container" in facts) == ("postgres.service", False)


def test_a_range_without_a_listener_is_one_row() -> None:
    found = listener(entry(None, 8000, "refused", "", last_port=8100, address="127.0.0.1", process=None))
    assert view.listener(found).where == "127.0.0.1:8000-8100"


def test_a_socket_unit_is_among_the_facts() -> None:
    found = listener(entry("cups", 631, "compliant", "", socket_unit="cups.socket"))
    assert dict(report_facts.facts(found))["Socket unit"] == "cups.socket"


def test_a_network_namespace_is_named_in_the_row_and_among_the_facts() -> None:
    found = listener(entry("redis", 6379, "compliant", "", namespace="blue"))
    assert view.listener(found).where == "0.0.0.0:6379 in netns blue"
    assert dict(report_facts.facts(found))["Network namespace"] == "blue"


HEADLINES: list[tuple[list[dict[str, Any]], str, str]] = [
    ([], "neutral", "No listeners were probed"),
    ([host("a")], "neutral", "No listeners were probed"),
    ([host("a", ENTRIES[0])], "good", "The one listener complies"),
    ([host("a", ENTRIES[0], ENTRIES[0])], "good", "All 2 listeners comply"),
    ([host("a", ENTRIES[0], ENTRIES[8])], "good", "No listener offends the policy"),
    ([host("a", ENTRIES[0], ENTRIES[9])], "unsure", "No listener offends the policy, 1 listener could not be decided"),
    ([host("a", ENTRIES[1], ENTRIES[9])], "bad", "1 of 2 listeners offends the policy, on 1 host"),
    (
        [host("a", ENTRIES[1], ENTRIES[2]), host("b", ENTRIES[1])],
        "bad",
        "3 of 3 listeners offend the policy, on 2 hosts",
    ),
    ([host("a", ENTRIES[0]), host("b", status="failed")], "bad", "1 of 2 hosts could not be validated"),
]  # fmt: skip


@pytest.mark.parametrize(("hosts", "tone", "headline"), HEADLINES)
def test_headline(hosts: list[dict[str, Any]], tone: str, headline: str) -> None:
    page = overview.page(reported(*hosts))
    assert (page.tone, page.headline) == (tone, headline)


def test_the_worst_comes_first() -> None:
    page = overview.page(report_samples.report())
    assert [item.name for item in page.hosts] == [
        *("away", "sick", "db1.example.org", "hostile", "web1", "cache1", "idle"),
    ]
    web = next(item for item in page.hosts if item.name == "web1")
    assert [item.verdict for item in web.listeners] == [
        *("keepalive_off", "time_too_long", "drops_too_late", "not_seen", "exempt", "compliant"),
    ]


def test_the_parts_of_the_bar_are_the_whole() -> None:
    counts = overview.page(report_samples.report()).counts
    assert sum(count.share for count in counts) == pytest.approx(100, abs=0.1)
    assert [count.start for count in counts] == sorted(count.start for count in counts)


def test_long_names_are_cut_in_the_list_and_whole_among_the_facts() -> None:
    row = view.listener(listener(entry(ENDLESS, 1, "keepalive_off", ENDLESS, policy=POLICY)))
    assert (len(row.title), len(row.reason)) == (70, 300)
    facts = dict(row.facts)
    assert (facts["Program"], facts["Why"]) == (ENDLESS, ENDLESS)


def test_every_verdict_has_a_meaning_and_an_icon() -> None:
    assert tuple(view.MEANINGS) == (*rules.VERDICTS, view.NOT_JUDGED)
    page = overview.page(report_samples.report())
    assert {count.verdict for count in page.counts} == set(view.MEANINGS)
