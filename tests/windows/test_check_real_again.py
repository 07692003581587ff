# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check mode promises, the real run does just that, and again nothing changes: each proven by reg.exe."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeGuard

import pytest

from tests.support.windows.hosts import (
    INTERVAL,
    KEY,
    RESET,
    TIME,
    Registry,
    Result,
    Value,
    WindowsHosts,
    add,
    dword,
    imported,
    keepalive,
    query,
    raw,
    registry,
)

Seconds = tuple[float, float]
DEFAULTS = (7200, 1)


NINE = "of a wrong length 01-02-03-04-05-06-07-08-09"


class Odd(NamedTuple):
    """What no program should write there: `data` as in a .reg file, and how the diff shows it."""

    kind: str
    data: str
    shown: str


class Case(NamedTuple):
    """`before` is in the registry at first; `after` has to be then, and `boot` is what it amounts to, in seconds."""

    options: dict[str, Any]
    before: Mapping[str, Value | Odd]
    after: Registry
    boot: Seconds
    limits: tuple[str, ...] = ()


def guessed(name: str, seconds: int) -> str:
    """The sentence about a value in force that was repaired for the next boot."""
    return (
        f"{KEY}\\{name} was not a REG_DWORD of 4 bytes at the last boot: the default, {seconds} s, is taken to be in force "
        "until the next one."
    )


CASES = {
    "both": Case(
        {"time": 120, "interval": "30", "probes": 10}, {}, {TIME: dword(120000), INTERVAL: dword(30000)}, (120, 30)
    ),
    "time, and what is there only for Linux": Case(
        {"time": 32767, "runtime": False, "file": "/etc/sysctl.d/50-net.conf", "overridden": "take_over"},
        {},
        {TIME: dword(32767000)},
        (32767, 1),
    ),
    "interval, and the other value stays": Case(
        {"interval": "10"}, {TIME: dword(1500)}, {TIME: dword(1500), INTERVAL: dword(10000)}, (1.5, 10)
    ),
    "the defaults, said aloud": Case(
        {"time": 7200, "interval": 1}, {}, {TIME: dword(7200000), INTERVAL: dword(1000)}, DEFAULTS
    ),
    "a text where a number belongs": Case(
        {"time": 120},
        {TIME: Value("REG_SZ", "120000")},
        {TIME: dword(120000)},
        (120, 1),
        (guessed(TIME, 7200),),
    ),
    "a number of 64 bits where one of 32 belongs": Case(
        {"time": 120, "interval": 30},
        {TIME: Value("REG_QWORD", "0x1d4c0"), INTERVAL: dword(30000)},
        {TIME: dword(120000), INTERVAL: dword(30000)},
        (120, 30),
        (guessed(TIME, 7200),),
    ),
    "bytes and lines": Case(
        {"time": 120, "interval": 30},
        {
            TIME: Odd("REG_BINARY", "hex:c0,d4,01,00", "REG_BINARY C0-D4-01-00"),
            INTERVAL: Odd("REG_MULTI_SZ", "hex(7):31,00,32,00,00", "REG_MULTI_SZ 1 2"),
        },
        {TIME: dword(120000), INTERVAL: dword(30000)},
        (120, 30),
        (guessed(TIME, 7200), guessed(INTERVAL, 1)),
    ),
    "a text with a variable, and a number that is too long": Case(
        {"time": 120, "interval": 30},
        {
            TIME: Odd("REG_EXPAND_SZ", "hex(2):25,54,45,4d,50,25,00", "REG_EXPAND_SZ %TEMP%"),
            INTERVAL: Odd("REG_DWORD", "hex(4):01,02,03,04,05,06,07,08,09", f"REG_DWORD {NINE}"),
        },
        {TIME: dword(120000), INTERVAL: dword(30000)},
        (120, 30),
        (guessed(TIME, 7200), guessed(INTERVAL, 1)),
    ),
    "64 bits with the number that is wanted, called 32 bits, and a type that .NET cannot read": Case(
        {"time": 120, "interval": 30},
        {
            TIME: Odd("REG_DWORD", "hex(4):c0,d4,01,00,00,00,00,00", "REG_DWORD of a wrong length 120000"),
            INTERVAL: Odd("REG_LINK", "hex(6):31,00", "a type of its own"),
        },
        {TIME: dword(120000), INTERVAL: dword(30000)},
        (120, 30),
        (guessed(TIME, 7200), guessed(INTERVAL, 1)),
    ),
    "the largest number, which is not -1": Case(
        {"interval": 30},
        {TIME: dword(0xFFFFFFFF), INTERVAL: dword(0xFFFFFFFF)},
        {TIME: dword(0xFFFFFFFF), INTERVAL: dword(30000)},
        (4294967.295, 30),
    ),
    "absent": Case(
        {"state": "absent"},
        {TIME: dword(120000), INTERVAL: Value("REG_SZ", "1")},
        {},
        DEFAULTS,
        (guessed(INTERVAL, 1),),
    ),
    "absent, whatever it was": Case(
        {"state": "absent"},
        {
            TIME: Odd("REG_RESOURCE_LIST", "hex(8):01,02", "a type of its own"),
            INTERVAL: Odd("REG_DWORD", "hex(4):01,02,03,04,05,06,07,08,09", f"REG_DWORD {NINE}"),
        },
        {},
        DEFAULTS,
        (guessed(TIME, 7200), guessed(INTERVAL, 1)),
    ),
}


