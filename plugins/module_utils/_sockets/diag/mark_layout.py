# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mark of tcp_keepalive_always looks like: the program writes it, the probe reads it."""

import struct

# Tells a mark from what other tools keep for a socket.
SIGN = 0x6B616C76
LAYOUT = struct.Struct("=5I")
"""The sign, time, interval, probes, user timeout."""
NO_MARKS = (
    "This kernel cannot mark the connections that tcp_keepalive_always switches on: set_by is host for those, too."
)
