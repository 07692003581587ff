# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a person does with the page: filter, search, sort, open, copy, print; with JavaScript and without."""

from __future__ import annotations

import pathlib
import time

import pytest
from playwright.sync_api import Page, expect

from tests.support import report_samples
from tests.support.pages import PHONE, Open

LISTENERS = ".listener:visible"
HOSTS = ".host:not([hidden]) > h3 > bdi"


def verdicts(page: Page) -> set[str]:
    return set(page.locator(f"{LISTENERS} > details > summary .badge").all_text_contents())


def test_summary(page: Page) -> None:
    expect(page.locator("#headline")).to_have_text("15 of 27 listeners offend the policy, on 3 hosts")
    expect(page.locator(".figures")).to_have_text("Hosts7 Listeners27 Offending15 Not validated2", use_inner_text=False)
    expect(page.get_by_text("TCP keepalive is not HTTP keep-alive")).to_be_visible()
    expect(page.locator("time")).to_have_text("24 November 2026, 10:30:00 UTC")


@pytest.mark.parametrize("verdict", ["Keepalive off", "Exempt", "Compliant", "Not judged"])
def test_filter_by_a_verdict(page: Page, verdict: str) -> None:
    chip = page.get_by_role("button", name=verdict)
    number = int(chip.locator("b").inner_text())
    chip.click()
    assert verdicts(page) == {verdict}
    expect(page.locator(LISTENERS)).to_have_count(number)
    expect(page.get_by_role("status")).to_have_text(f"{number} of 27 listeners")
    expect(chip).to_have_attribute("aria-pressed", "true")
    chip.click()
    expect(page.locator(LISTENERS)).to_have_count(27)


def test_filters_add_up_and_are_taken_away(page: Page) -> None:
    page.get_by_role("button", name="Time too long").click()
    page.get_by_role("button", name="Drops too late").click()
    assert verdicts(page) == {"Time too long", "Drops too late"}
    page.get_by_role("button", name="Show all").click()
    expect(page.locator(LISTENERS)).to_have_count(27)
    expect(page.get_by_role("button", name="Show all")).to_be_disabled()


def test_filter_by_the_status_of_a_host(page: Page) -> None:
    page.get_by_role("button", name="Hosts unreachable").click()
    assert page.locator(HOSTS).all_text_contents() == ["away"]


SEARCHES = [
    ("redis", {"web1", "cache1"}, 2),
    ("web1 REDIS", {"web1"}, 1),
    ("9100", {"web1"}, 1),
    ("kubelet.service", {"db1.example.org"}, 1),
    ("no route to host", {"away"}, 0),
    ("idle", {"idle"}, None),
    ("so_keepalive=60s", {"web1"}, 1),
]


@pytest.mark.parametrize(("text", "hosts", "listeners"), SEARCHES)
def test_search(page: Page, text: str, hosts: set[str], listeners: int | None) -> None:
    page.get_by_role("searchbox", name="Search").fill(text)
    assert hosts <= set(page.locator(HOSTS).all_text_contents())
    if listeners is not None:
        assert set(page.locator(HOSTS).all_text_contents()) == hosts
        expect(page.locator(LISTENERS)).to_have_count(listeners)


def test_nothing_matches(page: Page) -> None:
    page.get_by_role("searchbox").fill("no such thing")
    expect(page.locator(LISTENERS)).to_have_count(0)
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(page.get_by_text("Nothing matches")).to_be_hidden()


def ports(page: Page, host: str) -> list[str]:
    places = page.locator(f".host[data-name='{host}'] .place").all_text_contents()
    return [place.rpartition(":")[2] for place in places]


def test_sort(page: Page) -> None:
    sort = page.get_by_label("Sort by")
    assert ports(page, "web1") == ["80", "3306", "22", "8443", "9100", "6379"]
    sort.select_option("port")
    assert ports(page, "web1") == ["22", "80", "3306", "6379", "8443", "9100"]
    sort.select_option("program")
    assert ports(page, "web1") == ["8443", "3306", "9100", "80", "6379", "22"]
    sort.select_option("latest drop first")
    assert ports(page, "web1") == ["80", "9100", "3306", "22", "6379", "8443"]
    sort.select_option("host")
    assert page.locator(HOSTS).all_text_contents() == [
        "away",
        "cache1",
        "db1.example.org",
        "hostile",
        "idle",
        "sick",
        "web1",
    ]
    sort.select_option("worst first")
    assert page.locator(HOSTS).all_text_contents()[:2] == ["away", "sick"]
    assert ports(page, "web1")[0] == "80"


