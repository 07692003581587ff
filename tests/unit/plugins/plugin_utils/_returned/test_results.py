# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a host returns: its result is refused or fits, nothing that reads it fails or hangs, and no text is obeyed by a terminal."""

from __future__ import annotations

import dataclasses
import json
import unicodedata
from typing import Any

import pytest
import yaml
from ansible_collections.netops.keepalive.plugins.module_utils._settings import Settings
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import drift
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import console, junit, model, prometheus, summary
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.html import page
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import host_values, listener, results, shapes
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import results as validate_results
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.odd_results import FORGED, RESULTS, mutant, odd_values, places, within
from tests.support.paths import INSTALLED

KINDS = {
    "probe": (listener.PROBED, "the probe"),
    "set": (host_values.SET, "the module"),
    "info": (host_values.INFO, "the module"),
    "info of Windows": (host_values.INFO, "the module"),
}
PLACES = [(name, place) for name, result in RESULTS.items() for place in places(result) if place]
HIDDEN = {"Cc", "Cs", "Zl", "Zp"}
POLICY = Settings(60, 20, 3)


def checked(name: str, found: Any) -> dict[str, Any]:
    return results.checked(found, *KINDS[name])


def read_by_all(name: str, found: dict[str, Any]) -> list[str]:
    """Everything that the roles show of the result."""
    if name != "probe":
        audit = (
            drift.audit(found, POLICY, file="/etc/sysctl.d/99-tcp-keepalive.conf") if name.startswith("info") else {}
        )
        return [str(found.get("msg", "")), *(drift.table({"web": audit}) if audit else [])]
    result = validate_results.outcome(found)
    report = model.report({"created": "2026-11-24T10:30:00Z", "hosts": {"web": result, "good": {}}})
    assert [host["name"] for host in report["hosts"]] == ["good", "web"]
    junit.junit(report)
    prometheus.prometheus(report)
    json.dumps([report, summary.summary(report)], allow_nan=False)
    shown = [line for view in console.VIEWS for line in console.lines(report, view, None)]
    return [validate_results.failure(result, True), validate_results.failure(result, True, brief=True), *shown]


def texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for key, item in value.items() for text in (*texts(key), *texts(item))]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []


def hides(text: str) -> bool:
    return bool({unicodedata.category(character) for character in text} & HIDDEN) or "\u202e" in text


@pytest.mark.parametrize("name", RESULTS)
def test_what_the_modules_return_enters_as_it_is(name: str) -> None:
    entered = checked(name, RESULTS[name])
    assert "failed" not in entered
    without = {"remedy", "fails"}
    expected = json.loads(json.dumps(RESULTS[name]))
    for one in expected.get("listeners", []):
        for key in without:
            one.pop(key)
    assert {**entered, "listeners": [{"namespace": None, **one} for one in expected.get("listeners", [])]} == {
        **expected,
        "listeners": [{"namespace": None, **one} for one in expected.get("listeners", [])],
    }


