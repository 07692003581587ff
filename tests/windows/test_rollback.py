# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A write that fails leaves nothing half done, and a key that may not be written is known beforehand."""

from __future__ import annotations

import contextlib
import pathlib
import re
from collections.abc import Iterator

import pytest

from tests.support import needs
from tests.support.commands import run
from tests.support.paths import ROOT
from tests.support.windows.hosts import (
    INTERVAL,
    KEY,
    NOTE,
    RESET,
    TIME,
    WindowsHosts,
    add,
    dword,
    imported,
    info,
    keepalive,
    query,
    raw,
    registry,
)

FAULT = ROOT / "tests" / "support" / "windows" / "fail_writes.c"
OLD = {TIME: dword(600000), INTERVAL: dword(1500)}
SET_OLD = (add(TIME, "REG_DWORD", "600000"), add(INTERVAL, "REG_DWORD", "1500"))
IS_THERE_A_NOTE = f"reg query '{NOTE}'"


@pytest.fixture(scope="module")
def fault(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    library = tmp_path_factory.mktemp("fault") / "fail_writes.so"
    run(needs.program("cc", package="gcc libc6-dev"), "-shared", "-fPIC", "-o", library, FAULT)
    return library


def programs_of_wine(windows: WindowsHosts) -> pathlib.Path:
    folder = pathlib.Path(windows.variables[windows.names[0]].get("ansible_ssh_private_key_file", "")).parent / "bin"
    if not (folder / "login").exists():
        pytest.skip(
            "needs a Windows host that Wine makes on this machine: what is done to it here is not done to a real one"
        )
    return folder


@contextlib.contextmanager
def failing_write(windows: WindowsHosts, library: pathlib.Path, number: int, **more: str) -> Iterator[None]:
    """The programs of the host run with `library` preloaded: a host made of Wine starts what stands in its folder bin.

    Which write of KeepAliveInterval fails is said by `number`; `on` and `how` are the library's FAIL_ON and FAIL_HOW.
    """
    program = programs_of_wine(windows) / "wine"
    wanted = {"FAIL_WRITE": number, **{f"FAIL_{name.upper()}": value for name, value in more.items()}}
    program.write_text(
        f"#!/bin/sh\nexport {' '.join(f'{name}={value}' for name, value in wanted.items())}\n"
        f'LD_PRELOAD={library} exec /usr/bin/wine "$@"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    try:
        yield
    finally:
        program.unlink()


CAUSE = re.escape(f"{KEY}\\{INTERVAL} cannot be set: ") + r"\S.*\S\."


AS_BEFORE = re.escape(" Everything is as it was before.")


@pytest.mark.parametrize(
    ("setup", "before", "number"),
    # The note of values in force is one write of each of them.
    [
        pytest.param((), {}, 1, marks=pytest.mark.long, id="nothing was there"),
        pytest.param(SET_OLD, OLD, 2, id="values were there"),
    ],
)
def test_the_second_write_fails_and_the_first_is_put_back(
    windows: WindowsHosts, fault: pathlib.Path, setup: tuple[str, ...], before: dict[str, object], number: int
) -> None:
    windows.run(raw(RESET, *setup))
    with failing_write(windows, fault, number):
        failed, after, note = windows.run(keepalive(time=120, interval=12), query(), raw(IS_THERE_A_NOTE))
    assert failed["failed"] is True
    assert re.fullmatch(CAUSE + AS_BEFORE, failed["msg"])
    assert registry(after) == before
    assert "netops" not in note["stdout"]
    windows.run(raw(RESET))


def test_without_a_note_nothing_is_changed(windows: WindowsHosts, fault: pathlib.Path) -> None:
    windows.run(raw(RESET, *SET_OLD))
    with failing_write(windows, fault, 1):
        failed, after, note = windows.run(keepalive(time=120), query(), raw(IS_THERE_A_NOTE, RESET))
    assert re.fullmatch(re.escape(f"{NOTE} cannot be set: ") + r"\S.*\S\." + AS_BEFORE, failed["msg"])
    assert registry(after) == OLD
    assert "netops" not in note["stdout"]


def test_what_cannot_be_put_back_is_named(windows: WindowsHosts, fault: pathlib.Path) -> None:
    windows.run(raw(RESET, *SET_OLD))
    with failing_write(windows, fault, 2, on="yes"):
        (failed,) = windows.run(keepalive(time=120, interval=12))
    found, after = windows.run(info(), query(RESET))
    left = re.escape(f" These could not be put back: {KEY}\\{TIME} (") + r"\S.*\S\)\."
    assert re.fullmatch(CAUSE + left, failed["msg"])
    assert found["boot"]["time"] == 120
    # The note stays, for what is in force is no longer what the registry holds.
    assert (found["runtime"]["time"], found["reboot_required"]) == (600, True)
    assert registry(after) == {}


def test_what_cannot_be_written_as_it_was_is_named(windows: WindowsHosts, fault: pathlib.Path) -> None:
    """64 bits called 32: .NET would put back 32 of them, which is not what was there."""
    windows.run(raw(RESET, imported(TIME, "hex(4):01,02,03,04,00,00,00,00")))
    with failing_write(windows, fault, 1):
        failed, _reset = windows.run(keepalive(time=120, interval=12), raw(RESET))
    left = (
        f" These could not be put back: {KEY}\\{TIME} "
        "(it was REG_DWORD of a wrong length 67305985, which only a .reg file can write)."
    )
    assert re.fullmatch(CAUSE + re.escape(left), failed["msg"])


def test_what_stands_there_after_the_write_is_read_back(windows: WindowsHosts, fault: pathlib.Path) -> None:
    windows.run(raw(RESET))
    with failing_write(windows, fault, 1, how="other"):
        failed, after, _reset = windows.run(keepalive(time=120, interval=12), query(), raw(RESET))
    cause = f"{KEY}\\{INTERVAL} cannot be set: it is 'REG_DWORD 12001' after the write: something else sets it at the same time."
    assert failed["msg"].startswith(cause)
    # That other number is somebody's, and his to keep.
    assert registry(after) == {INTERVAL: dword(12001)}


# Takes the right to set values from the account that Ansible logs in with, or gives it back.
PERMISSION = """
$key = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey('%s', 'ReadWriteSubTree', 'ChangePermissions, ReadKey')
$list = $key.GetAccessControl()
$account = [System.Security.Principal.WindowsIdentity]::GetCurrent().User
$rule = New-Object -TypeName System.Security.AccessControl.RegistryAccessRule -ArgumentList $account, 'SetValue', 'Deny'
$null = $list.%s($rule)
$key.SetAccessControl($list)
"""


@pytest.mark.parametrize("path", [KEY, pytest.param(NOTE.rpartition("\\")[0], marks=pytest.mark.long)])
def test_a_key_that_may_not_be_written_is_named_in_check_mode_too(windows: WindowsHosts, path: str) -> None:
    if path != KEY:
        programs_of_wine(windows)  # on all of HKLM\SOFTWARE a host depends
    key = path.partition("\\")[2]
    try:
        _reset, _taken, promised, failed, found, after = windows.run(
            raw(RESET),
            raw(PERMISSION % (key, "AddAccessRule")),
            keepalive(check=True, time=120),
            keepalive(time=120),
            info(),
            query(),
        )
    finally:
        windows.run(raw(PERMISSION % (key, "RemoveAccessRule")))
    sentence = f"No permission to write to {path}: log in as an administrator."
    assert (promised["failed"], promised["msg"]) == (True, sentence)
    assert (failed["failed"], failed["msg"]) == (True, sentence)
    assert found["reboot_required"] is False
    assert registry(after) == {}
