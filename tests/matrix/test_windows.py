# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A pass over a Windows host with the versions of ansible-core that the collection supports."""

from __future__ import annotations

import pathlib

from tests.support import needs
from tests.support.environments.cores import Core

PASS = pathlib.Path(__file__).with_name("windows_pass.yml")


def test_each_ansible_core_manages_windows_hosts(core: Core) -> None:
    """The task that names tcp_keepalive finds the module for Windows."""
    core.run("ansible-playbook", "-i", needs.windows_inventory(), PASS)
