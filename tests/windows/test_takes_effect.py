# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When does Windows take a changed KeepAliveTime? Measured from outside, after the change and after a reboot.

Reports disagree, so this is for a real host: the outcome is printed at the end of the run. A host made of Wine has the TCP stack
of Linux, which knows no registry; there it shows that the measurement works.
"""

from __future__ import annotations

import os
import shlex
from typing import Any

import pytest

from tests.support import needs
from tests.support.commands import run
from tests.support.windows.hosts import OUTCOMES, RESET, WindowsHosts, keepalive, raw
from tests.support.windows.listeners import VALUES_OF_THE_HOST, Listener, free_ports, serving

SECONDS = 3
# A kernel timer runs late, by up to an eighth.
LATEST = 5.0
HERE = {
    "ansible_connection": "local",
    "ansible_shell_type": "sh",
    "ansible_python_interpreter": "{{ ansible_playbook_python }}",
}
SYSTEM = "[Environment]::OSVersion.VersionString"
IS_WINE = r"reg query 'HKCU\Software\Wine'"
ANSWERS = {
    (True, True): "at once, and a reboot keeps them",
    (False, True): "with a reboot",
    (True, False): "at once, and a reboot loses them",
    (False, False): "never",
}


def test_when_windows_takes_the_values(windows: WindowsHosts) -> None:
    needs.root()
    command = os.environ.get("KEEPALIVE_WINDOWS_REBOOT")
    if not command:
        pytest.skip("needs a command that reboots a host: KEEPALIVE_WINDOWS_REBOOT, with {host} for its name")
    _reset, done, system, wine = windows.run(raw(RESET), keepalive(time=SECONDS, interval=1), raw(SYSTEM), raw(IS_WINE))
    assert done["boot"]["after"]["time"] == SECONDS
    at_once = comes_in_time(windows)
    run(*shlex.split(command.format(host=windows.names[0])))
    after_reboot = comes_in_time(windows)
    windows.run(raw(RESET))

    answer = ANSWERS[at_once, after_reboot]
    is_wine = "Wine" in wine["stdout"]
    OUTCOMES.append(f"{windows.names[0]} ({system['stdout'].strip()}) takes keepalive values {answer}")
    assert answer == ("never" if is_wine else "with a reboot"), f"please report this to the project: {OUTCOMES[-1]}"


def comes_in_time(windows: WindowsHosts) -> bool:
    """Whether the first probe of a program with the host's values comes after SECONDS. One with values of its own proves the way."""
    own, of_host = free_ports(2)
    listeners = [Listener(own, SECONDS, 1), Listener(of_host, VALUES_OF_THE_HOST)]
    with serving(windows, windows.names[0], listeners) as server:
        (result,) = windows.run(probe(server.address, [own, of_host]))
    first = {one["port"]: one["measured"]["first_probe"] for one in result["listeners"]}
    assert first[own] is not None and SECONDS <= first[own] < LATEST, result
    return first[of_host] is not None and SECONDS <= first[of_host] < LATEST


def probe(address: str, ports: list[int]) -> dict[str, Any]:
    options = {
        "host": address,
        "ports": ports,
        "method": "dead_peer",
        "policy": {"time": SECONDS},
        "max_wait": 2 * SECONDS,
    }
    return {"netops.keepalive.tcp_keepalive_probe": options, "delegate_to": "localhost", "vars": HERE}
