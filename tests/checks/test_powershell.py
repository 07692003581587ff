# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Windows PowerShell 5.1 is what most hosts run. PowerShell's own parser tells what it could not take."""

from __future__ import annotations

import functools
import json
import pathlib
import re
from collections.abc import Sequence
from typing import Any

import pytest

from tests.support import needs
from tests.support.commands import run
from tests.support.paths import INSTALLED, ROOT

READER = ROOT / "tests" / "support" / "windows" / "read_syntax.ps1"
# All but the reader itself, which a PowerShell 7 runs, and on no host.
OURS = sorted({*(INSTALLED / "plugins").rglob("*.ps*1"), *(ROOT / "tests").rglob("*.ps*1")} - {READER})

# What is used, with those of its parameters that 5.1 has and that are used: a new one is looked up in the documentation of
# 5.1 (learn.microsoft.com, "powershell-5.1") before it is added here.
CMDLETS = {
    "Export-ModuleMember": {"Function", "Variable"},
    "New-Object": {"TypeName", "ArgumentList"},
    "Split-Path": {"Path", "Parent", "Leaf"},
    "Where-Object": set(),
}
# Of .NET Framework 4.5, which 5.1 runs on: types, their static members, and the methods of objects.
TYPES = {
    *("bool", "byte", "char", "double", "hashtable", "int", "long", "object", "ordered", "regex", "string"),
    *("Ansible.Basic.AnsibleModule", "DateTime", "System.BitConverter", "System.Collections.IDictionary"),
    *("System.Globalization.CultureInfo", "System.IFormattable", "System.Math", "System.Security.SecurityException"),
    *("Microsoft.Win32.RegistryKey", "Microsoft.Win32.RegistryKeyPermissionCheck"),
    *("Microsoft.Win32.RegistryOptions", "Microsoft.Win32.RegistryValueKind"),
    *("System.Net.IPAddress", "System.Net.Sockets.SocketOptionLevel", "System.Net.Sockets.SocketOptionName"),
    "System.Threading.Thread",
}
STATICS = {
    "Ansible.Basic.AnsibleModule::Create",
    "Ansible.Basic.AnsibleModule::ToJson",
    "DateTime::UtcNow",
    "Microsoft.Win32.RegistryKey::OpenBaseKey",
    "Microsoft.Win32.RegistryKeyPermissionCheck::ReadWriteSubTree",
    "Microsoft.Win32.RegistryOptions::Volatile",
    "Microsoft.Win32.RegistryValueKind::DWord",
    "Microsoft.Win32.RegistryValueKind::String",
    "System.BitConverter::GetBytes",
    "System.BitConverter::ToString",
    "System.BitConverter::ToUInt32",
    "System.Globalization.CultureInfo::InvariantCulture",
    "System.Math::Abs",
    "System.Math::Floor",
    "System.Net.IPAddress::Any",
    "System.Net.Sockets.SocketOptionLevel::Tcp",
    "System.Threading.Thread::Sleep",
    "regex::Replace",
}
METHODS = {
    *("CreateSubKey", "DeleteSubKeyTree", "DeleteValue", "Flush", "GetValue", "GetValueKind", "GetValueNames"),
    *("OpenSubKey", "SetValue", "Dispose", "GetBaseException"),
    *("Contains", "Replace", "Substring", "ToString", "TrimEnd", "Trim"),
    *("FailJson", "ExitJson", "Warn"),
    *("AcceptSocket", "AddSeconds", "Pending", "SetSocketOption", "Start"),
}


@functools.cache
def read(*paths: pathlib.Path) -> list[dict[str, Any]]:
    """What the parser finds in each file: see read_syntax.ps1."""
    said = run(needs.pwsh(), "-NoProfile", "-NonInteractive", "-File", READER, *paths)
    found: list[dict[str, Any]] = json.loads(said)
    return found


