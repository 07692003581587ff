# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole test suite as several pytest processes side by side: most suites wait for hosts and timers, not for a processor.

``python -m tests.support.shards`` runs all, ``python -m tests.support.shards molecule windows`` these two.
"""
