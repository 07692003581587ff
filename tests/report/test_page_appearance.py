# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the page looks: on a phone, in the dark, when there is nothing to show, and to those who cannot see it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.support import earlier_samples, policy_samples, report_samples
from tests.support.pages import DESKTOP, PHONE, Open

SAMPLES = {
    "everything": report_samples.report,
    "all compliant": report_samples.compliant,
    "nothing": report_samples.empty,
    "with the hosts' own values": policy_samples.both,
    "since an earlier report": earlier_samples.report,
}
NARROW = (320, 640)


def lightness(page: Page, selector: str, quality: str) -> float:
    colour = page.locator(selector).first.evaluate(f"element => getComputedStyle(element).{quality}")
    return sum(map(float, re.findall(r"[\d.]+", colour)[:3])) / 3


def opened(page: Page) -> Page:
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    return page


@pytest.mark.parametrize("size", [PHONE, NARROW])
@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_a_phone_scrolls_in_one_direction_only(open_page: Open, sample: Any, size: tuple[int, int]) -> None:
    page = opened(open_page(sample(), size=size))
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]
    # What is cut off would not scroll either.
    beyond = page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter(one => one.checkVisibility() && !one.closest("pre, .sr")
             && one.getBoundingClientRect().right > innerWidth + 0.5).map(one => one.outerHTML.slice(0, 80))"""
    )
    assert beyond == []


def test_dark(open_page: Open) -> None:
    page = open_page(dark=True)
    assert lightness(page, "body", "backgroundColor") < 40
    assert lightness(page, "h2", "color") > 200
    assert lightness(page, ".listeners", "backgroundColor") < 50


def test_light(open_page: Open) -> None:
    page = open_page()
    assert lightness(page, "body", "backgroundColor") > 230
    assert lightness(page, "h2", "color") < 60


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_there_for_everybody(open_page: Open, sample: Any, size: tuple[int, int], dark: bool) -> None:
    """axe-core: contrast of 4.5 to 1, landmarks, names of everything that can be used, order of headings."""
    page = opened(open_page(sample(), size=size, dark=dark))
    results = Axe().run(page)
    assert [found["id"] + ": " + found["nodes"][0]["html"][:200] for found in results.response["violations"]] == []


def test_a_verdict_is_never_a_colour_alone(page: Page) -> None:
    badges = page.locator(".listener > details > summary .badge")
    assert all(badges.all_text_contents())
    page.locator(".host").evaluate_all("all => all.forEach(one => one.style.contentVisibility = 'visible')")
    icons = badges.locator("use").evaluate_all(
        "all => all.map(one => [one.href.baseVal, one.getBoundingClientRect().width])"
    )
    assert len(icons) == badges.count()
    assert [name for name, width in icons if not width] == [], "an icon that is not drawn"


def test_a_value_over_the_policy_is_marked_with_more_than_a_colour(page: Page) -> None:
    cell = page.locator(".listener", has_text="mariadb").locator(".cell.over").first
    expect(cell).to_contain_text("over the policy")
    assert "25b2" in cell.evaluate("one => getComputedStyle(one, '::before').content.codePointAt(1).toString(16)")


def test_a_value_that_is_not_the_policys_is_marked_with_more_than_a_colour(open_page: Open) -> None:
    page = open_page(policy_samples.report())
    cell = page.locator(".host[data-name='db-02'] .cell.differs")
    expect(cell).to_contain_text("not as in the policy")
    assert cell.evaluate("one => getComputedStyle(one, '::before').content") == '"\u2260"'
    assert (
        page.locator(".listener .icon use").evaluate_all(
            "all => all.filter(one => !one.getBoundingClientRect().width).map(one => one.href.baseVal)"
        )
        == []
    )


def test_by_keyboard_alone(page: Page) -> None:
    page.get_by_role("button", name="Refused").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".listener:visible")).to_have_count(1)
    page.locator(".listener:visible > details > summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".listener:visible .more")).to_be_visible()


EMPTY = [
    (report_samples.empty, "No listeners were probed", "The report has no hosts."),
    (report_samples.compliant, "All 6 listeners comply", "Compliant"),
]


@pytest.mark.parametrize(("sample", "headline", "text"), EMPTY)
def test_nothing_to_complain_about(open_page: Open, sample: Any, headline: str, text: str) -> None:
    page = open_page(sample())
    expect(page.locator("#headline")).to_have_text(headline)
    expect(page.locator("main")).to_contain_text(text)
    assert page.title() == f"TCP keepalive: {headline}"
