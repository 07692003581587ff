# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a release and those who take it need: changelog, licences, Galaxy, execution environments."""

from __future__ import annotations

import pathlib
import sys

import pytest
import yaml

from tests.support.commands import run, tool
from tests.support.environments import venvs
from tests.support.paths import INSTALLED, ROOT, tarball

SESSIONS = [
    *("formatters", "codeqa", "typing", "yamllint", "docs-check", "license-check", "extra-checks"),
    *("build-import-check", "ansible-test-sanity", "ansible-test-units", "ansible-lint", "molecule"),
]


def test_changelog() -> None:
    tool("antsibull-changelog", "lint")


def test_licences() -> None:
    tool("reuse", "lint")


def test_tarball_holds_what_users_need() -> None:
    at_top = {path.name for path in INSTALLED.iterdir()}
    assert at_top == {
        *("FILES.json", "MANIFEST.json", "LICENSES", "README.md", "REUSE.toml", "CONTRIBUTING.md"),
        *("changelogs", "docs", "examples", "meta", "playbooks", "plugins", "roles"),
    }


def test_galaxy_takes_the_tarball(tmp_path: pathlib.Path) -> None:
    environment = venvs.venv(pathlib.Path(sys.executable), requirements=venvs.from_file("galaxy.txt"))
    settings = tmp_path / "galaxy-importer.cfg"
    # ansible-test and ansible-lint have tests of their own here, with more than the importer would run.
    settings.write_text(
        "[galaxy-importer]\n"
        "RUN_ANSIBLE_DOC = True\nRUN_ANSIBLE_LINT = False\nRUN_ANSIBLE_TEST = False\nRUN_FLAKE8 = False\n"
        "REQUIRE_V1_OR_GREATER = False\nCHECK_REQUIRED_TAGS = True\nCHECK_CHANGELOG = True\n",
        encoding="utf-8",
    )
    said = run(
        environment / "bin" / "python",
        *("-m", "galaxy_importer.main", tarball()),
        cwd=tmp_path,
        env={
            "GALAXY_IMPORTER_CONFIG": str(settings),
            "HOME": str(tmp_path),
            "PATH": f"{environment / 'bin'}:/usr/bin:/bin",
        },
    )
    complaints = [line for line in said.splitlines() if line.startswith(("WARNING", "ERROR"))]
    assert not complaints, said
    assert "Importer processing completed successfully" in said


def test_execution_environment_needs_nothing_more() -> None:
    said = tool("ansible-builder", "introspect", INSTALLED.parents[2])
    assert yaml.safe_load(said) == {"python": [], "system": []}


@pytest.mark.parametrize("name", ["execution-environment.yml"])
def test_example_of_an_execution_environment(name: str, tmp_path: pathlib.Path) -> None:
    tool("ansible-builder", "create", "--file", ROOT / "examples" / name, "--context", tmp_path)
    assert "netops.keepalive" in (tmp_path / "_build" / "requirements.yml").read_text(encoding="utf-8")


def test_nox_lists_every_session() -> None:
    listed = tool("nox", "--list", "--noxfile", ROOT / "noxfile.py")
    assert [name for name in SESSIONS if f" {name} -> " not in listed] == []
