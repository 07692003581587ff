# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What helps a program that has no setting for keepalive, or whose settings nobody here knows: that depends on the system. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import plan as validate_plan

POSIX, WINDOWS, APPLIANCE = validate_plan.POSIX, validate_plan.WINDOWS, validate_plan.APPLIANCE


class Advice(t.NamedTuple):
    text: str
    lines: tuple[str, ...] = ()


NOT_KNOWN = "This program is not known here: look in its documentation for SO_KEEPALIVE."
# What a program sets on a connection comes after what its listener or a library gave it.
SETS_ITS_OWN = (
    "This program is not known here. It sets these values itself (TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT), so neither the host nor a "
    "socket unit can change them: look in its configuration, or in its source."
)

BY_SYSTEM = {
    # Whoever opens the listener can turn keepalive on, and what is accepted inherits it.
    POSIX: Advice(
        "A service that takes its listener from systemd gets keepalive from its socket unit; a dynamically linked program gets it "
        "from libkeepalive, in its service unit:",
        (
            "[Socket]",
            "KeepAlive=true",
            "KeepAliveTimeSec=<time>",
            "KeepAliveIntervalSec=<interval>",
            "KeepAliveProbes=<probes>",
            "[Service]",
            'Environment="LD_PRELOAD=libkeepalive.so" "KEEPIDLE=<time>" "KEEPINTVL=<interval>" "KEEPCNT=<probes>"',
        ),
    ),
    WINDOWS: Advice(
        "On Windows nobody but the program itself can turn it on. Where it does, and sets no values (TCP_KEEPIDLE and TCP_KEEPINTVL, "
        "or SIO_KEEPALIVE_VALS), those of the host hold, from the next boot on:",
        ("netops.keepalive.tcp_keepalive: {time: <time>, interval: <interval>}",),
    ),
    APPLIANCE: Advice("On an appliance nothing but its own configuration can turn it on."),
}
