# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The unit tests that depend on ansible-core or on the controller's Python, with each version that the collection supports."""

from __future__ import annotations

import pathlib

import pytest

from tests.support.environments import cores
from tests.support.environments.cores import Core
from tests.support.paths import ROOT
from tests.support.plugins import imports

UNITS = ROOT / "tests" / "unit" / "plugins"
# What imports ansible-core: the unit tests of these do, and no others.
EDGES = (
    "action",
    "filter",
    "plugin_utils/_look/test_look_first.py",
    "plugin_utils/_report/test_artifact.py",
    "plugin_utils/_roles",
)
OTHERS = sorted(path for path in UNITS.rglob("*.py") if not path.relative_to(UNITS).as_posix().startswith(EDGES))


def test_units_with_each_ansible_core(core: Core) -> None:
    core.run("python", "-m", "pytest", "-q", *(UNITS / edge for edge in EDGES))


@pytest.mark.long  # the types are checked for that Python every time
def test_units_of_what_stays_on_the_controller_with_its_oldest_python() -> None:
    core = cores.core(cores.OLDEST)
    assert core.run("python", "-c", "import sys; print(sys.version_info[:2])") == "(3, 10)\n"
    core.run("python", "-m", "pytest", "-q", UNITS / "plugin_utils")


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: str(path.relative_to(UNITS)))
def test_other_units_import_no_ansible_core(path: pathlib.Path) -> None:
    """Nor does what they test: one run of them is enough."""
    reached = imports.reached_from(path)
    assert [one for one in reached if "ansible" in imports.of_others(one)] == []
