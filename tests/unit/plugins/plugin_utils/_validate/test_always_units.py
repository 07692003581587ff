# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which offenders become units for policy_always_keepalive, and how a report writes them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import console, model
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import always_units, remedies

from tests.support import report_samples

VALUES = {"time": 60, "interval": 20, "probes": 3, "drop_after": 120}


def offender(program: str = "legacy-erp", unit: str = "legacy-erp.service", **more: Any) -> dict[str, Any]:
    """A listener without keepalive, with the remedy that it has."""
    found = report_samples.entry(None, 9000, "keepalive_off", "keepalive is off", program=program, **report_samples.OFF)
    found["process"] = {**report_samples.listener(found)["process"], "unit": unit, **more}
    complete = report_samples.listener(found)
    return {**complete, "remedy": remedies.remedy(complete), "fails": True}


def test_a_program_without_a_setting() -> None:
    assert always_units.unit_of(offender()) == "legacy-erp.service"


LEFT_OUT = {
    "it has a setting": offender("nginx", "nginx.service"),
    "not a service": offender(unit="session-3.scope"),
    "in a container": offender(container="4711"),
    "of a user": offender(unit_user=1000),
    "it does not fail": {**offender(), "fails": False},
    "another verdict": {**offender(), "verdict": "not_seen"},
    "no remedy": {**offender(), "remedy": None},
    "a template of Ansible": offender(unit="{{ lookup('pipe','id') }}.service"),
    "a comment": offender(unit="a # b.service"),
}


@pytest.mark.parametrize("entry", LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_is_left_out(entry: dict[str, Any]) -> None:
    assert always_units.unit_of(entry) is None


def report(*hosts: tuple[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return report_samples.reported(*(report_samples.host(name, *entries) for name, entries in hosts))


ERP, SHOP = offender(), offender(unit="shop@1.service")


def test_the_units_of_most_hosts_come_first() -> None:
    found = report(("web1", [SHOP, SHOP]), ("web2", [ERP, SHOP]), ("web3", []))
    assert found["always_keepalive"] == [
        {"unit": "shop@1.service", "hosts": ["web1", "web2"]},
        {"unit": "legacy-erp.service", "hosts": ["web2"]},
    ]
    assert model.report(found)["always_keepalive"] == found["always_keepalive"]


@pytest.mark.parametrize(
    ("hosts", "comments"),
    [([("web1", [ERP, SHOP]), ("web2", [])], []), ([("web1", [SHOP]), ("web2", [ERP, SHOP])], ["web1, web2", "web2"])],
    ids=["alike", "different"],
)
def test_the_lines_are_a_file_of_variables(hosts: list[tuple[str, list[dict[str, Any]]]], comments: list[str]) -> None:
    found = report(*hosts)
    lines = console.lines(found, "findings", None)
    start = lines.index(console.CURED) + 1
    shown = lines[start : start + 3]
    units = [one["unit"] for one in found["always_keepalive"]]
    assert yaml.safe_load("\n".join(shown)) == {"policy_always_keepalive": units}
    assert [line.partition("  # ")[2] for line in shown[1:] if "#" in line] == comments


def test_more_units_than_a_console_shows() -> None:
    found = report(("web1", [offender(unit=f"a{number:02}.service") for number in range(12)]))
    assert console.for_policy(found["always_keepalive"], 10)[-2:] == [
        "  - a09.service",
        "  # and 2 more, which report.json names",
    ]


def test_without_such_a_unit_nothing_is_shown() -> None:
    assert console.CURED not in console.lines(report(("web1", [])), "findings", None)
