# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What kind of system a host is, by the way in which Ansible reaches it, and what that means for the probe. Pure."""

POSIX, WINDOWS, APPLIANCE = "posix", "windows", "appliance"
CONNECTIONS = {
    "winrm": WINDOWS,
    "psrp": WINDOWS,
    "network_cli": APPLIANCE,
    "netconf": APPLIANCE,
    "httpapi": APPLIANCE,
    "libssh": APPLIANCE,
}
WINDOWS_SHELLS = ("powershell", "cmd")
WINDOWS_PROBES = 10
NO_PROBE_HERE = {
    WINDOWS: "this host runs Windows, where sockets cannot be read from inside",
    APPLIANCE: "this host is an appliance, on which no probe runs",
}


def system_of(connection: object, shell: object) -> str:
    """Connections and shells have short names, and full ones such as ``ansible.builtin.powershell``."""
    if str(shell or "").rpartition(".")[2] in WINDOWS_SHELLS:
        return WINDOWS
    return CONNECTIONS.get(str(connection or "").rpartition(".")[2], POSIX)
