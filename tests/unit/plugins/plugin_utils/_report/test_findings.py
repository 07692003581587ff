# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import findings
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import remedies

from tests.support.report_samples import ENTRIES, OFF, entry, host, listener, remedy, reported


def off(program: str, port: int, **more: Any) -> dict[str, Any]:
    """An offender with the remedy that the role gives it."""
    found = listener(entry(None, port, "keepalive_off", "Keepalive is off.", program=program, **{**OFF, **more}))
    return {**found, "remedy": remedies.remedy(found)}


def found(*hosts: dict[str, Any]) -> list[tuple[str, int, list[tuple[str, list[str]]]]]:
    return [
        (one["program"], one["listeners"], [(host["name"], host["places"]) for host in one["hosts"]])
        for one in reported(*hosts)["findings"]
    ]


def test_ports_addresses_workers_and_hosts_of_one_program_are_one_finding() -> None:
    web = host(
        "web", off("nginx", 80), off("nginx", 80, address="::", family="inet6"), off("nginx", 80), off("nginx", 443)
    )
    assert found(web, host("api", off("nginx", 8080, address="10.0.0.7"))) == [
        ("nginx", 5, [("api", ["10.0.0.7:8080"]), ("web", ["*:80", "0.0.0.0:443"])])
    ]


APART: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "programs": (off("nginx", 80), off("haproxy", 80)),
    "verdicts": (entry("app", 1, "time_too_long", ""), entry("app", 1, "drops_too_late", "")),
    "whose values": (
        entry("app", 1, "time_too_long", "", set_by="host"),
        entry("app", 1, "time_too_long", "", set_by="application"),
    ),
    "remedies": (
        entry("app", 1, "keepalive_off", "", remedy=remedy("app", "unknown", "Turn it on.")),
        entry("app", 1, "keepalive_off", "", remedy=remedy("app", "unknown", "Replace it.")),
    ),
    "units": (
        off("java", 80),
        {**off("java", 80), "remedy": remedy("x", "unknown", "y", "# /etc/systemd/system/b.service")},
    ),
}


@pytest.mark.parametrize("pair", APART.values(), ids=APART)
def test_what_one_action_does_not_cure_are_two_findings(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    assert len(found(host("web", *pair))) == 2


def identifier(*offenders: dict[str, Any]) -> str:
    (one,) = reported(host("web", *offenders))["findings"]
    return str(one["id"])


def test_the_id_holds_whatever_the_numbers_are() -> None:
    other = off(
        "nginx",
        8443,
        policy={"time": 30, "interval": 5, "probes": 2, "drop_after": 40},
    )
    other["reason"] = "Keepalive is off, as on 7 others."
    other["process"] = {**other["process"], "pid": 4711, "pids": [4711, 4712]}
    assert identifier(off("nginx", 80)) == identifier(other)
    # The same in any later release: alerts and tickets name it.
    assert identifier(off("nginx", 80)) == "6fe1858445"


def test_programs_that_differ_in_a_number_are_one_program() -> None:
    shards = [entry(f"shard-{number}", 27017 + number, "keepalive_off", "", **OFF) for number in range(3)]
    assert found(host("db", *shards)) == [("shard-*", 3, [("db", ["0.0.0.0:27017", "0.0.0.0:27018", "0.0.0.0:27019"])])]


def test_the_finding_that_cures_the_most_comes_first() -> None:
    hosts = [
        host("a", off("nginx", 80), off("haproxy", 81)),
        host("b", off("haproxy", 81)),
        host("c", off("apache2", 82)),
    ]
    every = reported(*hosts)["findings"]
    assert [one["program"] for one in every] == ["haproxy", "apache2", "nginx"]
    assert [findings.share(every, most) for most in (1, 2, 3)] == [50, 75, 100]
    assert findings.share([], 5) is None


def test_each_offender_knows_its_finding_and_nothing_else_has_one() -> None:
    report = reported(host("web", *ENTRIES[:5], entry("away", 1, "refused", "", named=False)))
    entries = report["hosts"][0]["listeners"]
    assert {one["id"] for one in report["findings"]} == {one["finding"] for one in entries if one["fails"]}
    assert [one["finding"] for one in entries if not one["fails"]] == [None, None]


def test_the_wording_of_most_listeners_is_shown_and_the_others_are_counted() -> None:
    short = {"policy": {"time": 30, "interval": 5, "probes": 2, "drop_after": 40}}
    (one,) = reported(host("web", off("redis-server", 1), off("redis-server", 2), off("redis-server", 3, **short)))[
        "findings"
    ]
    assert (one["remedy"]["lines"], one["wordings"]) == (["tcp-keepalive 60"], 2)


TITLES = [
    (entry("sshd", 22, "drops_too_late", "", set_by="host"), "sshd: drops too late, with the host's values"),
    (entry("redis", 1, "time_too_long", "", set_by="application"), "redis: time too long, with values of its own"),
    (entry("nginx", 80, "keepalive_off", "", **OFF), "nginx: keepalive off"),
    (entry(None, 80, "refused", "", process=None), "unknown program: refused"),
]


@pytest.mark.parametrize(("offender", "title"), TITLES)
def test_title(offender: dict[str, Any], title: str) -> None:
    (one,) = reported(host("web", offender))["findings"]
    assert (findings.title(one), findings.extent(one)) == (title, "1 listener on 1 host")
