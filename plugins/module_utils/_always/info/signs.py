# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths of which one is there wherever this collection has attached something, or will at boot. Data only."""

from ansible_collections.netops.keepalive.plugins.module_utils._always.boot import marker

ATTACHED = "/run/netops-keepalive.attached"
"""Where nothing is installed for the boot, it alone tells."""
SIGNS = ("/etc/netops-keepalive", marker.PATH, ATTACHED)
