# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is in force, and what waits for the boot: told in later runs too, by the module and by its read-only twin."""

from __future__ import annotations

import os
import shlex

import pytest

from tests.support.commands import run
from tests.support.windows.hosts import (
    INTERVAL,
    KEY,
    NOTE,
    RESET,
    TIME,
    Result,
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

DEFAULTS = {"time": 7200, "interval": 1, "probes": 10, "drop_after": 7210}
OLD = {"time": 600, "interval": 1.5, "probes": 10, "drop_after": 615}
NEW = {"time": 120, "interval": 12, "probes": 10, "drop_after": 240}
SET_OLD = (add(TIME, "REG_DWORD", "600000"), add(INTERVAL, "REG_DWORD", "1500"))


def test_a_host_that_nobody_has_touched(windows: WindowsHosts) -> None:
    """The shape that playbooks rely on, once in full."""
    _start, found = windows.run(raw(RESET), info())
    assert found == {
        "changed": False,
        "runtime": DEFAULTS,
        "boot": DEFAULTS,
        "boot_source": {"time": None, "interval": None, "probes": None},
        "defaults": DEFAULTS,
        "explicit": {"time": False, "interval": False, "probes": False},
        "native": {TIME: 7200000, INTERVAL: 1000},
        "fixed": {"probes": 10},
        "always": None,
        "limits": [],
        "reboot_required": False,
    }


def test_from_the_first_change_until_the_old_values_are_back(windows: WindowsHosts) -> None:
    _start, before, one, other, waiting, _back, after, _end = windows.run(
        raw(RESET, *SET_OLD),
        info(),
        keepalive(time=120),
        keepalive(interval=12),  # a second change: what is in force is still what was noted before the first
        info(),
        raw(*SET_OLD),
        info(),
        raw(RESET),
    )
    assert (before["runtime"], before["boot"], before["reboot_required"]) == (OLD, OLD, False)
    assert before["native"] == {TIME: 600000, INTERVAL: 1500}
    assert [step["runtime"]["after"] for step in (one, other)] == [OLD, OLD]
    assert [step["reboot_required"] for step in (one, other)] == [True, True]
    assert (waiting["runtime"], waiting["boot"], waiting["reboot_required"]) == (OLD, NEW, True)
    assert waiting["native"] == {TIME: 600000, INTERVAL: 1500}
    assert waiting["explicit"] == {"time": True, "interval": True, "probes": False}
    assert (after["runtime"], after["boot"], after["reboot_required"]) == (OLD, OLD, False)


def test_defaults_in_force_are_noted_too(windows: WindowsHosts) -> None:
    _start, done, absent, found, _end = windows.run(
        raw(RESET), keepalive(time=120), keepalive(state="absent"), info(), raw(RESET)
    )
    assert (done["runtime"]["after"], done["reboot_required"]) == (DEFAULTS, True)
    assert (absent["changed"], absent["reboot_required"]) == (True, False)
    assert (found["runtime"], found["explicit"]["time"], found["reboot_required"]) == (DEFAULTS, False, False)


def test_half_a_note_of_a_killed_run_is_none(windows: WindowsHosts) -> None:
    _start, found, done, _end = windows.run(
        raw(RESET, add(TIME, "REG_DWORD", "5000", key=NOTE)), info(), keepalive(time=120), raw(RESET)
    )
    assert found["runtime"] == DEFAULTS
    assert done["runtime"]["after"] == DEFAULTS


def test_what_windows_may_not_take_is_said(windows: WindowsHosts) -> None:
    _start, found, done, _repaired, waiting, after = windows.run(
        raw(RESET, add(TIME, "REG_SZ", "60000"), add(INTERVAL, "REG_DWORD", "0")),
        info(),
        keepalive(interval=12),
        keepalive(time=120),
        info(),
        query(RESET),
    )
    text = f"{KEY}\\{TIME} is REG_SZ, but Windows expects REG_DWORD: the default, 7200 s, is taken to be in force."
    zero = f"{KEY}\\{INTERVAL} is 0, and Windows documents 1 to 4294967295: what it does with 0 is not known."
    assert found["limits"] == [text, zero]
    assert found["boot"] == {"time": 7200, "interval": 0, "probes": 10, "drop_after": 7200}
    assert found["boot_source"]["time"] is None
    # A repair is for the next boot. What is in force until then is still a guess, and in later runs too.
    was_text = (
        f"{KEY}\\{TIME} was not a REG_DWORD of 4 bytes at the last boot: the default, 7200 s, is taken to be in force until "
        "the next one."
    )
    was_zero = f"{KEY}\\{INTERVAL} was 0 at the last boot, and Windows documents 1 to 4294967295: what it does with 0 is not known."
    assert done["limits"] == [text, was_zero]
    assert waiting["limits"] == [was_text, was_zero]
    assert waiting["runtime"] == found["boot"]
    assert registry(after) == {}


def test_what_was_never_meant_to_stand_there_is_read(windows: WindowsHosts) -> None:
    """A number that is too long, and a type that .NET cannot read: no value, and nothing to stumble over."""
    _start, found, _after = windows.run(
        raw(RESET, imported(TIME, "hex(4):01,02,03,04,05,06,07,08"), imported(INTERVAL, "hex(6):31,00")),
        info(),
        raw(RESET),
    )
    assert (found["boot"], found["explicit"]["time"]) == (DEFAULTS, False)
    assert found["limits"] == [
        f"{KEY}\\{TIME} is REG_DWORD of a wrong length, but Windows expects REG_DWORD: the default, 7200 s, is taken to be in force.",
        f"{KEY}\\{INTERVAL} is a type of its own, but Windows expects REG_DWORD: the default, 1 s, is taken to be in force.",
    ]


def test_a_reboot_brings_it_into_force(windows: WindowsHosts) -> None:
    """The registry forgets the note, and only that."""
    command = os.environ.get("KEEPALIVE_WINDOWS_REBOOT")
    if not command:
        pytest.skip("needs a command that reboots a host: KEEPALIVE_WINDOWS_REBOOT, with {host} for its name")
    windows.run(raw(RESET), keepalive(time=120, interval=12))
    run(*shlex.split(command.format(host=windows.names[0])))
    assert in_force(windows.run(info(), query(RESET))) == (NEW, NEW, False, dword(120000))


def in_force(results: list[Result]) -> tuple[object, ...]:
    found, after = results
    assert registry(after) == {}
    return found["runtime"], found["boot"], found["reboot_required"], dword(found["native"][TIME])
