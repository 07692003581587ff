# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real browser, and a page in it that must neither complain nor ask anybody for anything."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

from tests.support import needs
from tests.support.pages import DESKTOP, Open, Size


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Chromium's own sandbox does not work for root.
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    path = needs.chromium()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=options)
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Browser, tmp_path: pathlib.Path) -> Iterator[Open]:
    """Opens a report (of everything, unless another is given); when the test is over, nothing may have gone wrong in the page and nothing may have left it."""
    # The installed collection can be imported only once the tests run.
    from ansible_collections.netops.keepalive.plugins.plugin_utils._report.html import page as report_page

    from tests.support import report_samples

    wrong: list[str] = []
    contexts = []

    def dismissed(dialog: Dialog) -> None:
        wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def opened(
        report: dict[str, Any] | None = None,
        size: Size = DESKTOP,
        dark: bool = False,
        script: bool = True,
        text: str | None = None,
    ) -> Page:
        file = tmp_path / "report.html"
        file.write_text(text or report_page.page(report or report_samples.report()), encoding="utf-8")
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("dialog", dismissed)
        context.on("request", lambda request: wrong.append(request.url) if request.url != file.as_uri() else None)
        page.goto(file.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not [trouble for trouble in wrong if not trouble.startswith("data:")]


@pytest.fixture
def page(open_page: Open) -> Page:
    return open_page()
