# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._errors import InvalidValue
from ansible_collections.netops.keepalive.plugins.module_utils._settings import (
    KERNEL_DEFAULTS,
    PARAMETERS,
    Settings,
    advice,
    drop_after,
)
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy.goals import preset
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy.presets import PRESETS, Preset

from tests.support.paths import ROOT

GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_fleet_baseline.rst"

each_preset = pytest.mark.parametrize("found", [pytest.param(found, id=name) for name, found in PRESETS.items()])


def test_the_presets_that_are_promised_are_there() -> None:
    assert set(PRESETS) == {"aws-nat", "azure-lb", "gcp", "ipvs", "nat-60", "sap", "mongodb", "cis-mss", "default"}
    assert PRESETS["default"].settings == KERNEL_DEFAULTS


@each_preset
def test_a_preset_names_all_three_values_within_their_ranges(found: Preset) -> None:
    assert list(found.settings.named()) == [parameter.name for parameter in PARAMETERS]
    assert all(parameter.minimum <= value <= parameter.maximum for parameter, value in zip(PARAMETERS, found.settings))


@each_preset
def test_a_preset_says_what_it_is_for_and_who_says_so(found: Preset) -> None:
    assert found.purpose.strip() and found.source.strip()


@pytest.mark.parametrize("found", [pytest.param(found, id=name) for name, found in PRESETS.items() if found.path_idle])
def test_a_preset_keeps_its_path_open_though_one_probe_is_lost(found: Preset) -> None:
    time, interval, _probes = found.settings
    assert found.path_idle and time and interval
    assert time + interval < found.path_idle


def test_only_what_a_vendor_asks_for_races_against_connection_tracking() -> None:
    assert [name for name, found in PRESETS.items() if advice(found.settings)] == ["sap", "cis-mss"]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_a_policy(name: str) -> None:
    found = preset(name, probes=10 if PRESETS[name].windows_only else None)
    assert found.settings == PRESETS[name].settings
    assert found.why.startswith(f"preset {name}: {PRESETS[name].purpose}")


def test_the_preset_of_windows_baselines_warns() -> None:
    """It sets what CIS names in milliseconds; Azure's limit and the band of connection tracking are in the warning."""
    assert preset("cis-mss", probes=10).settings == Settings(300, 1, 10)
    assert "after 240 s" in PRESETS["cis-mss"].warning and "from 295 to 305 s" in PRESETS["cis-mss"].warning


def test_the_preset_of_windows_baselines_is_refused_elsewhere() -> None:
    message = (
        "the preset is 'cis-mss': it is for Windows hosts under the security baselines of CIS and Microsoft, and no baseline asks for it "
        "elsewhere; allowed for a Linux host is aws-nat, azure-lb, default, gcp, ipvs, mongodb, nat-60, sap."
    )
    with pytest.raises(InvalidValue, match=f"^{re.escape(message)}$"):
        preset("cis-mss")


@pytest.mark.parametrize("name", PRESETS)
def test_the_guide_tells_the_same_values(name: str) -> None:
    settings = PRESETS[name].settings
    row = f"  * - ``{name}``\n    - {settings.time} / {settings.interval} / {settings.probes}\n    - {drop_after(settings)} s\n"
    assert row in GUIDE.read_text(encoding="utf-8")
