# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one error of this package; its text is a sentence for the person who ran the command."""

from __future__ import annotations


class FleetError(Exception):
    """Something that a person has to put right; the command line prints it without a traceback."""
