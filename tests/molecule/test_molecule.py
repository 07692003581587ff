# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Molecule's scenarios: the examples, on booted hosts, over ssh."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import needs, paths
from tests.support.commands import run
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


def test_all_scenarios(tmp_path: Path) -> None:
    """Without an inventory of Windows hosts all but the mixed fleet, which is then skipped below."""
    needs.booted_hosts()
    windows = os.environ.get("KEEPALIVE_WINDOWS_INVENTORY", "")
    fleet = Fleet(paths.BUILD / "molecule-fleet")  # as extensions/molecule/default names it
    with fleet.reserved(wait=True):
        fleet.destroy()
        # A state of its own, lest molecule takes a fleet for created that an earlier, killed run had.
        said = run(
            paths.SCRIPTS / "molecule",
            "test",
            "--all",
            *(() if windows else ("--exclude", "windows")),
            env={
                "MOLECULE_EPHEMERAL_DIRECTORY": str(tmp_path),
                "NO_COLOR": "1",
                "KEEPALIVE_WINDOWS_INVENTORY": windows and str(Path(windows).resolve()),
            },
            timeout=1800,
        )
        assert not fleet.folder.exists()
    for scenario in SCENARIOS:
        for action in sequence(scenario) if windows or scenario.name != "windows" else ():
            assert re.search(rf"^{scenario.name} > {action}: Executed: Successful$", said, re.MULTILINE), said


def test_the_mixed_fleet_has_windows_hosts() -> None:
    """The scenario itself runs with the others, which share its Linux hosts."""
    assert needs.windows_inventory().exists()
