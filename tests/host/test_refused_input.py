# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is refused before anything is touched, with the whole sentence."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.hosts.throwaway import ThrowawayHost

SECONDS = "allowed is a whole number of seconds from 1 to 32767."
COUNT = "allowed is a whole number of probes from 1 to 127."
FOLDERS = "allowed is a name ending in .conf in /etc/sysctl.d or /usr/local/lib/sysctl.d."

REFUSED_NUMBERS = [
    (0, "0"),
    (-1, "-1"),
    (True, "True"),
    (60.0, "60.0"),
    (60.5, "60.5"),
    (32768, "32768"),
    (10**30, str(10**30)),
    ("", "''"),
    ("true", "'true'"),
    ("6_0", "'6_0'"),
    ("1e3", "'1e3'"),
    ("60.0", "'60.0'"),
    ("0x10", "'0x10'"),
    ("010", "'010'"),
    (" 60", "' 60'"),
    ("60\n", r"'60\n'"),
    ("٣", "'٣'"),
    ("32768", "'32768'"),
    ("9" * 5000, "'" + "9" * 76 + "..."),
    ([60], "[60]"),
]


@pytest.mark.parametrize(("value", "shown"), REFUSED_NUMBERS)
def test_numbers_that_are_not_whole_seconds(shared_host: ThrowawayHost, value: object, shown: str) -> None:
    assert refusal(shared_host, time=value) == f"time is {shown}: {SECONDS}"


@pytest.mark.parametrize("value", [0, -1, 32768])
def test_intervals_that_harm(shared_host: ThrowawayHost, value: int) -> None:
    assert refusal(shared_host, time=60, interval=value) == f"interval is {value}: {SECONDS}"


def test_check_mode_refuses_too(shared_host: ThrowawayHost) -> None:
    assert refusal(shared_host, time=0, check_mode=True) == f"time is 0: {SECONDS}"


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0"), (128, "128"), ("256", "'256'"), (-9, "-9"), (True, "True"), (9.5, "9.5")]
)
def test_numbers_that_are_not_a_count_of_probes(shared_host: ThrowawayHost, value: object, shown: str) -> None:
    assert refusal(shared_host, time=60, probes=value) == f"probes is {shown}: {COUNT}"


CONTRADICTIONS: list[tuple[dict[str, Any], str]] = [
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


@pytest.mark.parametrize(("options", "sentence"), CONTRADICTIONS)
def test_contradictions(shared_host: ThrowawayHost, options: dict[str, Any], sentence: str) -> None:
    assert refusal(shared_host, **options) == sentence


REFUSED_FILES = {
    "99-tcp-keepalive.conf": "nothing reads it at boot",
    "/etc/keepalive.conf": "nothing reads it at boot",
    "/etc/sysctl.d/keepalive": "nothing reads it at boot",
    "/etc/sysctl.d/keepalive.conf.off": "nothing reads it at boot",
    "/etc/sysctl.d/.conf": "nothing reads it at boot",
    "/etc/sysctl.d/sub/keepalive.conf": "nothing reads it at boot",
    "/etc/sysctl.d/../keepalive.conf": "nothing reads it at boot",
    "/run/sysctl.d/keepalive.conf": "/run is emptied at every boot",
    "/usr/lib/sysctl.d/keepalive.conf": "that folder belongs to packages",
    "/lib/sysctl.d/keepalive.conf": "that folder belongs to packages",
    "/etc/sysctl.d/a\nb.conf": "its name has characters that cannot be printed",
    "/etc/sysctl.d/a\x1b[2J.conf": "its name has characters that cannot be printed",
    "/etc/sysctl.d/a\u202eb.conf": "its name has characters that cannot be printed",
}


@pytest.mark.parametrize(("file", "why"), REFUSED_FILES.items())
def test_files_that_cannot_hold_the_values(shared_host: ThrowawayHost, file: str, why: str) -> None:
    assert refusal(shared_host, time=60, file=file) == f"file is {file!r}: {why}; {FOLDERS}"


def test_files_that_are_not_ours_to_clean(shared_host: ThrowawayHost) -> None:
    file = "/usr/lib/sysctl.d/keepalive.conf"
    assert (
        refusal(shared_host, state="absent", file=file)
        == f"file is '{file}': that folder belongs to packages; {FOLDERS}"
    )


@pytest.mark.parametrize("file", ["/etc/sysctl.d/.hidden.conf", "/etc/sysctl.conf"])
def test_files_that_systemd_does_not_read(shared_host: ThrowawayHost, file: str) -> None:
    assert refusal(shared_host, time=60, file=file) == (
        f"file is '{file}': systemd-sysctl does not read it when this host boots; "
        "allowed is a name in /etc/sysctl.d that ends in .conf and does not start with a dot."
    )


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [("state", "removed", "present, absent"), ("overridden", "ignore", "fail, warn, take_over")],
)
def test_choices(shared_host: ThrowawayHost, option: str, value: str, allowed: str) -> None:
    assert (
        refusal(shared_host, time=60, **{option: value}) == f"value of {option} must be one of: {allowed}, got: {value}"
    )


@pytest.mark.parametrize("value", [1, 60, "60", 32767, "32767"])
def test_numbers_that_are_taken(host: ThrowawayHost, value: object) -> None:
    assert host.set(time=value)["changed"]
    assert host.runtime() == (int(str(value)), 75, 9)


RACES = (
    "time is {0}: connection tracking in firewalls forgets a connection after 300 seconds without an acknowledgement, "
    "so values from 295 to 305 race against it; choose a smaller one."
)


@pytest.mark.parametrize("time", [295, 300, 305])
def test_times_that_race_with_connection_tracking(host: ThrowawayHost, time: int) -> None:
    assert host.set(time=time)["warnings"] == [RACES.format(time)]
    assert host.runtime() == (time, 75, 9)


@pytest.mark.parametrize("time", [294, 306])
def test_times_that_do_not(host: ThrowawayHost, time: int) -> None:
    assert "warnings" not in host.set(time=time)


def refusal(host: ThrowawayHost, **options: Any) -> str:
    """What the module says, having touched nothing."""
    before = host.footprint()
    refused = host.set(**options)
    assert refused["failed"] is True
    assert host.footprint() == before
    return str(refused["msg"])
