# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter that makes reports, as a function; tests/report writes files with it in a play."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from tests.support import report_samples
from tests.support.filters import the_filter

RESULTS = {"created": report_samples.CREATED, "hosts": report_samples.hosts()}
STARTS = {
    "json": '{\n"version": 2,\n"created": "',
    "html": "<!doctype html>\n",
    "junit": '<?xml version="1.0" encoding="utf-8"?>\n<testsuites ',
    "prometheus": "# HELP keepalive_report_timestamp_seconds ",
    "summary": '{\n "created": ',
}


def report(*arguments: Any) -> Any:
    return the_filter("report")(*arguments)


@pytest.mark.parametrize(("form", "start"), STARTS.items())
def test_each_format_is_the_text_of_a_file(form: str, start: str) -> None:
    text = report(RESULTS, form)
    assert text.startswith(start)
    assert text.endswith("\n")


def test_json_is_the_whole_report_and_can_be_read_back() -> None:
    text = report(RESULTS, "json")
    assert json.loads(text) == report_samples.report()
    assert report(json.loads(text), "html") == report(RESULTS, "html")


def test_results_without_a_time_are_of_now() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", json.loads(report({"web": {}}, "summary"))["created"])


REFUSED = [
    (({"created": "now", "hosts": []}, "json"), "created is 'now': allowed is a moment in UTC like 2026-01-31T12:00:00Z."),
    (({}, ["xml"]), "the format is ['xml']: allowed is json, html, junit, prometheus, summary."),
    (({}, "xml"), "the format is 'xml': allowed is json, html, junit, prometheus, summary."),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_a_refusal_is_the_error_of_a_filter_with_our_sentence(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(AnsibleFilterError, match=f"^{re.escape(message)}$"):
        report(*arguments)