RARE = ("REG_LINK", "REG_RESOURCE_LIST")

# Each costs a PowerShell started three times. The others have their turn with what takes long.
DAILY = {
    "both",
    "interval, and the other value stays",
    "a number of 64 bits where one of 32 belongs",
    "a text with a variable, and a number that is too long",
    "absent, whatever it was",
}


class Story(NamedTuple):
    """What became of a case: the registry before and after, and what the three runs returned."""

    start: Registry
    promised: Result
    untouched: Registry
    done: Result
    again: Result
    settled: Registry


@pytest.fixture(scope="module")
def stories(windows: WindowsHosts, request: pytest.FixtureRequest) -> dict[str, Story]:
    """The cases of this run in one play for each host: the start of Ansible and of each PowerShell is what takes time."""
    names = [item.callspec.params["name"] for item in request.session.items if is_case(item)]
    shares = [names[number :: len(windows.names)] for number in range(len(windows.names))]
    with ThreadPoolExecutor(len(shares)) as pool:
        told = pool.map(lambda host, share: tell(windows, host, share), windows.names, shares)
        return {name: story for share in told for name, story in share.items()}


def is_case(item: pytest.Item) -> TypeGuard[pytest.Function]:
    return isinstance(item, pytest.Function) and item.originalname == test_check_real_again.__name__


def tell(windows: WindowsHosts, host: str, names: list[str]) -> dict[str, Story]:
    runs = [
        [
            query(RESET, *setup(case)),
            keepalive(check=True, **case.options),
            query(),
            keepalive(**case.options),
            keepalive(**case.options),
            query(),
        ]
        for case in (CASES[name] for name in names)
    ]
    results = iter(windows.run(*itertools.chain(*runs), raw(RESET), host=host))
    return {name: story(*itertools.islice(results, 6)) for name in names}


def story(start: Result, promised: Result, untouched: Result, done: Result, again: Result, settled: Result) -> Story:
    return Story(registry(start), promised, registry(untouched), done, again, registry(settled))


