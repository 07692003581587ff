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
from tests.support.report_samples import CREATED, ENTRIES, host, reported


def test_hosts_stand_in_the_order_of_their_names() -> None:
    report = reported(host("b"), host("a"), host("c"))
    assert [item["name"] for item in report["hosts"]] == ["a", "b", "c"]
    assert (report["version"], report["created"], report["kinds"]) == (2, CREATED, ["listeners"])


def test_a_report_that_is_read_back_is_the_same() -> None:
    report = report_samples.report()
    assert report_model.report(json.loads(json.dumps(report))) == report


def test_what_the_probe_returned_is_a_result_with_remedies() -> None:
    found = {"web": {"changed": False, "listeners": [ENTRIES[1]]}, "away": {"unreachable": True, "msg": "no route"}}
    away, web = report_model.report({**found})["hosts"]
    assert (away["status"], away["message"]) == ("unreachable", "no route")
    assert (web["status"], web["listeners"][0]["remedy"]["application"]) == ("ok", "nginx")


def test_a_host_without_a_result_was_not_validated() -> None:
    (early,) = report_model.report({"early": {}})["hosts"]
    assert (early["status"], early["message"]) == ("failed", "the host was not validated")
    assert (early["listeners"], early["policy"]) == (None, None)


def test_what_a_host_says_of_its_listeners_is_one_line() -> None:
    (web,) = reported(host("web", *ENTRIES[:3], message="a line\nfor each offender"))["hosts"]
    assert web["message"] == "3 listeners: 1 compliant, 1 keepalive_off, 1 time_too_long"


def test_every_reader_of_json_takes_the_report() -> None:
    json.dumps(report_samples.report(), allow_nan=False).encode("ascii")


REFUSED: list[tuple[Any, str]] = [
    (["web"], "the result of host 1 has a form that no report has."),
    ("web", "the results are 'web': allowed is a mapping of host names to results, or a report."),
    ({"web": "good"}, "the result of web is 'good': allowed is a mapping, as the probe returns it."),
    ([{"name": "", "status": "ok"}], "the result of '' has a name that no report has."),
    ([{"status": "ok"}], "the result of host 1 has a name that no report has."),
    ([host("a"), host("a")], "there is more than one result for a: allowed is one."),
    ([host("a", status="drift")], "the result of 'a' has a status that no report has."),
    ([host("a", {"port": 0x10000})], "the result of 'a' has a listeners.port that no report has."),
    ({"created": "yesterday", "hosts": []}, "created is 'yesterday': allowed is a moment in UTC like 2026-01-31T12:00:00Z."),
    ({"created": "2026-13-31T12:00:00Z", "hosts": []}, "created is '2026-13-31T12:00:00Z': allowed is a moment in UTC like 2026-01-31T12:00:00Z."),
    ({"created": CREATED, "hosts": [], "policy": [{"time": "x"}]}, "the policy of the report has a time that no report has."),
    ({"created": None, "hosts": []}, "created is None: allowed is a moment in UTC like 2026-01-31T12:00:00Z."),
]  # fmt: skip


@pytest.mark.parametrize(("found", "message"), REFUSED)
def test_refused(found: Any, message: str) -> None:
    with pytest.raises(InvalidValue, match=f"^{re.escape(message)}$"):
        report_model.report(found)


def test_now_is_a_moment() -> None:
    now = report_model.now()
    assert report_model.moment(now).tzinfo is datetime.timezone.utc
    assert report_model.report({"created": now, "hosts": []})["created"] == now
