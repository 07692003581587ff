# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers as people write them, and the arithmetic of a dead peer."""

from __future__ import annotations

import re

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._errors import InvalidValue
from ansible_collections.netops.keepalive.plugins.module_utils._settings import (
    KERNEL_DEFAULTS,
    NAMES,
    PARAMETERS,
    Settings,
    advice,
    drop_after,
    parse,
    parse_settings,
)
from hypothesis import given
from hypothesis import strategies as st

# name, value, number
TAKEN: list[tuple[str, object, int]] = [
    ("time", 1, 1),
    ("time", 32767, 32767),
    ("time", "1", 1),
    ("time", "60", 60),
    ("time", "32767", 32767),
    ("interval", 1, 1),
    ("interval", "32767", 32767),
    ("probes", 1, 1),
    ("probes", "127", 127),
]

# name, value, how the sentence quotes it
REFUSED: list[tuple[str, object, str]] = [
    ("time", 0, "0"),
    ("time", -1, "-1"),
    ("time", 32768, "32768"),
    ("time", 10**30, "1" + "0" * 30),
    ("time", 10**100, "1" + "0" * 76 + "..."),
    ("time", True, "True"),
    ("time", False, "False"),
    ("time", 60.0, "60.0"),
    ("time", 60.5, "60.5"),
    ("time", float("nan"), "nan"),
    ("time", float("inf"), "inf"),
    ("time", None, "None"),
    ("time", "", "''"),
    ("time", "0", "'0'"),
    ("time", "-1", "'-1'"),
    ("time", "+60", "'+60'"),
    ("time", "true", "'true'"),
    ("time", "6_0", "'6_0'"),
    ("time", "1e3", "'1e3'"),
    ("time", "60.0", "'60.0'"),
    ("time", "0x10", "'0x10'"),
    ("time", "0o10", "'0o10'"),
    ("time", "010", "'010'"),
    ("time", "00", "'00'"),
    ("time", " 60", "' 60'"),
    ("time", "60 ", "'60 '"),
    ("time", "60\n", r"'60\n'"),
    ("time", "6\x000", r"'6\x000'"),
    ("time", "1 minute", "'1 minute'"),
    ("time", "\u0663", "'\u0663'"),
    ("time", "\uff16\uff10", "'\uff16\uff10'"),
    ("time", "60²", "'60²'"),
    ("time", "32768", "'32768'"),
    ("time", "9" * 5000, "'" + "9" * 76 + "..."),
    ("time", b"60", "b'60'"),
    ("time", [60], "[60]"),
    ("time", {"seconds": 60}, "{'seconds': 60}"),
    ("interval", 0, "0"),
    ("interval", "32768", "'32768'"),
    ("probes", 0, "0"),
    ("probes", 128, "128"),
    ("probes", "256", "'256'"),
]
ALLOWED = {
    "time": "a whole number of seconds from 1 to 32767",
    "interval": "a whole number of seconds from 1 to 32767",
    "probes": "a whole number of probes from 1 to 127",
}


@pytest.mark.parametrize(("name", "value", "number"), TAKEN)
def test_numbers_that_are_taken(name: str, value: object, number: int) -> None:
    assert parse(name, value) == number


@pytest.mark.parametrize(("name", "value", "shown"), REFUSED)
def test_numbers_that_are_refused(name: str, value: object, shown: str) -> None:
    with pytest.raises(InvalidValue, match="^" + re.escape(f"{name} is {shown}: allowed is {ALLOWED[name]}.") + "$"):
        parse(name, value)


@given(st.one_of(st.text(), st.floats(), st.integers(), st.binary(), st.booleans(), st.none()))
def test_whatever_comes_in_is_a_number_in_range_or_one_sentence(value: object) -> None:
    try:
        assert 1 <= parse("time", value) <= 32767
    except InvalidValue as error:
        assert str(error).startswith("time is ")


