# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet of Debian hosts to test on, each really booted: systemd as PID 1, sshd, a network namespace and an /etc of its own.

``python3 -m tests.support.fleet create --hosts 10`` makes one; tests take the session fixture ``fleet`` (tests/support/fleet/fixture.py).
"""

from __future__ import annotations

from .errors import FleetError
from .fleet import Fleet
from .host import Host

__all__ = ["Fleet", "FleetError", "Host"]