def setup(case: Case) -> list[str]:
    return [
        imported(name, value.data) if isinstance(value, Odd) else add(name, value.kind, str(int(value.data, 0)))
        for name, value in case.before.items()
    ]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in DAILY else pytest.mark.long) for name in CASES]
)
def test_check_real_again(stories: dict[str, Story], name: str) -> None:
    case, (start, promised, untouched, done, again, settled) = CASES[name], stories[name]
    assert kinds(start) == kinds(case.before)
    assert untouched == start
    assert promised == done
    assert done["changed"] is True
    assert settled == case.after
    assert (done["boot"]["after"]["time"], done["boot"]["after"]["interval"]) == case.boot
    assert done["diff"] == shown(case)
    assert done["limits"] == list(case.limits)
    assert again == dict(
        done, changed=False, diff=[], boot={"before": done["boot"]["after"], "after": done["boot"]["after"]}
    )
    # In force is what was noted before the change: nothing of the new values, until the next boot.
    assert done["runtime"] == {"before": done["boot"]["before"], "after": done["boot"]["before"]}
    assert done["reboot_required"] is (done["boot"]["before"] != done["boot"]["after"])


def kinds(values: Mapping[str, Value | Odd]) -> dict[str, str]:
    """Not with what they hold: Wine's reg.exe shows no number of 64 bits. Nor does it know all kinds by name."""
    return {name: "(null)" if value.kind in RARE else value.kind for name, value in values.items()}


def shown(case: Case) -> list[dict[str, str]]:
    """What --diff prints: as in the registry, in decimal numbers."""
    return [
        entry(name, case.before.get(name), case.after.get(name))
        for name in (TIME, INTERVAL)
        if case.before.get(name) != case.after.get(name)
    ]


def entry(name: str, before: Value | Odd | None, after: Value | None) -> dict[str, str]:
    path = f"{KEY}\\{name}"
    return {
        "before_header": path if before else f"{path} (absent)",
        "after_header": path if after else f"{path} (absent)",
        "before": text(before),
        "after": text(after),
    }


def text(value: Value | Odd | None) -> str:
    if isinstance(value, Odd):
        return f"{value.shown}\n"
    return f"{value.kind} {int(value.data, 0)}\n" if value else ""


def test_what_is_returned_for_a_first_run(windows: WindowsHosts) -> None:
    """The shape that playbooks rely on, once in full: the keys of tcp_keepalive on Linux."""
    _start, done, settled = windows.run(query(RESET), keepalive(time=120, interval=12, probes=4), query(RESET))
    before = {"time": 7200, "interval": 1, "probes": 10, "drop_after": 7210}
    after = {"time": 120, "interval": 12, "probes": 10, "drop_after": 240}
    assert done == {
        "changed": True,
        "diff": [entry(TIME, None, dword(120000)), entry(INTERVAL, None, dword(12000))],
        "runtime": {"before": before, "after": before},
        "boot": {"before": before, "after": after},
        "boot_source": {
            "time": {"file": f"{KEY}\\{TIME}", "line": None},
            "interval": {"file": f"{KEY}\\{INTERVAL}", "line": None},
            "probes": None,
        },
        "overridden_by": [],
        "limits": ["probes is 4, but Windows always sends 10 keepalive probes; drop_after counts with 10."],
        "reboot_required": True,
    }
    assert registry(settled) == {}


NOTHING_TO_DO: dict[str, tuple[dict[str, Any], str]] = {
    "probes, which cannot be set": (
        {"probes": "3"},
        "probes is 3, but Windows always sends 10 keepalive probes; drop_after counts with 10.",
    ),
    "the runtime alone, which cannot be set": (
        {"time": 60, "boot": False},
        "boot: false leaves nothing to do on Windows, where keepalive values are for the next boot; nothing is changed.",
    ),
}


@pytest.mark.parametrize("options, sentence", NOTHING_TO_DO.values(), ids=NOTHING_TO_DO.keys())
def test_what_windows_cannot_honour_is_said_and_fails_nothing(
    windows: WindowsHosts, options: dict[str, Any], sentence: str
) -> None:
    _reset, result, after = windows.run(query(RESET), keepalive(**options), query())
    assert facts(result) == (False, [], [sentence], False)
    assert result["boot"]["after"] == {"time": 7200, "interval": 1, "probes": 10, "drop_after": 7210}
    assert registry(after) == {}


def facts(result: Result) -> tuple[bool, list[Any], list[str], bool]:
    return result["changed"], result["diff"], result["limits"], result["reboot_required"]
