# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remedies for programs without a setting for keepalive, or with settings that are not known here, by system."""

import typing as t

from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import systems


class Advice(t.NamedTuple):
    text: str
    lines: tuple[str, ...] = ()


NOT_KNOWN = "This program is not known here: look for SO_KEEPALIVE in its documentation."
# A program sets options on a connection after its listener or a library did.
SETS_ITS_OWN = (
    "This program is not known here. It sets these values itself (TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT), so neither the host nor a "
    "socket unit can change them: look in its configuration, or in its source."
)

# It is told only where root's systemd knows the unit.
SWITCH = Advice(
    "On Linux, the task switches it on for new connections, without a restart. A probe from the same host sees that only with loopback: true "
    "in the task. The other way is a drop-in. ",
    (
        "netops.keepalive.tcp_keepalive_always: {scope: units, units: [<unit>], time: <time>, interval: <interval>, probes: <probes><more>}",
    ),
)
SOCKET_LINES = (
    "# <unit_folder>/<socket_unit>.d/tcp-keepalive.conf",
    "[Socket]",
    "KeepAlive=true",
    "KeepAliveTimeSec=<time>",
    "KeepAliveIntervalSec=<interval>",
    "KeepAliveProbes=<probes>",
)
# By ``process.preload``.
NO_LIBRARY = {
    "static": "it is a static program",
    "setuid": "it has more rights than the user who started it (setuid, setgid or capabilities of its file)",
    "other_libc": "its C library is musl",
}
BY_SYSTEM = {
    # Connections inherit keepalive from the listener, so the opener of the listener can turn it on.
    systems.POSIX: Advice(
        "<switch>Use one of the two drop-ins, then <systemctl> daemon-reload, restart it, and probe again. The first is for a program with the C library of "
        "the host (package libkeepalive0): not for a static or setuid program; one that clears its environment keeps the host's values. The second "
        "is for a service that takes its listener from systemd; it goes to its socket unit:",
        (
            "# <unit_folder>/<unit>.d/tcp-keepalive.conf",
            "[Service]",
            "Environment=LD_PRELOAD=libkeepalive.so KEEPIDLE=<time> KEEPINTVL=<interval> KEEPCNT=<probes>",
            *SOCKET_LINES,
        ),
    ),
    systems.WINDOWS: Advice(
        "On Windows only the program itself can turn it on. If it does so and sets no values (TCP_KEEPIDLE and TCP_KEEPINTVL, or "
        "SIO_KEEPALIVE_VALS), it takes those of the host, from the next boot on:",
        ("netops.keepalive.tcp_keepalive: {time: <time>, interval: <interval>}",),
    ),
    systems.APPLIANCE: Advice("On an appliance only its own configuration can turn it on."),
}


def reaching(advice: Advice, preload: str | None) -> Advice:
    """The advice without the library if LD_PRELOAD does not reach the program."""
    why = NO_LIBRARY.get(preload or "")
    if why is None or advice is not BY_SYSTEM[systems.POSIX]:
        return advice
    text = (
        "<switch>No library can turn it on, because {0}. If the service takes its listener from systemd, give its socket unit this drop-in, then "
        "<systemctl> daemon-reload, restart both, and probe again:"
    )
    return Advice(text.format(why), SOCKET_LINES)
