# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Windows hosts that KEEPALIVE_WINDOWS_INVENTORY names. What they had before the tests, they have after them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import needs
from tests.support.windows.hosts import OUTCOMES, RESET, WindowsHosts, raw


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in OUTCOMES:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def windows() -> Iterator[WindowsHosts]:
    hosts = WindowsHosts(needs.windows_inventory())
    before = {name: hosts.saved(name) for name in hosts.names}
    for name in hosts.names:
        hosts.run(raw(RESET), host=name)
    yield hosts
    for name in hosts.names:
        hosts.run(raw(*before[name]), host=name)
