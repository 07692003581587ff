# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import pathlib
import re
from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._errors import InvalidValue
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import console, formats, model
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.changes import earlier, since

from tests.support import earlier_samples, policy_samples
from tests.support.earlier_samples import after, before, compared, good, late, off
from tests.support.report_samples import CREATED, host, reported

FOUND = earlier_samples.report()


def test_each_finding_says_what_became_of_its_listeners() -> None:
    rows = [
        (one["program"], one["change"], one["then"], one["now"], since.listeners(one))
        for one in FOUND["since"]["findings"]
    ]
    assert rows == [
        ("sshd", "new", 0, 1, "1 new"),
        ("nginx", "left", 4, 2, "1 cured on 1 host, 1 left, 3 not compared"),
        ("dovecot", "left", 0, 1, "1 with another finding before"),
        ("redis-server", "left", 1, 1, "1 left"),
        ("exporter", "undecided", 1, 0, "1 exempt or undecided now"),
        ("dovecot", "changed", 1, 0, "1 with another finding now"),
        ("statd", "gone", 1, 0, "1 not listening now"),
        ("postgres", "cured", 2, 0, "2 cured on 2 hosts"),
        ("java", "cured", 1, 0, "1 cured on 1 host"),
    ]


def test_hosts_that_are_in_one_report_alone_are_named_and_never_cured() -> None:
    assert FOUND["since"]["hosts"] == {
        "compared": 3,
        "only_before": ["retired"],
        "only_now": ["bought"],
        "not_audited": ["down"],
    }
    cured_on = {name for one in FOUND["since"]["findings"] for name in one["cured_on"]}
    assert cured_on == {"db1", "db2", "web1"}


@pytest.mark.parametrize("absent", [host("web", status="failed"), host("other", good("nginx", 80))])
def test_a_finding_whose_hosts_were_not_audited_again_is_not_compared(absent: dict[str, Any]) -> None:
    (one,) = compared(reported(host("web", off("nginx", 80))), reported(absent))["since"]["findings"]
    assert (one["change"], one["cured"], one["not_compared"]) == ("not_compared", 0, 1)


WORKERS: list[tuple[list[Any], list[Any], str]] = [
    ([off("app", 80)] * 2, [off("app", 80)], "1 left, 1 not listening now"),
    ([off("app", 80)], [off("app", 80)] * 2, "1 new, 1 left"),
    (
        [off("app", 80)] * 2,
        [good("app", 80), good("app", 80, "exempt")],
        "1 cured on 1 host, 1 exempt or undecided now",
    ),
    ([off("app", 80)], [off("app", 81)], "1 new, 1 not listening now"),
]


@pytest.mark.parametrize(("then", "now", "said"), WORKERS)
def test_workers_that_share_an_address_are_counted(then: list[Any], now: list[Any], said: str) -> None:
    (one,) = compared(reported(host("web", *then)), reported(host("web", *now)))["since"]["findings"]
    assert since.listeners(one) == said


HEADLINES = [
    (FOUND, "2 findings cured on 3 hosts, 3 left, 1 new, 1 gone, 1 undecided"),
    (earlier_samples.cured(), "2 findings cured on 12 hosts, 1 left, none new"),
    (compared(after(), after()), "no finding cured, 4 left, none new"),
    (compared(reported(), reported()), "no finding cured, none left, none new"),
]


@pytest.mark.parametrize(("report", "said"), HEADLINES)
def test_one_sentence_sums_it_up(report: dict[str, Any], said: str) -> None:
    assert since.headline(report["since"], CREATED) == f"Since {CREATED}: {said}"


def test_the_console_tells_it_with_the_hosts_that_were_not_compared() -> None:
    assert [line for line in console.lines(FOUND, "findings", None) if "Since" in line or "compared" in line] == [
        f"Since {CREATED}: {HEADLINES[0][1]}; 4 of 9 listeners that offended comply now, on 3 hosts",
        "     Only in the earlier report, so not compared: retired",
        "     Only in this report, so not compared: bought",
        "     Not audited in one of the reports, so not compared: down",
    ]