@given(st.integers(min_value=1, max_value=32767))
def test_a_number_and_its_decimal_string_are_the_same(number: int) -> None:
    assert parse("interval", str(number)) == parse("interval", number) == number


def test_settings_from_what_is_given() -> None:
    assert parse_settings({"time": "60", "interval": None, "state": "present"}) == Settings(60, None, None)
    assert parse_settings({}) == Settings()


def test_an_empty_string_is_not_left_out() -> None:
    """It stands for a variable that somebody forgot to fill."""
    with pytest.raises(InvalidValue, match=r"^interval is '': allowed is "):
        parse_settings({"time": 60, "interval": ""})


def test_names_values_and_defaults() -> None:
    assert NAMES == ("time", "interval", "probes")
    assert [parameter.sysctl for parameter in PARAMETERS] == [
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
    ]
    assert Settings(7200, 75, 9) == KERNEL_DEFAULTS


def test_what_is_named() -> None:
    assert Settings(60, None, 3).named() == {"time": 60, "probes": 3}
    assert Settings().named() == {}


# settings, user timeout in seconds, seconds until the drop
DROPS: list[tuple[Settings, float | None, int | None]] = [
    (KERNEL_DEFAULTS, None, 7875),
    (Settings(120, 30, 4), None, 240),
    (Settings(2, 1, 3), None, 5),
    (Settings(1, 1, 1), 0, 2),
    # What the kernel was seen to do: TCP_USER_TIMEOUT replaces the number of probes.
    (Settings(2, 1, 9), 1.5, 3),
    (Settings(2, 1, 2), 5.5, 6),
    (Settings(2, 1, 2), 5, 5),
    (Settings(60, 20, 9), 60, 80),
    (Settings(60, 20, 9), 61, 80),
    (Settings(60, 20, 9), 100.001, 120),
    (Settings(60, 20, None), 100, 100),
    (Settings(None, 20, 9), None, None),
    (Settings(60, None, 9), 10, None),
    (Settings(60, 20, None), None, None),
    # What a sysctl takes and no socket option does.
    (Settings(-1, 75, 9), None, None),
    (Settings(60, -1, 9), 10, None),
    (Settings(60, 0, 9), 100.5, 101),
]


@pytest.mark.parametrize(("settings", "user_timeout", "seconds"), DROPS)
def test_drop_after(settings: Settings, user_timeout: float | None, seconds: int | None) -> None:
    assert drop_after(settings, user_timeout) == seconds


@given(
    st.integers(min_value=1, max_value=32767),
    st.integers(min_value=1, max_value=32767),
    st.integers(min_value=1, max_value=10**9),
)
def test_a_user_timeout_ends_at_the_first_timer_that_finds_it_exceeded(
    time: int, interval: int, milliseconds: int
) -> None:
    seconds = drop_after(Settings(time, interval, 9), milliseconds / 1000)
    assert seconds is not None
    assert (seconds - time) % interval == 0
    assert seconds >= time + interval
    assert seconds * 1000 >= milliseconds
    assert seconds == time + interval or (seconds - interval) * 1000 < milliseconds


def test_report_names_every_value() -> None:
    assert Settings(120, 30, 4).report() == {"time": 120, "interval": 30, "probes": 4, "drop_after": 240}
    assert Settings(None, 30, 4).report() == {"time": None, "interval": 30, "probes": 4, "drop_after": None}


RACES = (
    "time is {0}: connection tracking in firewalls forgets a connection after 300 seconds without an acknowledgement, "
    "so values from 295 to 305 race against it; choose a smaller one."
)


@pytest.mark.parametrize("time", [295, 300, 305])
def test_advice_against_a_race_with_connection_tracking(time: int) -> None:
    assert advice(Settings(time, 300, 9)) == [RACES.format(time)]


@pytest.mark.parametrize("time", [None, 294, 306])
def test_no_advice(time: int | None) -> None:
    assert advice(Settings(time, 300, 9)) == []
