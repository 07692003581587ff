# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every ansible-core that the collection supports, each in an environment of its own."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from typing import NamedTuple

import pytest

from tests.support import needs
from tests.support.commands import attempt, run
from tests.support.environments import pythons, venvs

# Which Pythons each can be run with, the one to take first in front: together they cover 3.10 to 3.13.
PYTHONS = {
    "2.16": ["3.10", "3.11", "3.12"],
    "2.17": ["3.12", "3.11", "3.10"],
    "2.18": ["3.11", "3.12", "3.13"],
    "2.19": ["3.13", "3.12", "3.11"],
    "2.20": ["3.12", "3.13", "3.14"],
    "2.21": ["3.13", "3.12", "3.14"],
}

OLDEST, *BETWEEN, NEWEST = PYTHONS
# Those between the oldest and the newest have their turn with what takes long.
PARAMETERS = [pytest.param(version, marks=pytest.mark.long if version in BETWEEN else ()) for version in PYTHONS]

Word = str | pathlib.Path


class Core(NamedTuple):
    """An environment with one ansible-core, and what the unit suite needs beside it."""

    version: str
    folder: pathlib.Path

    def run(self, name: Word, *arguments: Word, before: tuple[Word, ...] = ()) -> str:
        """Run a program of the environment, by way of `before` where that is given."""
        return run(*before, self.folder / "bin" / name, *arguments, env=self._environment())

    def attempt(self, name: Word, *arguments: Word) -> tuple[int, str]:
        return attempt(self.folder / "bin" / name, *arguments, env=self._environment())

    def _environment(self) -> Mapping[str, str]:
        # A user's own settings would decide otherwise; the folder has none.
        return {"ANSIBLE_CONFIG": str(self.folder / "ansible.cfg"), "ANSIBLE_HOME": str(self.folder / "home")}


def core(version: str) -> Core:
    candidates = PYTHONS[version]
    python = pythons.newest(candidates) or needs.python(candidates[-1])
    requirements = [f"ansible-core=={version}.*", *venvs.from_file("unit.txt")]
    environment = Core(version, venvs.venv(python, requirements=requirements))
    (environment.folder / "ansible.cfg").touch()
    assert f"[core {version}." in environment.run("ansible", "--version")
    return environment
