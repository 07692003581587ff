# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of a report that was compared with an earlier one: what a change board reads about before and after."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support import earlier_samples, report_samples
from tests.support.pages import Open


def test_before_and_after_are_read_without_javascript(open_page: Open) -> None:
    page = open_page(earlier_samples.cured(), script=False)
    expect(page.locator("#since")).to_have_text(
        "Since 24 November 2026, 10:30:00 UTC: 2 findings cured on 12 hosts, 1 left, none new"
    )
    expect(page.locator(".since > p").first).to_have_text("24 of 36 listeners that offended comply now, on 12 hosts.")
    rows = [" | ".join(row.locator("th, td").all_inner_texts()) for row in page.locator(".changes tr").all()]
    assert rows == [
        "Since then | Finding | Then | Now | Its listeners",
        "Left | node: keepalive off | 12 | 12 | 12 left",
        "Cured | java: keepalive off | 12 | 0 | 12 cured on 12 hosts",
        "Cured | nginx: keepalive off | 12 | 0 | 12 cured on 12 hosts",
    ]


def test_it_comes_before_the_findings_and_leads_to_them(open_page: Open) -> None:
    page = open_page(earlier_samples.report())
    assert page.locator("h2[id]").evaluate_all("all => all.map(one => one.id)")[:3] == ["headline", "since", "findings"]
    link = page.get_by_role("link", name="nginx: keepalive off")
    expect(page.locator(link.get_attribute("href") or "")).to_contain_text("nginx")
    expect(page.locator(".changes").get_by_role("link")).to_have_count(4)


def test_hosts_that_were_not_compared_are_named(open_page: Open) -> None:
    page = open_page(earlier_samples.report())
    expect(page.locator(".since .note")).to_have_text(
        [
            "Only in the earlier report, so not compared: retired",
            "Only in this report, so not compared: bought",
            "Not audited in one of the reports, so not compared: down",
        ]
    )


def test_without_an_earlier_report_there_is_no_such_section(open_page: Open) -> None:
    expect(open_page().locator(".since")).to_have_count(0)


def test_names_of_an_earlier_report_are_text(open_page: Open) -> None:
    """The fixture fails where a dialog opens or a request is made."""
    page = open_page(earlier_samples.hostile())
    expect(page.locator(".changes", has_text="<script>alert(1)</script>")).to_be_visible()
    expect(page.locator("main img")).to_have_count(0)
    assert page.locator(".changes tbody tr").count() == len(report_samples.HOSTILE_NAMES)
