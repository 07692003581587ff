# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters that make reports, as functions; tests/report writes files with them in a play."""

from __future__ import annotations

import importlib
import re
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from tests.support import report_samples

STARTS = {
    "report_html": "<!doctype html>\n",
    "report_junit": '<?xml version="1.0" encoding="utf-8"?>\n<testsuites ',
    "report_prometheus": "# HELP keepalive_report_timestamp_seconds ",
}
NAMES = ["report_summary", "validation_report", *STARTS]


def module_of(name: str) -> Any:
    return importlib.import_module(f"ansible_collections.netops.keepalive.plugins.filter.{name}")


def call(name: str, *arguments: Any) -> Any:
    return module_of(name).FilterModule().filters()[name](*arguments)


@pytest.mark.parametrize("name", NAMES)
def test_each_file_holds_the_filter_of_its_name_and_tells_how_to_use_it(name: str) -> None:
    module = module_of(name)
    assert list(module.FilterModule().filters()) == [name]
    assert yaml.safe_load(module.DOCUMENTATION)["name"] == name
    assert f"netops.keepalive.{name}" in module.EXAMPLES
    assert "_value" in yaml.safe_load(module.RETURN)


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
