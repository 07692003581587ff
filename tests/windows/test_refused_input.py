# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is refused, in the words that Linux has for it: all of it by PowerShell on this machine, some of it by a Windows host."""

from __future__ import annotations

import json
import pathlib
from typing import Any

from tests.support import needs
from tests.support.commands import attempt
from tests.support.paths import INSTALLED
from tests.support.windows.hosts import RESET, WindowsHosts, keepalive, query, registry

OPTION = INSTALLED / "plugins" / "module_utils" / "_KeepaliveOption.psm1"
SECONDS = "allowed is a whole number of seconds from 1 to 32767."
PROBES = "allowed is a whole number of probes from 1 to 127."
SHOWN: list[tuple[object, str]] = [
    (0, "0"),
    (-1, "-1"),
    (True, "True"),
    (60.0, "60.0"),
    (60.5, "60.5"),
    (32768, "32768"),
    (2**40, str(2**40)),
    ("", "''"),
    ("true", "'true'"),
    ("6_0", "'6_0'"),
    ("1e3", "'1e3'"),
    ("60.0", "'60.0'"),
    ("0x10", "'0x10'"),
    ("010", "'010'"),
    (" 60", "' 60'"),
    ("60\n", r"'60\n'"),
    ("a\tb\\", r"'a\tb\\'"),
    ("\x07", r"'\x07'"),
    ("it's", '"it\'s"'),
    ("٣", "'٣'"),
    ("32768", "'32768'"),
    ("9" * 5000, "'" + "9" * 76 + "..."),
]
REFUSED: list[tuple[dict[str, Any], str]] = [
    *(({"time": value}, f"time is {shown}: {SECONDS}") for value, shown in SHOWN),
    ({"time": 60, "interval": "32768"}, f"interval is '32768': {SECONDS}"),
    ({"time": 60, "probes": 128}, f"probes is 128: {PROBES}"),
    ({"probes": 0, "interval": 0}, f"interval is 0: {SECONDS}"),
    ({}, "state: present needs at least one of time, interval and probes."),
    (
        {"state": "absent", "time": 60, "probes": 3},
        "state: absent means all three values and takes none of them; got time 60, probes 3.",
    ),
    (
        {"time": 60, "runtime": False, "boot": False},
        "runtime: false together with boot: false leaves nothing to do; allow one of them.",
    ),
]
ON_A_HOST = [case for case in REFUSED if case[0] in ({"time": True}, {"time": 60.0}, {"time": "60\n"})]
TAKEN = [1, 60, 32767, "1", "60", "32767"]

# The module's own first steps, on options from a file; what it says to each, or the numbers that it took.
STEPS = """
$module = New-Module -ScriptBlock ([scriptblock]::Create([System.IO.File]::ReadAllText($args[0])))
$answers = foreach ($given in ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($args[1]))) {
    $options = @{ state = 'present'; runtime = $true; boot = $true }
    foreach ($property in $given.PSObject.Properties) { $options[$property.Name] = $property.Value }
    try {
        $settings = Read-Setting -Options $options
        Assert-Request -Options $options -Settings $settings
        "$($settings.Values)"
    }
    catch { $_.Exception.GetBaseException().Message }
}
ConvertTo-Json -InputObject @($answers)
"""


def answers(options: list[dict[str, Any]], folder: pathlib.Path) -> list[str]:
    given, script = folder / "options.json", folder / "steps.ps1"
    given.write_text(json.dumps(options), encoding="utf-8")
    script.write_text(STEPS, encoding="utf-8")
    # Its exit status is 1 where an error was caught.
    _status, said = attempt(needs.pwsh(), "-NoProfile", "-NonInteractive", "-File", script, OPTION, given)
    found: list[str] = json.loads(said)
    return found


def test_what_is_refused(tmp_path: pathlib.Path) -> None:
    assert answers([options for options, _sentence in REFUSED], tmp_path) == [
        sentence for _options, sentence in REFUSED
    ]


def test_what_is_taken(tmp_path: pathlib.Path) -> None:
    assert answers([{"time": value} for value in TAKEN], tmp_path) == [str(value) for value in TAKEN]


RACES = (
    "time is 300: connection tracking in firewalls forgets a connection after 300 seconds without an acknowledgement, "
    "so values from 295 to 305 race against it; choose a smaller one."
)


def test_a_host_refuses_and_warns(windows: WindowsHosts) -> None:
    # A list reaches the module as Ansible hands it over, and so does a number of more digits than a computer's own have.
    cases = [
        *ON_A_HOST,
        ({"time": [60]}, f"time is [60]: {SECONDS}"),
    ]
    _reset, *refused, huge, warned, after = windows.run(
        query(RESET),
        *(keepalive(**options) for options, _sentence in cases),
        keepalive(time=10**30),
        keepalive(check=True, time=300),
        query(),
    )
    assert [(result.get("failed"), result["msg"]) for result in refused] == [(True, sentence) for _, sentence in cases]
    # 5.1 shows 1E+30.
    assert (huge["failed"], huge["msg"].startswith("time is 1"), huge["msg"].endswith(f": {SECONDS}")) == (
        True,
        True,
        True,
    )
    assert warned["warnings"] == [RACES]
    assert registry(after) == {}
