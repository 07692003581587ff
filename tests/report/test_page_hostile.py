# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that a process chose in order to be more than a name. (That nothing ran or was asked for, each page is held to.)"""

from __future__ import annotations

import json
import pathlib

import pytest
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.html import page as report_page
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned.text import clipped, visible
from playwright.sync_api import Browser, Page, expect

from tests.support import report_samples
from tests.support.pages import Open
from tests.support.report_samples import ENDLESS, HOSTILE_NAMES, host, reported

HOST = ".host[data-name='hostile']"
EVERYWHERE = {"name": "<b>", "command": "<b>", "unit": "<b>", "container": "<b>", "pid": 1, "pids": [1]}


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=lambda name: ascii(name[:12]))
def test_a_name_is_text_and_all_of_it_can_be_read(page: Page, name: str) -> None:
    row = page.locator(f"{HOST} .listener").nth(HOSTILE_NAMES.index(name))
    row.locator("summary").first.click()
    program = row.locator("dl > div", has=page.get_by_text("Program", exact=True)).locator("dd")
    assert visible(name) in (program.text_content() or "")
    expect(row.locator("script, img:not([role]), style")).to_have_count(0)


def test_a_long_name_takes_little_room_until_it_is_asked_for(page: Page) -> None:
    row = page.locator(f"{HOST} .listener").nth(HOSTILE_NAMES.index(ENDLESS))
    closed = row.bounding_box()
    row.locator("summary").first.click()
    program = row.locator("dl > div", has=page.get_by_text("Program", exact=True))
    expect(program.get_by_text(f"all {len(ENDLESS)} characters")).to_be_visible()
    expect(program.get_by_text(ENDLESS)).to_be_hidden()
    program.locator("summary").click()
    expect(program.get_by_text(ENDLESS)).to_be_visible()
    assert closed and closed["height"] < 200


def test_html_in_every_text_of_a_result_stays_text(open_page: Open) -> None:
    report = json.loads(json.dumps(report_samples.report()))
    for part in ("hosts", "findings", "policy"):
        replace_texts(report[part])
    page = open_page(report)
    page.get_by_role("button", name="Open all").click()
    assert page.locator("main b:text-is('x')").count() == 0
    assert page.locator("main").get_by_text("<b>x</b>").count() > 50


def replace_texts(value: object) -> None:
    """Every text becomes HTML, but those that the report's own words are."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if isinstance(item, str) and key not in ("verdict", "status"):
            value[key] = '<b>x</b>"\' onclick=alert(1) x="'  # type: ignore[index]
        replace_texts(item)


def test_nothing_but_the_page_s_own_code_may_run() -> None:
    policy = report_page.page(report_samples.empty()).split('http-equiv="Content-Security-Policy" content="')[1]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split('">')[0].split(";"))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in policy.split('">')[0]
    assert set(rules) == {"default-src", "style-src", "script-src", "img-src", "base-uri", "form-action"}


def test_the_policy_stops_what_got_in_all_the_same(browser: Browser, tmp_path: pathlib.Path) -> None:
    """Should a name ever be taken for HTML, the browser runs none of it."""
    file = tmp_path / "report.html"
    injected = "<main><script>window.ran = true</script><img src=x onerror='window.ran = true'>"
    text = report_page.page(report_samples.empty()).replace("<main", injected + "</main><main", 1)
    file.write_text(text, encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    assert page.locator("main script").count() == 1
    assert page.evaluate("window.ran === undefined")
    page.close()


def test_a_host_s_name_and_message_are_text_too(open_page: Open) -> None:
    names = [report_samples.SCRIPT, report_samples.BACKWARDS, "'\"><b>x", ENDLESS]
    page = open_page(reported(*(host(name, status="failed", message=name) for name in names)))
    shown = page.locator(".host > h3 > bdi").all_text_contents()
    assert set(shown) == {clipped(visible(name), 70) for name in names}
    assert page.locator("main b:text-is('x')").count() == 0
    messages = page.locator(".message").all_text_contents()
    assert all(any(visible(name) in message for message in messages) for name in names)


def test_no_text_ends_the_data_early() -> None:
    """A browser ends a script element at its closing tag, wherever that stands."""
    text = report_page.page(report_samples.report())
    data = text.split('<script type="application/json" id="data">')[1].split("</script>")[0]
    assert not set("<>&") & set(data)
    assert report_samples.SCRIPT in json.loads(data)["texts"]


def test_the_browser_takes_the_page_as_it_was_written(open_page: Open) -> None:
    """HTML ends an element early where it cannot hold what it was given: what is left is empty."""
    page = open_page()
    assert page.locator("p:empty, dd:empty, .message:empty, .remedy div:empty").count() == 0
    assert page.evaluate("document.compatMode") == "CSS1Compat"
