# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hosts' own values, as the page shows them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.html import overview, own_values

from tests.support import policy_samples
from tests.support.report_samples import ENTRIES, host, reported

HOSTS = {one["name"]: one for one in policy_samples.report()["hosts"]}


def cells(name: str) -> list[str]:
    shown = own_values.cells(HOSTS[name]["policy"])
    return [f"{cell.label} {cell.value} / {cell.policy} {cell.mark}".rstrip() for cell in shown]


CELLS = {
    "web-01": ["Time 120 s / 120 s", "Interval 30 s / 30 s", "Probes 4 / 4", "Drop after 240 s / 240 s"],
    "db-02": ["Time 77 s / 120 s differs", "Interval 30 s / 30 s", "Probes 4 / 4", "Drop after 197 s / 240 s"],
    "web-02": [
        *("Time, boot 600 s / 120 s differs", "Interval, boot 30 s / 30 s", "Probes, boot 4 / 4"),
        "Drop after, boot 720 s / 240 s over",
    ],
    "windows-01": ["Time 120 s / 120 s", "Interval 30 s / 30 s", "Probes 10 / 4", "Drop after 420 s / 240 s over"],
    "away": [],
}


@pytest.mark.parametrize(("name", "shown"), CELLS.items())
def test_values_stand_beside_the_policy(name: str, shown: list[str]) -> None:
    assert cells(name) == shown


def test_the_table_tells_what_is_now_at_the_next_boot_and_wanted() -> None:
    rows = own_values.rows(HOSTS["web-02"]["policy"])
    assert [(row.label, row.values[0], row.values[3]) for row in rows] == [
        ("Now", ("120 s", ""), ("240 s", "")),
        ("After the next boot", ("600 s", "differs"), ("720 s", "over")),
        ("Policy", ("120 s", ""), ("240 s", "")),
    ]
    assert [row.label for row in own_values.rows(HOSTS["gone-01"]["policy"])] == ["Now", "After the next boot"]


PLACES = {
    "web-02": [("time", "/etc/sysctl.d/99-zz.conf:2")],
    "gone-01": [("time, interval, probes", "/etc/sysctl.d/99-tcp-keepalive.conf:2,3,4")],
    "db-01": [],
}


@pytest.mark.parametrize(("name", "places"), PLACES.items())
def test_the_files_that_set_wrong_values(name: str, places: list[tuple[str, str]]) -> None:
    assert [tuple(place) for place in own_values.places(HOSTS[name]["policy"])] == places


def test_hosts_that_drift_in_the_same_way_are_told_once() -> None:
    groups = own_values.groups(HOSTS.values(), own_values.Looks())
    assert [(group.title, group.when, group.hosts) for group in groups] == [
        ("time", "after the next boot", ["web-02", "web-03"]),
        ("time, interval, probes", "now and after the next boot", ["db-01"]),
        ("time", "now", ["db-02"]),
        ("time, interval, probes", "after the next boot", ["gone-01"]),
        ("drop after", "now and after the next boot", ["windows-01"]),
    ]
    assert own_values.extent(groups) == "6 hosts drift in 5 ways"


HEADLINES = [
    ([], "neutral", "No hosts were audited"),
    (["web-01"], "good", "The one host has the values of its policy"),
    (["web-01", "away"], "bad", "1 of 2 hosts could not be audited"),
    (["web-01", "away", "web-02"], "bad", "1 of 3 hosts drifts from the policy"),
    (["web-02", "web-03"], "bad", "2 of 2 hosts drift from the policy"),
]


@pytest.mark.parametrize(("names", "tone", "headline"), HEADLINES)
def test_headline(names: list[str], tone: str, headline: str) -> None:
    audits = policy_samples.audits()
    page = overview.page(policy_samples.report({name: audits[name] for name in names}))
    assert (page.tone, page.headline) == (tone, headline)


def test_the_first_screen() -> None:
    page = overview.page(policy_samples.report())
    assert page.figures == [("Hosts", 9), ("Drift", 6), ("No drift", 1), ("Not audited", 2)]
    assert page.policies == [
        ("time 120, interval 30, probes 4, drop after 240 s", "policy_preset: aws-nat", "6 of 9 hosts")
    ]
    assert [(kind, text, names) for kind, text, names, _more in page.groups] == [
        ("unreachable", "ssh: No route to host", ["away"]),
        ("failed", "the host was not audited", ["new"]),
    ]
    assert [one.name for one in page.hosts][:3] == ["away", "new", "db-01"]
    assert page.hosts[-1].name == "web-01"


def test_a_report_of_both_tells_both() -> None:
    page = overview.page(policy_samples.both())
    assert page.headline == "15 of 27 listeners offend the policy, on 3 hosts; 4 of 7 hosts drift from the policy"
    assert dict(page.figures)["Not audited"] == 2
    assert ("failed", "the host was not audited", ["idle"], 0) in page.groups, "its listeners were audited"
    assert [one[2] for one in page.policies] == ["26 of 27 listeners", "5 of 7 hosts"]
    idle = next(one for one in page.hosts if one.name == "idle")
    assert [(row.verdict, row.reason) for row in idle.rows] == [
        ("not_audited", "Failed: the host was not audited."),
    ]


def test_a_report_about_listeners_says_nothing_of_own_values() -> None:
    page = overview.page(reported(host("web", ENTRIES[0])))
    assert (page.drifts, page.about, page.hosts[0].own) == ([], "listeners", None)
    assert not {"Drift", "No drift"} & {word for word, _number in page.figures}


def test_every_verdict_has_a_meaning() -> None:
    chips: list[Any] = overview.page(policy_samples.both()).chips
    meanings = {verdict for verdict, _word, _meaning in overview.page(policy_samples.both()).meanings}
    assert set(own_values.MEANINGS) <= {chip.verdict for chip in chips} <= meanings