def test_details_hold_everything_that_is_known(page: Page) -> None:
    row = page.locator(".host[data-name='db1.example.org'] .listener", has_text="postgresql")
    expect(row.locator(".more")).to_be_hidden()
    row.locator("summary").first.click()
    for text in (
        "postgres.service",
        "5432",
        "3, 3 of them with keepalive",
        "left idle for 350 s still answered",
        "5 retransmissions",
    ):
        expect(row).to_contain_text(text)


def test_the_picture_of_a_measured_peer(page: Page) -> None:
    row = page.locator(".host[data-name='web1'] .listener", has_text="sshd")
    row.locator("summary").first.click()
    picture = row.get_by_role("img")
    expect(picture).to_be_visible()
    expect(picture).to_have_attribute("aria-label", report_picture())
    assert picture.locator("circle.probe").count() == 6
    box, drop = picture.bounding_box(), picture.locator(".drop path").bounding_box()
    assert box and drop
    assert box["x"] < drop["x"] < box["x"] + box["width"]


def report_picture() -> str:
    return (
        "6 keepalive probes came after 61.3, 81.4, 101.5, 121.6, 141.7, 161.8 s of silence; "
        "the peer was dropped at 181.9 s; the policy wants it by 120 s."
    )


def test_the_remedy_is_copied(page: Page) -> None:
    row = page.locator(".host[data-name='web1'] .listener", has_text="nginx")
    row.locator("summary").first.click()
    row.get_by_role("button", name="Copy").click()
    expect(row.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == (
        "# /etc/nginx/sites-enabled/default\nlisten 80 so_keepalive=60s:20s:3;\n"
    )


def test_the_remedy_is_copied_where_the_browser_has_no_clipboard_to_give(page: Page) -> None:
    """A page that came over plain HTTP."""
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    row = page.locator(".host[data-name='web1'] .listener", has_text="nginx")
    row.locator("summary").first.click()
    row.get_by_role("button", name="Copy").click()
    expect(row.get_by_role("button", name="Copied")).to_be_visible()


def test_open_and_close_all(page: Page) -> None:
    page.get_by_role("button", name="Open all").click()
    expect(page.locator(".listener > details[open]")).to_have_count(27)
    page.get_by_role("button", name="Close all").click()
    expect(page.locator(".listener > details[open]")).to_have_count(0)


def test_few_offenders_stand_open_from_the_start(open_page: Open) -> None:
    page = open_page(report_samples.few())
    assert page.locator(".listener > details[open]").count() == 1
    expect(page.get_by_text("nginx leaves keepalive off")).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, (1280, 900)])
def test_without_javascript_all_is_there_to_read(open_page: Open, size: tuple[int, int]) -> None:
    page = open_page(script=False, size=size)
    expect(page.locator(LISTENERS)).to_have_count(27)
    expect(page.locator(".tools")).to_be_hidden()
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    row = page.locator(".listener", has_text="nginx").first
    row.locator("summary").first.click()
    expect(row.get_by_text("nginx leaves keepalive off")).to_be_visible()


def test_on_paper_everything_is_open(page: Page, tmp_path: pathlib.Path) -> None:
    page.emulate_media(media="print")
    expect(page.locator(".listener .remedy").first).to_be_visible()
    expect(page.locator(".tools")).to_be_hidden()
    assert page.pdf(path=tmp_path / "report.pdf").startswith(b"%PDF")


def seconds_of_use(open_page: Open, hosts: int) -> float:
    """How long it takes to open a report with 20 listeners a host, and to filter, search and sort it."""
    report = report_samples.large(hosts, 20)
    off = "keepalive_off"
    offenders = [host["name"] for host in report["hosts"] for one in host["listeners"] if one["verdict"] == off]
    start = time.monotonic()
    page = open_page(report)
    # By selector: a look for roles among 400,000 elements would take longer than all that is measured here.
    page.click(".chip[data-verdict=keepalive_off]")
    expect(page.locator("[role=status]")).to_have_text(f"{len(offenders)} of {20 * hosts} listeners", timeout=60_000)
    page.fill("[name=search]", offenders[-1])
    expect(page.locator("[role=status]")).to_have_text(
        f"{offenders.count(offenders[-1])} of {20 * hosts} listeners", timeout=60_000
    )
    page.select_option("[name=sort]", "port")
    return time.monotonic() - start


def test_thousands_of_listeners(open_page: Open) -> None:
    """Ten times the hosts take at most ten times as long: 4 s for 5,000 listeners where both processors are free."""
    assert seconds_of_use(open_page, 250) < 10 * seconds_of_use(open_page, 25)
