# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules under every Python that a managed host may have, on a throw-away host."""

from __future__ import annotations

import pathlib

import pytest

from tests.support import needs
from tests.support.environments import cores
from tests.support.paths import ROOT

HERE = pathlib.Path(__file__).parent

# An old Python with the newest ansible-core that still manages hosts with it; the others so that each ansible-core has its turn.
CORE_FOR_TARGET = {
    "3.6": "2.16",
    "3.7": "2.17",
    "3.8": "2.19",
    "3.9": "2.21",
    "3.10": "2.18",
    "3.11": "2.20",
    "3.12": "2.21",
    "3.13": "2.21",
}


def test_each_ansible_core_has_its_turn() -> None:
    assert set(CORE_FOR_TARGET.values()) == set(cores.PYTHONS)


# The oldest Python, that of RHEL 9, and the newest. The others have their turn with what takes long.
DAILY = ("3.6", "3.9", "3.13")


@pytest.mark.parametrize("playbook", ["pass.yml", "probe.yml"])
@pytest.mark.parametrize(
    "version",
    [pytest.param(version, marks=[] if version in DAILY else pytest.mark.long) for version in CORE_FOR_TARGET],
)
def test_a_pass_over_a_host_with_each_python(version: str, playbook: str) -> None:
    needs.user_namespaces()
    interpreter = needs.python(version)
    core = cores.core(CORE_FOR_TARGET[version])
    said = core.run(
        "ansible-playbook",
        *("-i", "localhost,", "-c", "local", "-e", f"ansible_python_interpreter={interpreter}"),
        HERE / playbook,
        before=(ROOT / "tools" / "throwaway-host",),
    )
    assert "failed=0" in said
