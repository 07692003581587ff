# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The remedy for programs without a setting of their own: drop-ins for their units."""

from __future__ import annotations

import pytest
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate.remedies import remedy

from tests.support.remedies.listeners import cure, entry

SOCKET_UNIT = ["[Socket]", "KeepAlive=true", "KeepAliveTimeSec=60", "KeepAliveIntervalSec=10", "KeepAliveProbes=6"]


def from_outside(unit: str = "UNIT.service", socket_unit: str = "NAME.socket", more: str = "") -> list[str]:
    return [
        f"netops.keepalive.tcp_keepalive_always: {{scope: units, units: [{unit}], time: 60, interval: 10, probes: 6{more}}}",
        f"# /etc/systemd/system/{unit}.d/tcp-keepalive.conf",
        "[Service]",
        "Environment=LD_PRELOAD=libkeepalive.so KEEPIDLE=60 KEEPINTVL=10 KEEPCNT=6",
        f"# /etc/systemd/system/{socket_unit}.d/tcp-keepalive.conf",
        *SOCKET_UNIT,
    ]


@pytest.mark.parametrize("process", ["gunicorn", "uvicorn", "mosquitto", "named in named.service"])
def test_a_program_without_a_setting_is_cured_from_outside(process: str) -> None:
    found = cure("keepalive_off", process)
    unit = process.partition(" in ")[2] or "UNIT.service"
    assert (found["group"], found["lines"]) == ("off_by_default", from_outside(unit))
    assert "then systemctl daemon-reload, restart it, and probe again." in found["text"]


def test_a_program_that_is_not_known_gets_the_general_advice() -> None:
    found = cure("keepalive_off", "frobnicator")
    assert (found["application"], found["group"], found["source"]) == (None, "unknown", None)
    assert found["lines"] == from_outside()
    assert found["text"].startswith("This program is not known here: look for SO_KEEPALIVE in its documentation.")


def test_a_program_without_a_setting_is_told_the_name_of_its_socket_unit() -> None:
    found = cure("keepalive_off", "gunicorn in shop.service", socket_unit="gunicorn.socket")
    assert found["lines"] == from_outside("shop.service", "gunicorn.socket")


@pytest.mark.parametrize(
    ("preload", "why"),
    [
        ("static", "because it is a static program."),
        (
            "setuid",
            "because it has more rights than the user who started it (setuid, setgid or capabilities of its file).",
        ),
        ("other_libc", "because its C library is musl."),
    ],
)
def test_a_program_that_no_library_reaches_is_offered_none(preload: str, why: str) -> None:
    process = {"name": "shopd", "command": "/usr/bin/shopd", "unit": "shop.service", "preload": preload}
    found = cure("keepalive_off", process=process)
    with_library = from_outside("shop.service")
    assert found["lines"] == [with_library[0], *with_library[4:]]
    assert f"No library can turn it on, {why}" in found["text"]
    assert (
        "give its socket unit this drop-in, then systemctl daemon-reload, restart both, and probe again:"
        in found["text"]
    )


ELSEWHERE = {
    "windows": (
        "On Windows only the program itself can turn it on.",
        ["netops.keepalive.tcp_keepalive: {time: 60, interval: 10}"],
    ),
    "appliance": ("On an appliance only its own configuration can turn it on.", []),
}


@pytest.mark.parametrize("system", ELSEWHERE)
@pytest.mark.parametrize("name", [None, "mosquitto"], ids=["not known", "without a setting"])
def test_other_systems_get_no_advice_about_units(system: str, name: str | None) -> None:
    sentence, lines = ELSEWHERE[system]
    found = remedy(entry("not_seen", name=name), system=system)
    assert found is not None
    assert (found["host_values_help"], found["lines"]) == (False, lines)
    assert sentence in found["text"]


@pytest.mark.parametrize(
    ("unit", "container", "namespace"),
    [("containerd.service", "4a5b6c", None), ("web.service", None, "blue"), ("session-4.scope", None, None)],
)
def test_a_unit_that_is_not_the_programs_own_is_not_named(
    unit: str, container: str | None, namespace: str | None
) -> None:
    process = {"name": "shopd", "command": "/usr/bin/shopd", "unit": unit, "container": container}
    found = cure("keepalive_off", process=process, namespace=namespace)
    assert unit not in "\n".join(found["lines"])
    assert found["lines"] == from_outside(more=", containers: true" if container or namespace else "")


def test_the_unit_of_a_user_gets_a_drop_in_of_that_user() -> None:
    process = {"name": "shopd", "command": "/usr/bin/shopd", "unit": "sshd.service", "unit_user": 1000}
    found = cure("keepalive_off", process=process)
    files = [line for line in found["lines"] if "tcp" in line]
    assert files == [
        "# ~/.config/systemd/user/sshd.service.d/tcp-keepalive.conf",
        "# ~/.config/systemd/user/NAME.socket.d/tcp-keepalive.conf",
    ]
    assert "Its unit sshd.service belongs to the systemd manager of user 1000." in found["text"]
    assert "then systemctl --user daemon-reload" in found["text"]


def test_the_task_confirms_a_short_drop_in_advance() -> None:
    found = cure("keepalive_off", "frobnicator", policy={"time": 20, "interval": 10, "probes": 2})
    assert found["lines"][0].endswith("time: 20, interval: 10, probes: 2, short_drop: true}")


def test_values_of_the_switch_are_changed_in_its_task() -> None:
    found = cure("drops_too_late", "redis-server", set_by="always", settings={"time": 600, "interval": 75, "probes": 9})
    assert (found["host_values_help"], found["lines"]) == (False, ["time: 60, interval: 10, probes: 6"])
    assert (
        found["text"]
        == "netops.keepalive.tcp_keepalive_always has switched keepalive on here. Give its task these values:"
    )


def test_a_known_program_of_a_user_is_not_sent_to_the_systems_file() -> None:
    process = {"name": "redis-server", "command": "/usr/bin/redis-server", "unit": "redis.service", "unit_user": 1000}
    found = cure("keepalive_off", process=process)
    assert "(its own file and systemctl --user: it runs as a unit of user 1000)" in found["text"]


def test_a_program_that_clears_its_environment_needs_the_hosts_values_too() -> None:
    found = cure("keepalive_off", "nrpe")
    assert (
        "It clears its environment. The first drop-in turns it on without values; then set the host's values"
        in found["text"]
    )
    assert found["lines"] == from_outside()
