# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime
import json
import re
from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._errors import InvalidValue
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import model as report_model

from tests.support import report_samples
from tests.support.report_samples import CREATED, entry, host


class Tagged(str):
    """As ansible-core hands text over: a kind of str with more to it, which does not survive."""

    origin = "somewhere"

    def __str__(self) -> str:
        return self


def test_hosts_stand_in_the_order_of_their_names() -> None:
    report = report_model.report([host("b"), host("a"), host("c")], CREATED)
    assert [item["name"] for item in report["hosts"]] == ["a", "b", "c"]
    assert (report["version"], report["created"]) == (1, CREATED)


def test_what_a_listener_lacks_is_null_and_what_it_has_more_is_kept() -> None:
    found = {"address": "::1", "port": 22, "new": 1, "settings": {"time": 60}, "limits": None}
    report = report_model.report([{"name": "web", "listeners": [found]}], CREATED)
    (listener,) = report["hosts"][0]["listeners"]
    assert listener["settings"] == dict.fromkeys(("interval", "probes", "drop_after", "user_timeout"), None) | {
        "time": 60
    }
    assert (listener["new"], listener["verdict"], listener["limits"], listener["named"]) == (1, None, [], False)
    assert (report["hosts"][0]["status"], report["hosts"][0]["message"]) == ("ok", "")


PLAIN: list[tuple[Any, Any]] = [
    (Tagged("web"), "web"),
    ({Tagged("key"): (1, 2.5, True, None)}, {"key": [1, 2.5, True, None]}),
    (float("nan"), None),
    (float("inf"), None),
    ("caf\udce9 \ud800", "caf\\xe9 \\ud800"),
    ("\x00\u202e", "\x00\u202e"),
    (datetime.date(2026, 1, 31), "2026-01-31"),
]


@pytest.mark.parametrize(("value", "expected"), PLAIN)
def test_plain_values(value: Any, expected: Any) -> None:
    found = report_model.plain(value)
    assert found == expected
    assert type(found) is type(expected)


def test_tagged_keys_and_texts_become_text() -> None:
    ((key, value),) = report_model.plain({Tagged("key"): Tagged("value")}).items()
    assert (type(key), type(value)) == (str, str)


def test_every_reader_of_json_takes_the_report() -> None:
    json.dumps(report_samples.report(), allow_nan=False).encode("ascii")


REFUSED: list[tuple[Any, str, str]] = [
    ({}, CREATED, "the results are {}: allowed is a list with a mapping for each host."),
    (["web"], CREATED, "a host's result is 'web': allowed is a mapping with at least a name."),
    ([{"name": ""}], CREATED, "a host's result is {'name': ''}: allowed is a mapping with at least a name."),
    ([host("a"), host("a")], CREATED, "there is more than one result for a: allowed is one."),
    (
        [host("a", status="drift")],
        CREATED,
        "the status of a is 'drift': allowed is one of ok, failed, unreachable.",
    ),
    ([], "yesterday", "created is 'yesterday': allowed is a moment in UTC like 2026-01-31T12:00:00Z."),
    ([], "2026-13-31T12:00:00Z", "created is '2026-13-31T12:00:00Z': allowed is a moment in UTC like 2026-01-31T12:00:00Z."),
    (
        [{"name": "a", "listeners": ["nginx"]}],
        CREATED,
        "a listener of a is 'nginx': allowed is a mapping, as tcp_keepalive_probe returns it.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("hosts", "created", "message"), REFUSED)
def test_refused(hosts: Any, created: str, message: str) -> None:
    with pytest.raises(InvalidValue, match=f"^{re.escape(message)}$"):
        report_model.report(hosts, created)


def test_now_is_a_moment() -> None:
    now = report_model.now()
    assert report_model.moment(now).tzinfo is datetime.timezone.utc
    assert report_model.report([], now)["created"] == now


def test_summary() -> None:
    report = report_model.report(
        [
            host("web", *report_samples.ENTRIES[:3]),
            host("away", status="unreachable", message="no route"),
            host("good", report_samples.ENTRIES[0]),
        ],
        CREATED,
    )
    summary = report_model.summary(report)
    assert summary["hosts"] == {"ok": 2, "failed": 0, "unreachable": 1}
    assert (summary["created"], summary["listeners"]) == (CREATED, 4)
    assert summary["verdicts"] == {"keepalive_off": 1, "time_too_long": 1, "compliant": 2}
    assert (summary["failed_host_count"], summary["failed_hosts"]) == (2, ["away", "web"])
    assert summary["offender_count"] == 2
    assert summary["offenders"][1] == {
        "host": "web",
        "listener": "mariadb 0.0.0.0:3306",
        "verdict": "time_too_long",
        "reason": "the first probe comes after 7200 s, the policy allows 60 s",
    }


def test_a_summary_stays_small() -> None:
    summary = report_model.summary(report_samples.large(120, 20))
    assert (summary["failed_host_count"], len(summary["failed_hosts"])) == (120, 50)
    assert (summary["offender_count"] > 500, len(summary["offenders"])) == (True, 50)


TITLES = [
    (entry("redis", 6379, None, "", address="127.0.0.1"), "redis 127.0.0.1:6379"),
    (entry(None, 22, None, "", program="sshd", address="::"), "sshd [::]:22"),
    (entry(None, 22, None, "", process=None), "0.0.0.0:22"),
    (entry("app", 80, None, "", address=None, host="app.example.org"), "app app.example.org:80"),
    (entry("app", None, None, "", address=None), "app"),
    (entry("a\x00\u202eb", 1, None, "", address="x\n"), "a\\x00\\u202eb x\\n:1"),
]


@pytest.mark.parametrize(("found", "title"), TITLES)
def test_title(found: dict[str, Any], title: str) -> None:
    assert report_model.title(report_model.listener(found)) == title


def test_what_nobody_named_may_be_away() -> None:
    assert report_model.offends(entry("app", 1, "refused", ""))
    assert not report_model.offends(entry("app", 1, "refused", "", named=False))
    assert report_model.offends(entry("app", 1, "keepalive_off", "", named=False))
    assert not report_model.offends(entry("app", 1, None, ""))
