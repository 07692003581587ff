# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the later writers' configurations have in common: files with lines, and services that start at boot."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _local_host


def read_lines(path: str, host: _local_host.LocalHost) -> t.List[str]:
    """The lines of a file; none where it cannot be read."""
    return host.text(path).splitlines()


def starts_at_boot(service: str, host: _local_host.LocalHost) -> bool:
    """Whether the init system of this host starts the service: systemd, sysvinit or OpenRC."""
    if not host.isdir("/run/systemd/system"):
        return bool(host.glob("/etc/rc?.d/S??" + service) or host.glob("/etc/runlevels/*/" + service))
    unit = service + ".service"
    return bool(
        host.glob("/etc/systemd/system/*.wants/" + unit) and host.realpath("/etc/systemd/system/" + unit) != "/dev/null"
    )
