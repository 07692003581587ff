# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real servers on booted hosts: one where each meets the policy, as far as it can, and one where it does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import paths
from tests.support.commands import run
from tests.support.fleet.fixture import new_fleet
from tests.support.probe.applications.servers import Servers


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    releases = ("servers", "servers", "servers", "confined")
    with new_fleet(tmp_path_factory.mktemp("servers"), len(releases), releases) as fleet:
        # As the molecule scenario does it.
        run(paths.SCRIPTS / "ansible-playbook", "-i", fleet.inventory, "extensions/molecule/resources/servers.yml")
        yield Servers(fleet, *fleet.hosts)
