# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Molecule's scenarios: the examples, on booted hosts, over ssh."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import needs, paths
from tests.support.commands import attempt, run
from tests.support.fleet import Fleet

SCENARIOS = sorted(path.parent for path in (paths.ROOT / "extensions" / "molecule").glob("*/molecule.yml"))
EXAMPLES = sorted(
    path for path in (paths.ROOT / "examples").glob("*.yml") if isinstance(yaml.safe_load(path.read_text()), list)
)
PLAYBOOK_OF = {"idempotence": "converge"}  # the other actions have a playbook of their own name


def sequence(scenario: Path) -> list[str]:
    own = _load(scenario / "molecule.yml").get("scenario", {})
    base = _load(paths.ROOT / ".config" / "molecule" / "config.yml")["scenario"]
    actions: list[str] = {**base, **own}["test_sequence"]
    return actions


def _load(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text())
    return content


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.name)
def test_every_action_has_its_playbook(scenario: Path) -> None:
    """Molecule only logs "Missing playbook" and goes on."""
    missing = [
        action for action in sequence(scenario) if not (scenario / f"{PLAYBOOK_OF.get(action, action)}.yml").exists()
    ]
    assert not missing


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_every_example_is_converged(example: Path) -> None:
    converged = [(scenario / "converge.yml").read_text() for scenario in SCENARIOS if "converge" in sequence(scenario)]
    assert any(f"/examples/{example.name}\n" in playbook for playbook in converged)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What molecule printed about all scenarios; without an inventory of Windows hosts, all but the mixed fleet."""
    needs.booted_hosts()
    windows = os.environ.get("KEEPALIVE_WINDOWS_INVENTORY", "")
    fleet = Fleet(paths.BUILD / "molecule-fleet")  # as extensions/molecule/default names it
    with fleet.reserved(wait=True):
        fleet.destroy()
        _status, output = attempt(
            paths.SCRIPTS / "molecule",
            *("test", "--all", *(() if windows else ("--exclude", "windows"))),
            env={
                # A state of its own, lest molecule takes a fleet for created that an earlier, killed run had.
                "MOLECULE_EPHEMERAL_DIRECTORY": str(tmp_path_factory.mktemp("molecule")),
                "NO_COLOR": "1",
                "KEEPALIVE_WINDOWS_INVENTORY": windows and str(Path(windows).resolve()),
            },
            timeout=1800,
        )
        left = fleet.folder.exists()
        fleet.destroy()
    assert not left, f"molecule destroyed nothing\n{output}"
    return output


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.name)
def test_scenario(scenario: Path, said: str) -> None:
    if scenario.name == "windows":
        needs.windows_inventory()
    succeeded = re.findall(rf"^{scenario.name} > (\w+): Executed: Successful$", said, re.MULTILINE)
    assert [action for action in sequence(scenario) if action not in succeeded] == [], said


def test_the_mixed_fleet_sets_windows_hosts_too(said: str) -> None:
    inventory = needs.windows_inventory()
    listed = json.loads(run(paths.SCRIPTS / "ansible-inventory", "-i", inventory, "--list"))
    hosts = set(listed["_meta"]["hostvars"])
    assert hosts, f"{inventory} has no hosts"
    converged = said.partition("[windows > converge] Executing")[2].partition("[windows > converge] Executed")[0]
    changed = set(re.findall(r"^(\S+) +: ok=\d+ +changed=[1-9]", converged, re.MULTILINE))
    assert hosts <= changed, converged
    assert changed - hosts, "no Linux host was with them"
