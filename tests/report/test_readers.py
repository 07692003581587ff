# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What others read our files with: a JSON schema validator, a JUnit reader, the parser of Prometheus."""

from __future__ import annotations

import collections
import copy
import json
import pathlib
import sys
from typing import Any

import jsonschema
import junitparser
import pytest
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import summary as report_summary
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.junit import clipped, junit
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.prometheus import prometheus
from prometheus_client import parser

from tests.support import policy_samples, report_samples
from tests.support.commands import run
from tests.support.paths import INSTALLED, ROOT
from tests.support.report_samples import HOSTILE_NAMES

SCHEMA = json.loads((INSTALLED / "roles" / "validate" / "files" / "report.schema.json").read_text(encoding="utf-8"))
SAMPLES = {
    "everything": report_samples.report(),
    "all compliant": report_samples.compliant(),
    "nothing": report_samples.empty(),
    "many": report_samples.large(20, 20),
    "policy": policy_samples.report(),
    "hostile policy": policy_samples.report(policy_samples.hostile()),
}
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def wrong(report: object) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(json.loads(json.dumps(report)))]


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("report", SAMPLES.values(), ids=SAMPLES)
def test_reports_are_as_the_schema_says(report: dict[str, Any]) -> None:
    assert wrong(report) == []


def test_the_schema_is_written_from_the_description_of_a_report(tmp_path: pathlib.Path) -> None:
    written = tmp_path / "schema.json"
    run(sys.executable, str(ROOT / "tools" / "write-report-schema"), str(written))
    assert json.loads(written.read_text(encoding="utf-8")) == SCHEMA, (
        "run tools/write-report-schema roles/validate/files/report.schema.json"
    )


BROKEN = [
    (("version",), 1, "2 was expected"),
    (("created",), "2026-11-24 10:30", "'2026-11-24 10:30' does not match"),
    (("hosts", 0, "status"), "drift", "'drift' is not one of ['ok', 'unproven', 'failed', 'unreachable', 'missing']"),
    (("hosts", 0, "name"), "", "'' should be non-empty"),
    (("hosts", 1, "listeners", 0, "verdict"), "fine", "'fine' is not one of"),
    (("hosts", 1, "listeners", 0, "port"), "6379", "'6379' is not of type 'integer', 'null'"),
    (("hosts", 1, "listeners", 0, "settings"), {"time": 60}, "'interval' is a required property"),
    (("hosts", 1, "policy"), {"status": "drift"}, "'message' is a required property"),
    (("hosts", 1, "listeners", 1, "measured", "probe_times"), [-1, "soon"], "'soon' is not of type 'number'"),
]


@pytest.mark.parametrize(("path", "value", "message"), BROKEN)
def test_the_schema_refuses(path: tuple[str | int, ...], value: object, message: str) -> None:
    report: Any = copy.deepcopy(SAMPLES["everything"])
    *way, last = path
    part = report
    for step in way:
        part = part[step]
    part[last] = value
    assert any(message in found for found in wrong(report))


@pytest.mark.parametrize("report", SAMPLES.values(), ids=SAMPLES)
def test_a_junit_reader_reads_what_we_wrote(report: dict[str, Any]) -> None:
    suites = junitparser.JUnitXml.fromstring(junit(report).encode())
    read = {suite.name: list(suite) for suite in suites}
    listeners = "listeners" in report["kinds"]
    cases = {
        clipped(host["name"]): len(host["listeners"] or [])
        + (listeners and host["status"] != "ok")
        + bool(host["policy"])
        for host in report["hosts"]
    }
    assert [(name, len(found)) for name, found in read.items()] == list(cases.items())
    results = collections.Counter(
        type(result).__name__ for cases in read.values() for case in cases for result in case.result
    )
    counted = (results["Failure"], results["Error"], results["Skipped"])
    assert counted == (suites.failures, suites.errors, suites.skipped)
    summary = report_summary.summary(report)
    assert results["Failure"] == summary["offender_count"] + (summary["policy"] or {"drift": 0})["drift"]
    # Reading updates nothing: what a reader counts anew is what we had counted.
    totals = (suites.tests, suites.failures, suites.errors, suites.skipped, suites.time)
    suites.update_statistics()
    assert (suites.tests, suites.failures, suites.errors, suites.skipped, pytest.approx(suites.time)) == totals


def test_a_junit_reader_sees_hostile_names() -> None:
    suites = junitparser.JUnitXml.fromstring(junit(SAMPLES["everything"]).encode())
    names = [case.name for suite in suites if suite.name == "hostile" for case in suite]
    assert len(set(names)) == len(HOSTILE_NAMES)
    assert names[0].startswith("<script>alert(1)</script>")
    assert names[1].startswith("\\x00\\x1b[31mred\\x07\\r\\n")
    assert max(map(len, names)) <= 200


@pytest.mark.parametrize("report", SAMPLES.values(), ids=SAMPLES)
def test_prometheus_reads_what_we_wrote(report: dict[str, Any]) -> None:
    families = list(parser.text_string_to_metric_families(prometheus(report)))
    assert {family.type for family in families} == {"gauge"}
    assert all(family.documentation for family in families)
    series = [(sample.name, *sorted(sample.labels.items())) for family in families for sample in family.samples]
    assert len(series) == len(set(series)), "a series that is there twice"
    names = collections.Counter(sample.name for family in families for sample in family.samples)
    listeners = [listener for host in report["hosts"] for listener in host["listeners"] or []]
    assert names["keepalive_host_reachable"] == len(report["hosts"])
    audited = sum(bool(host["policy"] and host["policy"]["runtime"]) for host in report["hosts"])
    assert names["keepalive_host_drifts"] == names["keepalive_host_probes"] == 2 * audited
    assert names["keepalive_listener_offends"] == len(listeners)
    assert names["keepalive_listener_verdict"] == sum(listener["verdict"] is not None for listener in listeners)
    assert names["keepalive_listener_measured_drop_seconds"] == sum(
        bool(listener["measured"] and listener["measured"]["dropped_after"]) for listener in listeners
    )


def test_all_samples_of_a_metric_have_the_same_labels() -> None:
    families = list(parser.text_string_to_metric_families(prometheus(SAMPLES["everything"])))
    labels = {family.name: {tuple(sample.labels) for sample in family.samples} for family in families}
    assert {name: found for name, found in labels.items() if len(found) != 1} == {}
    assert labels


def test_prometheus_sees_names_as_they_are_shown() -> None:
    families = {
        family.name: family for family in parser.text_string_to_metric_families(prometheus(SAMPLES["everything"]))
    }
    shown = [
        sample.labels["process"]
        for sample in families["keepalive_listener_offends"].samples
        if sample.labels["host"] == "hostile"
    ]
    assert shown[0] == HOSTILE_NAMES[0]
    assert shown[-1] == '\\\\n"', "a backslash, a line feed as we show it, and a quote"
