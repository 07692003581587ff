# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of a policy audit, and of both audits: what a change board reads first, and what a person does with it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support import policy_samples
from tests.support.pages import Open
from tests.support.report_samples import HOSTILE_NAMES


def test_drift_is_read_without_javascript(open_page: Open) -> None:
    page = open_page(policy_samples.report(), script=False)
    expect(page.locator("#headline")).to_have_text("6 of 9 hosts drift from the policy")
    expect(page.locator(".policies")).to_contain_text("from policy_preset: aws-nat, for 6 of 9 hosts")
    expect(page.locator("#drift")).to_have_text("Drift 6 hosts drift in 5 ways")
    drift = page.locator(".finding").first
    expect(drift.locator("summary").first).to_contain_text("time after the next boot 2 hosts")
    for text in ("After the next boot600 s (not as in the policy)", "Time/etc/sysctl.d/99-zz.conf:2", "web-02web-03"):
        expect(drift).to_contain_text(text)
    expect(page.locator(".groups > div").first).to_contain_text("No route to host")


def test_the_hosts_are_filtered_by_what_their_audit_found(open_page: Open) -> None:
    page = open_page(policy_samples.report())
    expect(page.get_by_role("status")).to_have_text("7 of 7 audited hosts")
    page.get_by_role("button", name="No drift").click()
    expect(page.locator(".host h3 bdi")).to_have_text(["web-01"])
    expect(page.get_by_role("status")).to_have_text("1 of 7 audited hosts")
    page.get_by_role("button", name="Show all").click()
    page.get_by_role("searchbox").fill("99-zz.conf")
    expect(page.locator(".host h3 bdi")).to_have_text(["web-02", "web-03"])
    page.locator(".host[data-name='web-02'] summary").first.click()
    expect(page.locator(".host[data-name='web-02'] .values")).to_contain_text("After the next boot600 s")


def test_one_page_for_both_audits(open_page: Open) -> None:
    page = open_page(policy_samples.both())
    expect(page.locator("#drift")).to_have_text("Drift 4 hosts drift in 3 ways")
    expect(page.locator("#findings")).to_contain_text("15 offending listeners")
    expect(page.get_by_role("status")).to_have_text("33 of 33 listeners and hosts")
    web = page.locator(".host[data-name='web1'] .listener")
    expect(web.first).to_contain_text("Values of the host")
    expect(web).to_have_count(7)


def test_names_are_text_there_too(open_page: Open) -> None:
    """The fixture fails where a dialog opens or a request is made."""
    page = open_page(policy_samples.report(policy_samples.hostile()))
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    expect(page.locator(".finding")).to_have_count(len(HOSTILE_NAMES))
    expect(page.locator(".where", has_text="<script>alert(1)</script>")).to_be_visible()
    expect(page.locator("main img")).to_have_count(0)
