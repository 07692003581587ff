# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fixture `fleet`: booted hosts for all tests of a run, made when the first test asks for them.

KEEPALIVE_FLEET_HOSTS says how many (4: one of each release, and one more); KEEPALIVE_FLEET_KEEP=1 leaves them running afterwards,
for the next run or for a look.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import pathlib
from collections.abc import Iterator, Sequence

import pytest

from tests.support import needs, paths
from tests.support.fleet import Fleet


@pytest.fixture(scope="session")
def fleet() -> Iterator[Fleet]:
    needs.booted_hosts()
    with _free_fleet() as fleet:
        try:
            fleet.create(int(os.environ.get("KEEPALIVE_FLEET_HOSTS", "4")))
            yield fleet
        finally:
            if os.environ.get("KEEPALIVE_FLEET_KEEP") != "1":
                fleet.destroy()


@contextlib.contextmanager
def new_fleet(folder: pathlib.Path, hosts: int, releases: Sequence[str]) -> Iterator[Fleet]:
    """A fleet for one test, or for the tests of one file."""
    needs.booted_hosts()
    fleet = Fleet(folder / "fleet")
    try:
        fleet.create(hosts, releases)
        yield fleet
    finally:
        fleet.destroy()


@contextlib.contextmanager
def _free_fleet() -> Iterator[Fleet]:
    """build/fleet, unless another test run has it: then build/fleet-2 and so on."""
    for number in itertools.count(1):
        fleet = Fleet(paths.BUILD / ("fleet" if number == 1 else f"fleet-{number}"))
        with fleet.reserved() as mine:
            if mine:
                yield fleet
                return