def test_another_policy_is_told() -> None:
    other = reported(
        host("web", {**late("sshd", 22), "policy": {"time": 30, "interval": 5, "probes": 3, "drop_after": 45}})
    )
    found = compared(reported(host("web", late("sshd", 22))), other)["since"]
    assert found["same_policy"] is False
    assert since.notes(found) == ["The two reports were not held against the same policies."]


def test_read_back_it_is_the_same() -> None:
    assert model.report(json.loads(formats.as_json(FOUND))) == FOUND


def test_a_report_of_before_this_key_is_read() -> None:
    old = {key: value for key, value in FOUND.items() if key != "since"}
    assert model.report(old)["since"] is None


def test_a_file_is_compared_as_its_report_is(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "report.json"
    for text in (formats.as_json(before()), json.dumps(before(), indent=1)):
        path.write_text(text, encoding="utf-8")
        earlier.check(str(path))
        assert earlier.compared(str(path), after()) == FOUND["since"]


ALLOWED = "Allowed is the path of a report.json that an audit of applications left."
NO_REPORT = "it is no JSON, or no report"
AT_ONCE = [
    ("", NO_REPORT),
    ("hosts: []", NO_REPORT),
    (formats.as_json(before()).replace('"version": 2', '"version": 3'), "its version is '3', and 2 is needed"),
]


@pytest.mark.parametrize(("text", "problem"), AT_ONCE)
def test_what_is_no_report_is_refused_by_its_beginning(tmp_path: pathlib.Path, text: str, problem: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(
        InvalidValue, match=f"^{re.escape(f'validate_report_before is {str(path)!r}: {problem}. {ALLOWED}')}$"
    ):
        earlier.check(str(path))


@pytest.mark.parametrize("name", ["missing.json", "", "re\0port.json"])
def test_a_path_without_a_file_is_refused(tmp_path: pathlib.Path, name: str) -> None:
    path = f"{tmp_path}/{name}"
    with pytest.raises(
        InvalidValue, match=re.escape(f"validate_report_before is {path!r}: there is no such file. {ALLOWED}")
    ):
        earlier.check(path)


def without_listeners() -> str:
    return formats.as_json({**before(), "hosts": [{**one, "listeners": None} for one in before()["hosts"]]})


DAMAGED = [
    ("{}", "it is JSON, and no report"),
    (formats.as_json(before())[:-4], "its end is missing"),
    (formats.as_json(before())[:-400], "a line of its hosts is not complete, or is no JSON"),
    (formats.as_json(policy_samples.report()), "it is about the values of hosts, and has no listeners"),
    (without_listeners(), "it was merged from the artifacts of jobs, and has no listeners"),
    (json.dumps({**before(), "hosts": [{"name": 7}]}), "its hosts are not as an audit writes them"),
    (json.dumps({**before(), "hosts": ["web"]}), "its hosts are not as an audit writes them"),
    (formats.as_json(before()).replace('"nginx"', "7"), "its hosts are not as an audit writes them"),
    (formats.as_json(before()).replace(CREATED, "today"), "created is 'today': allowed is a moment in UTC like 2026-01-31T12:00:00Z"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "problem"), DAMAGED)
def test_a_damaged_report_is_refused_in_a_sentence(tmp_path: pathlib.Path, text: str, problem: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(
        InvalidValue, match=f"^{re.escape(f'validate_report_before is {str(path)!r}: {problem}. {ALLOWED}')}$"
    ):
        earlier.compared(str(path), after())


@pytest.mark.parametrize("damaged", [7, {}, {**FOUND["since"], "created": None}])
def test_a_damaged_comparison_is_refused(damaged: object) -> None:
    with pytest.raises(InvalidValue, match=r"^the comparison of the report has a (form|created) that no report has\.$"):
        model.report({**FOUND, "since": damaged})


def test_the_moment_of_the_earlier_report_is_a_moment() -> None:
    with pytest.raises(InvalidValue, match=r"^created is 'today': allowed is a moment in UTC"):
        model.report({**FOUND, "since": {**FOUND["since"], "created": "today"}})