@pytest.mark.parametrize(
    ("name", "place"), PLACES, ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else value
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(value=odd_values)
def test_an_odd_value_at_any_place_harms_nothing(name: str, place: tuple[str | int, ...], value: object) -> None:
    with within(10):
        entered = checked(name, mutant(RESULTS[name], place, value))
        told = read_by_all(name, entered)
    assert not [text for text in told if hides(text)]
    shown = {key: item for key, item in entered.items() if key not in ("diff", "warnings", "invocation")}
    assert not [text for text in texts(shown) if hides(text)]
    assert set(entered) <= {"msg", "failed", *RESULTS[name]}


@given(st.dictionaries(st.sampled_from(["listeners", "msg", "failed", "changed", "x", "ansible_facts"]), odd_values))
@settings(deadline=None)
def test_any_result_is_taken_or_refused(found: dict[str, Any]) -> None:
    with within(10):
        for name in RESULTS:
            read_by_all(name, checked(name, found))


REFUSED = [
    ("probe", ("listeners",), "x", "returned what the probe never returns (listeners)"),
    ("probe", ("listeners", 0, "connections"), "x", "returned what the probe never returns (connections)"),
    ("probe", ("listeners", 2, "policy", "time"), 10**400, "returned what the probe never returns (policy.time)"),
    ("probe", ("listeners", 0, "measured", "probe_times", 1), "soon", "returned what the probe never returns (measured.probe_times)"),
    ("probe", ("lacks",), "money", "returned what the probe never returns (lacks)"),
    ("info", ("runtime",), None, "returned what the module never returns (runtime)"),
    ("info", ("conflicts", 0, "line"), -1, "returned what the module never returns (conflicts.line)"),
    ("set", ("boot", "after", "time"), "120", "returned what the module never returns (boot.after.time)"),
    ("info of Windows", ("fixed", "probes"), [], "returned what the module never returns (fixed.probes)"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "place", "value", "message"), REFUSED)
def test_a_result_that_does_not_fit_is_a_failure_that_names_the_place(
    name: str, place: tuple[str | int, ...], value: object, message: str
) -> None:
    entered = checked(name, mutant(RESULTS[name], place, value))
    assert (entered["failed"], entered["changed"], entered["msg"]) == (True, False, message)


def test_a_result_without_listeners_is_not_a_host_on_which_nothing_listens() -> None:
    assert checked("probe", {"changed": False})["msg"] == "returned what the probe never returns (listeners)"


def test_what_ansible_adds_passes_and_any_other_key_is_dropped() -> None:
    added = {"warnings": ["old"], "deprecations": [], "diff": [], "invocation": {}, "_ansible_no_log": False}
    entered = checked("info", {**RESULTS["info"], **added, "ansible_facts": {"validate_enforce": False}, "x": 1})
    assert set(entered) == {*RESULTS["info"], *added}


def test_a_failure_keeps_what_explains_it_in_one_line_that_a_terminal_does_not_obey() -> None:
    override = RESULTS["set"]["overridden_by"]
    found = {"failed": True, "msg": FORGED, "module_stderr": FORGED, "rc": 1, "overridden_by": override, "x": 1}
    assert checked("set", found) == {
        "failed": True,
        "changed": False,
        "msg": "x\\x1b[2J ok: [forged]\\u202e",
        "module_stderr": "x\\x1b[2J\\r\\nok: [forged]\\u202e",
        "rc": 1,
        "overridden_by": override,
    }


@dataclasses.dataclass(frozen=True)
class Warned:
    """As newer releases of ansible-core hand on a warning."""

    text: str
    more: tuple[str, ...] = ()


def test_a_warning_of_any_release_is_made_visible() -> None:
    entered = checked("info", {**RESULTS["info"], "warnings": ["a\x1b", Warned("b\x1b", ("c\x1b",))]})
    assert entered["warnings"] == ["a\\x1b", Warned("b\\x1b", ("c\\x1b",))]


def test_a_job_in_the_background_keeps_its_place() -> None:
    found = {"ansible_job_id": "j1.2", "results_file": "/root/.ansible_async/j1.2", "started": 1, "finished": 0, "x": 1}
    assert results.begun(found) == {key: value for key, value in found.items() if key != "x"}


def test_the_page_of_any_listener_can_be_made() -> None:
    found = mutant(RESULTS["probe"], ("listeners", 0, "process", "name"), FORGED)
    text = page.page(model.report({"web": checked("probe", found)}))
    assert r"x\\x1b[2J\\r\\nok: [forged]\\u202e" in text, "visible, and as JSON"


DOCUMENTED = {
    "tcp_keepalive.py": host_values.SET,
    "tcp_keepalive_info.py": host_values.INFO,
    "tcp_keepalive_probe.yml": listener.PROBED,
    "win_tcp_keepalive.yml": host_values.SET,
    "win_tcp_keepalive_info.yml": host_values.INFO,
}


def documented(file: str) -> dict[str, Any]:
    text = (INSTALLED / "plugins" / "modules" / file).read_text(encoding="utf-8")
    whole = yaml.safe_load(text.split('RETURN = r"""')[1].split('"""')[0] if file.endswith(".py") else text)
    returned: dict[str, Any] = whole.get("RETURN", whole)
    return returned


@pytest.mark.parametrize("file", DOCUMENTED)
def test_every_documented_return_value_passes(file: str) -> None:
    """A key that only one system returns may be missing on the other."""
    keys = {key.name for key in DOCUMENTED[file].keys if key.absent is not shapes.Absent.MISSING}
    assert keys - set(documented(file)) == {"changed"}
    assert set(documented(file)) <= {key.name for key in DOCUMENTED[file].keys}


@pytest.mark.parametrize("file", DOCUMENTED)
def test_every_documented_sample_passes_as_it_is(file: str) -> None:
    found = {"changed": False, **{name: key["sample"] for name, key in documented(file).items()}}
    assert results.checked(found, DOCUMENTED[file], "the module") == found
