# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.netops.keepalive.plugins.plugin_utils._report import console, model, summary
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import results

from tests.support import report_samples
from tests.support.paths import ROOT
from tests.support.report_samples import CREATED, ENTRIES, KERNEL, NGINX, OFF, entry, host, reported


def off(program: str, port: int, **more: Any) -> dict[str, Any]:
    return entry(None, port, "keepalive_off", "keepalive is off", program=program, **{**OFF, "remedy": NGINX, **more})


def test_each_finding_is_told_once_with_its_remedy_and_its_hosts() -> None:
    fleet = [host(f"web{number:02}", off("nginx", 80), off("nginx", 80, address="::")) for number in range(12)]
    sources = {f"web{number:02}": {"source": "validate_preset: aws-nat"} for number in range(12)}
    away = host("away", status="unreachable", message="no route.")
    report = model.report({"created": CREATED, "hosts": [*fleet, away]}, sources)
    places = "; ".join(f"web{number:02} *:80" for number in range(10))
    assert console.lines(report, "findings", "/srv/report.html") == [
        "1 finding: 24 offending listeners",
        "  1. nginx: keepalive off: 24 listeners on 12 hosts",
        "     keepalive is off",
        "     Remedy: nginx leaves keepalive off unless its listen directive turns it on.",
        "         # /etc/nginx/sites-enabled/default",
        "         listen 80 so_keepalive=60s:20s:3;",
        f"     {places}; and 2 more hosts",
        "Hosts without a verdict:",
        "     unreachable: no route: away",
        "Held against time 60, interval 20, probes 3, drop after 120 s (validate_preset: aws-nat): 24 of 24 listeners",
        "13 hosts: 12 offends, 1 unreachable",
        "Report: /srv/report.html",
    ]


def test_more_than_twenty_findings_are_counted() -> None:
    programs = [off(f"{chr(97 + number)}d", 100 + number) for number in range(25)]
    lines = console.lines(reported(host("web", *programs)), "findings", "/srv/report.html")
    assert lines[0] == "25 findings: the first 5 cure 20 % of 25 offending listeners"
    assert len([line for line in lines if line.endswith(": 1 listener on 1 host")]) == 20
    assert "And 5 findings more: /srv/report.html" in lines


def test_hosts_without_a_verdict_are_told_with_their_cause() -> None:
    dark = [{**host(name, ENTRIES[12], status="unproven"), "cause": "no_privilege", "fails": True} for name in "ab"]
    lines = console.lines(reported(*dark), "findings", None)
    assert lines[:2] == [
        "Hosts without a verdict:",
        "     unproven: no_privilege; run the probe as root (become: true): a, b",
    ]


def test_the_view_by_host_has_the_worst_first_and_the_findings_below_their_host() -> None:
    good, bad = host("good", ENTRIES[0]), host("bad", off("nginx", 80), off("nginx", 443), ENTRIES[0])
    gone, early = host("gone", status="unreachable", message="no route"), host("early", status="failed", message="bad")
    lines = console.lines(reported(good, bad, gone, early), "hosts", None)
    assert lines[:-2] == [
        "early  failed: bad",
        "gone   unreachable: no route",
        "bad    3 listeners: 1 compliant, 2 keepalive_off",
        "         nginx: keepalive off: 0.0.0.0:80, 0.0.0.0:443",
        "good   1 listener: 1 compliant",
    ]
    assert lines[-1] == "4 hosts: 1 ok, 1 offends, 1 failed, 1 unreachable"


def test_nothing_is_shown_where_nothing_is_asked_for() -> None:
    assert console.lines(report_samples.report(), "none", None) == []


def test_a_large_fleet_ends_in_few_lines() -> None:
    assert len(console.lines(report_samples.large(200, 20), "findings", "/srv/report.html")) < 150


AWS_NAT = {"time": 120, "interval": 30, "probes": 4, "drop_after": 240}


def shown_in_readme() -> list[str]:
    text = (
        (ROOT / "README.md")
        .read_text(encoding="utf-8")
        .split("TASK [netops.keepalive.validate : Show the findings]")[1]
    )
    return text.split("ok: [db-07")[0].splitlines()[1:]


def test_the_readme_shows_what_is_printed() -> None:
    late = {**KERNEL, "drop_after": 7875}
    sshd = {"program": "sshd", "settings": late, "set_by": "host", "policy": AWS_NAT, "named": False, "target": None}
    reason = "The first probe comes after 7200 s, the policy allows 120 s."
    listeners = [entry(None, 22, "time_too_long", reason, address=address, **sshd) for address in ("0.0.0.0", "::")]
    redis = {"program": "redis-server", "policy": AWS_NAT, "named": False, "target": None, "address": "10.0.0.12"}
    own = entry(None, 6379, "time_too_long", "The first probe comes after 300 s, the policy allows 120 s.", **redis)
    hosts = {
        "web-01": results.outcome({"listeners": listeners}),
        "web-02": results.outcome({"listeners": [*listeners, own]}),
        "db-07": results.outcome({"unreachable": True, "msg": "Data could not be sent to remote host"}),
    }
    sources = {name: {"source": "validate_preset: aws-nat"} for name in hosts}
    report = model.report({"created": CREATED, "hosts": hosts}, sources)
    lines = [
        *console.lines(report, "findings", "/home/admin/reports/report.html"),
        "outcome=" + summary.outcome(report),
    ]
    assert shown_in_readme() == lines
