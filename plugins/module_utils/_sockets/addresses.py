# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of IP addresses, as text. Pure."""

import socket

FAMILIES = (socket.AF_INET, socket.AF_INET6)
# A listener there takes connections to every address.
WILDCARDS = ("0.0.0.0", "::")


def family_of(address: str) -> int:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def is_loopback(address: str) -> bool:
    return address == "::1" or address.startswith(("127.", "::ffff:127."))


def is_link_local(address: str) -> bool:
    """Of IPv6."""
    return address[:3].lower() in ("fe8", "fe9", "fea", "feb")
