# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that systemd does not start: whether the script that reads sysctl files at start is known, and does it as procps does.

Sources: ``init.d/sysctl`` of OpenRC and of Alpine's package of it; ``init.d/procps`` of Debian's package procps.
"""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _local_host

# What shows that an init runs, and the links that make it start a script.
STARTED = (
    ("/run/openrc", "/etc/runlevels/*/sysctl"),
    ("/run/openrc", "/etc/runlevels/*/procps"),
    ("/run/initctl", "/etc/rcS.d/S??procps"),
)


def doubts(has_procps: bool, host: _local_host.LocalHost) -> t.Tuple[str, ...]:
    """``has_procps``: ``sysctl`` is that of procps, not of BusyBox, for example."""
    scripts = [path for sign, links in STARTED if host.exists(sign) for path in host.glob(links)]
    if not scripts:
        return ("Nothing here is known to read sysctl files at start.",)
    if has_procps and any("--system" in host.text(path) for path in scripts):
        return ()
    # Alpine's script reads the folders one after the other. With BusyBox's sysctl, OpenRC's own reads /etc/sysctl.conf
    # first, then /etc/sysctl.d, and nothing where there is no /etc/sysctl.conf.
    return (
        "{0} reads sysctl files at start, but not with the command sysctl --system of procps, which is assumed here: "
        "the values of the next boot may be others.".format(host.realpath(scripts[0])),
    )
