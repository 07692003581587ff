# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import model, policies

from tests.support.report_samples import CREATED, ENTRIES, KERNEL, POLICY, entry, host

SOURCES: list[tuple[dict[str, Any], str | None]] = [
    ({}, None),
    ({"validate_preset": "", "validate_policy": {}}, None),
    ({"validate_preset": "aws-nat"}, "validate_preset: aws-nat"),
    ({"validate_policy": {"time": 60, "interval": 20, "probes": 3}}, "validate_policy: time 60, interval 20, probes 3"),
    ({"policy_goal": "drop_within=180", "validate_goal": ""}, "policy_goal: drop_within=180"),
    ({"policy_preset": "sap", "validate_preset": "gcp"}, "validate_preset: gcp"),
    ({"policy_time": 60, "policy_interval": 20}, "policy_time: 60, policy_interval: 20"),
]


@pytest.mark.parametrize(("variables", "source"), SOURCES)
def test_a_source_is_the_variables_that_count(variables: dict[str, Any], source: str | None) -> None:
    assert policies.source(variables)["source"] == source


def test_each_policy_is_told_with_its_source_and_its_listeners() -> None:
    long = {key: KERNEL[key] for key in POLICY}
    listeners = [
        entry("a", 1, "compliant", ""),
        entry("b", 2, "compliant", "", policy=long, target=1, named=True),
        ENTRIES[-1],
    ]
    sources = {
        "web": policies.source(
            {"validate_preset": "sap", "validate_applications": [{"port": 1}, {"port": 2, "policy": long}]}
        ),
        "db": policies.source({"validate_goal": "drop_within=120"}),
    }
    given = {"created": CREATED, "hosts": [host("web", *listeners), host("db", ENTRIES[0])]}
    report = model.report(given, sources)
    assert report["policy"] == [
        {**POLICY, "source": "validate_goal: drop_within=120; validate_preset: sap", "listeners": 2, "hosts": 0},
        {**long, "source": "validate_applications", "listeners": 1, "hosts": 0},
    ]
    assert model.report(report) == report, "also where it is read back"
