# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The boot values that are predicted from a host's files: the table of trees that tests/host/readers proves to be true."""

from __future__ import annotations

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import boot_readers
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files.boot_readers import (
    Source,
    files_read,
    predict,
)
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files.types import (
    BootFacts,
    Obstacle,
    SysctlFile,
)
from ansible_collections.netops.keepalive.plugins.module_utils._settings import KERNEL_DEFAULTS, Settings

from tests.support.vectors import VECTORS, Vector
from tests.support.vectors.sysctl_trees import ETC, RUN, files_of

SYSTEMD, PROCPS = BootFacts("systemd"), BootFacts("procps")
FIRST_LINE = f"{ETC}50-x.conf"


def file(text: str, path: str = FIRST_LINE) -> dict[str, SysctlFile]:
    return {path: SysctlFile(text, path)}


@pytest.mark.parametrize("procps", ["3.3", "4", "4.0.5", None])
@pytest.mark.parametrize("reader", ["systemd", "procps"])
@pytest.mark.parametrize("vector", VECTORS, ids=[vector.name for vector in VECTORS])
def test_prediction(vector: Vector, reader: str, procps: str | None) -> None:
    prediction = predict(reader, files_of(vector.tree), BootFacts(reader, procps=procps))
    assert prediction.settings == vector.expected(reader, procps=procps or "4")


@pytest.mark.parametrize("reader", ["systemd", "procps"])
@pytest.mark.parametrize("vector", VECTORS, ids=[vector.name for vector in VECTORS])
def test_place_that_decides(vector: Vector, reader: str) -> None:
    found = predict(reader, files_of(vector.tree), BootFacts(reader)).sources
    expected = vector.sources.get(reader, {})
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("reader", ["systemd", "procps"])
@pytest.mark.parametrize("vector", VECTORS, ids=[vector.name for vector in VECTORS])
def test_whoever_sets_a_value_is_named(vector: Vector, reader: str) -> None:
    files = files_of(vector.tree)
    prediction = predict(reader, files, BootFacts(reader))
    changed = {name for name, value in prediction.settings.named().items() if value != getattr(KERNEL_DEFAULTS, name)}
    places = {name: place for name, place in prediction.sources.items() if place is not None}
    assert changed <= set(places)
    lines = {name: (files[place.file].text or "").split("\n")[place.line - 1] for name, place in places.items()}
    assert [line for line in lines.values() if "tcp_keepalive" not in line.replace("\\", "")] == []


def test_files_are_named_in_the_order_of_reading() -> None:
    tree = {
        "/etc/sysctl.conf": b"",
        f"{ETC}b.conf": b"",
        f"{ETC}.c.conf": b"",
        "/usr/lib/sysctl.d/a.conf": b"",
        "/lib/sysctl.d/B.conf": b"",
        "/lib/sysctl.d/a.conf": b"",
    }
    files = files_of(tree)
    vendor = ("/lib/sysctl.d/B.conf", "/usr/lib/sysctl.d/a.conf", f"{ETC}b.conf")
    assert files_read("systemd", files, SYSTEMD) == vendor
    assert files_read("procps", files, PROCPS) == (f"{ETC}.c.conf", *vendor, "/etc/sysctl.conf")


def test_before_procps_3_3_17_the_run_folder_came_first() -> None:
    tree = {
        f"{ETC}50-x.conf": b"net.ipv4.tcp_keepalive_time=140\n",
        f"{RUN}50-x.conf": b"net.ipv4.tcp_keepalive_time=150\n",
    }
    old = BootFacts("procps", procps="3.3", procps_run_first=True)
    assert predict("procps", files_of(tree), old).settings.time == 150
    assert predict("systemd", files_of(tree), old).settings.time == 140


def test_a_reader_that_does_not_run_sets_nothing() -> None:
    masked = BootFacts("systemd", obstacles={"systemd": Obstacle("it is masked", "unmask it")})
    assert predict("systemd", file("net.ipv4.tcp_keepalive_time=60\n"), masked).settings == KERNEL_DEFAULTS
    assert predict("procps", file("net.ipv4.tcp_keepalive_time=60\n"), masked).settings.time == 60


COMMAND_LINES: list[tuple[str, int]] = [
    ("quiet sysctl.net.ipv4.tcp_keepalive_time=60", 60),
    ("sysctl.net/ipv4/tcp_keepalive_time=60", 60),
    ("sysctl/net/ipv4.tcp_keepalive_time=0x3c", 60),
    ('sysctl.net.ipv4.tcp_keepalive_time="60 70" splash', 60),
    ('"sysctl.net.ipv4.tcp_keepalive_time=60 70"', 60),
    ("sysctl.net.ipv4.tcp_keepalive_time=60 sysctl.net.ipv4.tcp_keepalive_time=90\n", 90),
    ("sysctl.net.ipv4.tcp_keepalive_time=60 sysctl.net.ipv4.tcp_keepalive_time=abc", 60),
    ("sysctl.net.ipv4.tcp_keepalive_time=60 -- sysctl.net.ipv4.tcp_keepalive_time=90", 60),
    ("sysctl.net.ipv4.tcp_keepalive_time", 7200),
    ("sysctl.net.ipv4.tcp_keepalive_time=", 7200),
    ("sysctl-net.ipv4.tcp_keepalive_time=60", 7200),
    ("net.ipv4.tcp_keepalive_time=60", 7200),
    ("xsysctl.net.ipv4.tcp_keepalive_time=60", 7200),
    ("", 7200),
]


@pytest.mark.parametrize("command_line, time", COMMAND_LINES)
def test_kernel_command_line(command_line: str, time: int) -> None:
    prediction = predict("systemd", {}, BootFacts("systemd", command_line=command_line))
    assert prediction.settings == Settings(time, 75, 9)
    assert prediction.sources["time"] == (None if time == 7200 else Source("/proc/cmdline", 1))


def test_files_come_after_the_kernel_command_line() -> None:
    facts = BootFacts(
        "systemd", command_line="sysctl.net.ipv4.tcp_keepalive_time=60 sysctl.net.ipv4.tcp_keepalive_intvl=10"
    )
    prediction = predict("systemd", file("net.ipv4.tcp_keepalive_time=90\n"), facts)
    assert prediction.settings == Settings(90, 10, 9)
    assert prediction.report() == {
        "time": 90,
        "interval": 10,
        "probes": 9,
        "drop_after": 180,
        "source": {
            "time": {"file": FIRST_LINE, "line": 1},
            "interval": {"file": "/proc/cmdline", "line": 1},
            "probes": None,
        },
    }


def test_a_spelling_is_held_against_the_excluding_globs_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of globs beside thousands of excludes would take minutes otherwise."""
    asked: list[str] = []
    is_excluded = boot_readers.is_excluded

    def noted(key: str, patterns: list[str]) -> bool:
        asked.append(key)
        return is_excluded(key, patterns)

    monkeypatch.setattr(boot_readers, "is_excluded", noted)
    text = "-net/ipv6/*\n" + "".join(f"net/ipv4/tcp_keepalive_* = {each}\n" for each in range(1, 100))
    predicted = predict("procps", file(text), BootFacts("procps", procps="4.0.5"))
    assert predicted.settings == Settings(99, 99, 99)
    assert sorted(asked) == sorted(set(asked))
    assert len(asked) == 3
