# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all suites share: they test the installed collection, and quick tests come first."""

from __future__ import annotations

import os
import pathlib
import sys

import pytest

from tests.support.paths import COLLECTIONS, INSTALLED, ROOT, SCRIPTS

pytest_plugins = ["tests.support.no_skips", "tests.support.fleet.fixture", "tests.support.hosts.fixture"]

# The quick ones first, so that a simple mistake shows in seconds.
ORDER = ["unit", "checks", "report", "host", "always", "probe", "roles", "fleet", "windows", "molecule", "matrix"]


def pytest_configure() -> None:
    sys.path.insert(0, str(COLLECTIONS))
    os.environ["ANSIBLE_COLLECTIONS_PATH"] = str(COLLECTIONS)
    # Tools of the environment that runs the tests in front; and an ordinary user's PATH lacks what stands in sbin.
    os.environ["PATH"] = os.pathsep.join([str(SCRIPTS), os.environ["PATH"], "/usr/sbin", "/sbin"])


def pytest_sessionstart() -> None:
    if not INSTALLED.exists():
        pytest.exit(f"{INSTALLED} is missing: run `make build`, or the tests through `make test`", returncode=2)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    suite = item.path.relative_to(ROOT / "tests").parts[0]
    return ORDER.index(suite) if suite in ORDER else len(ORDER)


@pytest.fixture(scope="session", autouse=True)
def _what_was_installed_is_tested() -> None:
    """An import of the collection must come from the tarball's contents, never from the source tree."""
    import ansible_collections.netops.keepalive as collection

    (found,) = collection.__path__
    assert pathlib.Path(found) == INSTALLED, f"the tests import the collection from {found}"
