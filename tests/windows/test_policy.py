# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policy, held by Windows hosts: planned for 10 probes, audited, rebooted."""

from __future__ import annotations

import json
import pathlib
import re
from typing import NamedTuple

import pytest

from tests.support.commands import attempt
from tests.support.environments.other_collections import ansible_windows
from tests.support.paths import COLLECTIONS, SCRIPTS
from tests.support.windows.hosts import INTERVAL, RESET, TIME, WindowsHosts, add, dword, keepalive, query, raw, registry


class Run(NamedTuple):
    status: int
    said: str

    def changed(self) -> set[str]:
        return set(re.findall(r"^(\S+) +: ok=.*?changed=[1-9]", self.said, re.MULTILINE))

    def failures(self) -> list[str]:
        """The last message of each host that failed."""
        found = re.findall(r"^fatal: \[(.*?)\]: FAILED! => (\{.*\})$", self.said, re.MULTILINE)
        return list({name: json.loads(result)["msg"] for name, result in found}.values())


def enforce(
    windows: WindowsHosts, policy: dict[str, object], *options: str, more: pathlib.Path | None = None, limit: str = ""
) -> Run:
    status, said = attempt(
        SCRIPTS / "ansible-playbook",
        *("-i", windows.inventory, "--limit", limit or windows.names[0]),
        *("netops.keepalive.enforce", *options),
        *("-e", json.dumps({f"policy_{name}": value for name, value in policy.items()})),
        env={"ANSIBLE_COLLECTIONS_PATH": ":".join(str(path) for path in (COLLECTIONS, more) if path)},
    )
    return Run(status, said)


@pytest.mark.parametrize(
    "given, time, interval",
    [
        ({"goal": "path_idle=350 drop_within=180"}, 90, 9),
        # 120 s and 4 probes 30 s apart, elsewhere: 240 s
        pytest.param({"preset": "aws-nat"}, 120, 12, marks=pytest.mark.long),
        # Refused elsewhere.
        pytest.param({"preset": "cis-mss"}, 300, 1, marks=pytest.mark.long),
    ],
    ids=["goal", "preset", "preset for Windows alone"],
)
def test_a_goal_and_a_preset_on_all_hosts(
    windows: WindowsHosts, given: dict[str, object], time: int, interval: int
) -> None:
    """No host is told that it is Windows."""
    names = ",".join(windows.names)
    assert enforce(windows, given, limit=names).changed() == set(windows.names)
    audit = enforce(windows, {**given, "audit": True, "runtime": False}, limit=names)
    assert (audit.status, audit.changed()) == (0, set()), audit.said
    found = {name: registry(windows.run(query(), raw(RESET), host=name)[0]) for name in windows.names}
    wanted = {TIME: dword(time * 1000), INTERVAL: dword(interval * 1000)}
    assert found == dict.fromkeys(windows.names, wanted)


def test_an_audit_of_plain_values_names_the_interval_that_would_do(windows: WindowsHosts) -> None:
    values: dict[str, object] = {"time": 120, "interval": 30, "probes": 4}
    windows.run(raw(RESET), keepalive(time=120, interval=30, probes=4))
    late = enforce(windows, {**values, "audit": True, "runtime": False})
    assert late.status != 0
    assert (
        "drop_after is 420 after the next boot (this host always sends 10 probes; interval 12 would do), "
        "should be at most 240"
    ) in late.said
    waiting = enforce(windows, {**values, "audit": True})
    assert "time is 7200 now (until the next boot), should be 120" in waiting.said
    windows.run(keepalive(interval=12))
    cured = enforce(windows, {**values, "audit": True, "runtime": False})
    assert (cured.status, cured.changed()) == (0, set()), cured.said


def test_absent_and_what_is_left(windows: WindowsHosts) -> None:
    windows.run(raw(RESET, add(TIME, "REG_DWORD", "600000")))
    left = enforce(windows, {"state": "absent", "audit": True})
    assert f"time is 600 after the next boot (HKLM\\\\{PARAMETERS}\\\\{TIME}), should not come from there" in left.said
    assert enforce(windows, {"state": "absent"}).changed() == {windows.names[0]}
    clean, _reset = windows.run(query(), raw(RESET))
    assert registry(clean) == {}
    assert enforce(windows, {"state": "absent", "audit": True}).status == 0


PARAMETERS = r"SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters"
MISSING = (
    "policy_reboot is when_required, and the keepalive values of this host wait for its next boot, but the collection "
    "ansible.windows, which would reboot it, is not installed: run `ansible-galaxy collection install ansible.windows`, "
    "or reboot the host yourself."
)


def test_a_reboot_is_made_where_it_is_required(windows: WindowsHosts) -> None:
    """In check mode, which asks for it and spares the host. Without the collection that reboots, the host says so."""
    windows.run(raw(RESET))
    staged = enforce(windows, {"time": 120, "reboot": "when_required", "runtime": False})
    assert staged.status == 0, staged.said
    without = enforce(windows, {"time": 120, "reboot": "when_required"})
    assert without.failures() == [MISSING], without.said
    asked = enforce(windows, {"time": 120, "reboot": "when_required"}, "--check", "-vv", more=ansible_windows())
    assert (asked.status, asked.changed()) == (0, {windows.names[0]}), asked.said
    assert '"rebooted": true' in asked.said, asked.said
    assert enforce(windows, {"time": 120}).status == 0
    back = enforce(windows, {"state": "absent", "reboot": "when_required"})
    assert (back.status, back.changed()) == (0, {windows.names[0]}), back.said
    windows.run(raw(RESET))