def complaints(found: dict[str, Any]) -> list[str]:
    functions = {name.lower() for name in [*found["functions"], *shared_functions()]}
    return [
        *(f"line {line}: {what}" for line, what in found["newer"]),
        *(f"{name} is not known of 5.1" for name in found["commands"] if name not in CMDLETS and name.lower() not in functions),
        *(
            f"{name} -{parameter} is not known of 5.1"
            for name, parameter in found["parameters"]
            if name.lower() not in functions and parameter not in CMDLETS.get(name, ())
        ),
        *(f"[{name}] is not known of 5.1" for name in found["statics"] if name not in STATICS),
        *(f"[{name}] is not known of 5.1" for name in types(found) if name not in TYPES),
        *(f".{name}() is not known of 5.1" for name in found["methods"] if name not in METHODS),
    ]  # fmt: skip


def types(found: dict[str, Any]) -> list[str]:
    """The single names: [List[string[]]] is made of two."""
    return [name for full in found["types"] for name in re.findall(r"[\w.]+", full)]


def shared_functions() -> Sequence[str]:
    return [name for found in read(*OURS) for name in found["functions"]]


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_ours_is_for_5_1(path: pathlib.Path) -> None:
    assert complaints(read(*OURS)[OURS.index(path)]) == []


NEWER = {
    "a ? b : c": ("$x = $true ? 1 : 2", "line 1: ? :"),
    "??": ("$x = $null ?? 1", "line 1: ??"),
    "??=": ("$x ??= 1", "line 1: ??="),
    "?.": ("$x = ${y}?.Length", "line 1: ?."),
    "?[]": ("$x = ${y}?[0]", "line 1: ?[]"),
    "&&": ("Split-Path a && Split-Path b", "line 1: && or ||"),
    "||": ("Split-Path a || Split-Path b", "line 1: && or ||"),
    "a job": ("Split-Path a &", "line 1: & at the end"),
    "clean": ("function f { clean { 1 } }", "line 1: clean { }"),
    "escape": ('$x = "`e[0m"', "line 1: `e"),
    "code point": ('$x = "`u{263a}"', "line 1: `u{ }"),
    "unsigned": ("$x = 1u", "line 1: the number 1u"),
    "short": ("$x = 1s", "line 1: the number 1s"),
    "big": ("$x = 5n", "line 1: the number 5n"),
    "binary": ("$x = 0b101", "line 1: the number 0b101"),
    "operand": ("$x = 'a' -replace 'a', { $_ }", "line 1: a script block for -replace"),
    "platform": ("if ($IsWindows) { 1 }", "line 1: $IsWindows"),
    "no PowerShell": ("$x = (", "line 1: An expression was expected after '('."),
    "cmdlet": ("Get-Error", "Get-Error is not known of 5.1"),
    "alias": ("gerr", "gerr is not known of 5.1"),
    "parameter": ("Split-Path -Path a -LeafBase", "Split-Path -LeafBase is not known of 5.1"),
    "type": ("[System.Half]::Parse('1')", "[System.Half::Parse] is not known of 5.1"),
    "letters": ("$x = 'a'..'c'", "line 1: .. of letters"),
    "a pipeline that goes on": ("Split-Path a\n# why\n| Where-Object { $_ }", "line 3: | first on its line"),
    "type in a cast": ("$x = [semver]'1.0'", "[semver] is not known of 5.1"),
    "type of a test": ("$x -is [System.Half]", "[System.Half] is not known of 5.1"),
    "type of a parameter": ("function f { param([List[Half[]]]$x) }", "[Half] is not known of 5.1"),
    "type of an error": ("try { 1 } catch [Half] { 2 }", "[Half] is not known of 5.1"),
    "attribute": (
        "function f { param([ValidateNotNullOrWhiteSpace()]$x) }",
        "[ValidateNotNullOrWhiteSpace] is not known of 5.1",
    ),
    "method": ("'a'.ReplaceLineEndings()", ".ReplaceLineEndings() is not known of 5.1"),
}


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("samples")
    paths = []
    for number, (code, _complaint) in enumerate(NEWER.values()):
        paths.append(folder / f"{number}.ps1")
        paths[-1].write_text(code + "\n", encoding="utf-8")
    return dict(zip(NEWER, read(*paths), strict=True))


@pytest.mark.parametrize("name", NEWER)
def test_what_is_newer_is_seen(samples: dict[str, dict[str, Any]], name: str) -> None:
    assert NEWER[name][1] in complaints(samples[name])
