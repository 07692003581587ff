# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters that make reports, as functions; tests/report writes files with them in a play."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from tests.support import report_samples
from tests.support.filters import the_filter

STARTS = {
    "report_html": "<!doctype html>\n",
    "report_junit": '<?xml version="1.0" encoding="utf-8"?>\n<testsuites ',
    "report_prometheus": "# HELP keepalive_report_timestamp_seconds ",
}


def call(name: str, *arguments: Any) -> Any:
    return the_filter(name)(*arguments)


@pytest.mark.parametrize(("name", "start"), STARTS.items())
def test_files(name: str, start: str) -> None:
    report = call("validation_report", report_samples.hosts(), report_samples.CREATED)
    text = call(name, report)
    assert text.startswith(start)
    assert text.endswith("\n")


def test_report_and_summary() -> None:
    report = call("validation_report", report_samples.hosts())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", report["created"])
    assert call("report_summary", report)["offender_count"] == 15


def test_a_refusal_is_the_error_of_a_filter_with_our_sentence() -> None:
    with pytest.raises(AnsibleFilterError, match=r"^created is 'now': allowed is a moment in UTC"):
        call("validation_report", [], "now")
