# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host will have after its next boot, and what stands in the way."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._host.info import conflicts, predictions
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers.types import LaterWriter, Write
from ansible_collections.netops.keepalive.plugins.module_utils._host.next_boot import (
    Override,
    limits,
    next_boot,
    overrides,
    unexplained,
)
from ansible_collections.netops.keepalive.plugins.module_utils._host.snapshot import Snapshot
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files.boot_readers import Source
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files.types import (
    BootFacts,
    Obstacle,
    SysctlFile,
)
from ansible_collections.netops.keepalive.plugins.module_utils._settings import KERNEL_DEFAULTS, Settings

TIME = "net.ipv4.tcp_keepalive_time"
ALL_THREE = "".join(f"net.ipv4.tcp_keepalive_{name}=60\n" for name in ("time", "intvl", "probes"))
OURS, LATER, CONF = "/etc/sysctl.d/99-tcp-keepalive.conf", "/etc/sysctl.d/zz.conf", "/etc/sysctl.conf"
VENDOR = "/usr/lib/sysctl.d/zz.conf"
MASKED = {"systemd": Obstacle("systemd-sysctl.service is masked", "unmask it")}
UFW = "/etc/ufw/sysctl.conf"
PROFILE = "/etc/tuned/ours/tuned.conf"


def a_host(
    files: dict[str, str] | None = None, *, reader: str = "systemd", runtime: Settings = KERNEL_DEFAULTS, short_lived: dict[str, str] | None = None,
    problems: dict[str, str] | None = None, later: LaterWriter | None = None, **facts: Any
) -> Snapshot:  # fmt: skip
    entries = {path: SysctlFile(text, path) for path, text in (files or {}).items()}
    entries.update((path, SysctlFile(None, path, problem)) for path, problem in (problems or {}).items())
    return Snapshot(
        runtime, entries, BootFacts(reader, **facts), short_lived or {}, later_writers=(later,) if later else ()
    )


def tuned(value: str = "90", *, reapply: bool = True) -> LaterWriter:
    return LaterWriter("tuned", (Write("time", value, PROFILE, 5),), profile="ours", reapply=reapply)


# The file that sets 60, what tuned sets, whether it reads the files again; what the value is then and who decides.
TUNED: list[tuple[str | None, LaterWriter | None, int, Source | None]] = [
    (OURS, None, 60, Source(OURS, 1)),
    (OURS, tuned(), 60, Source(OURS, 1)),
    (CONF, None, 7200, None),
    (CONF, tuned(), 60, Source(CONF, 1)),  # systemd-sysctl does not read that file, tuned does
    (CONF, LaterWriter("tuned", (), profile="ours", reapply=True), 60, Source(CONF, 1)),
    (CONF, tuned(reapply=False), 90, Source(PROFILE, 5)),
    ("/run/sysctl.d/x.conf", tuned(), 60, Source("/run/sysctl.d/x.conf", 1)),
    (VENDOR, tuned(), 90, Source(PROFILE, 5)),
    (OURS, tuned(reapply=False), 90, Source(PROFILE, 5)),
    (None, tuned(), 90, Source(PROFILE, 5)),
    (OURS, tuned("abc", reapply=False), 60, Source(OURS, 1)),
]


@pytest.mark.parametrize("file, facts, time, source", TUNED)
def test_after_tuned(file: str | None, facts: LaterWriter | None, time: int, source: Source | None) -> None:
    after = next_boot(a_host({file: f"{TIME}=60\n"} if file else {}, later=facts))
    assert after.settings == Settings(time, 75, 9)
    assert after.sources == {"time": source, "interval": None, "probes": None}


def test_tuned_reads_again_what_systemd_had_passed_over() -> None:
    """A line in sysctl.conf, which a loop of ansible.posix.sysctl writes by default, has the last word under tuned."""
    host = a_host(
        {OURS: f"{TIME}=60\n", CONF: f"{TIME}=300\n"},
        installed=("systemd",),
        later=LaterWriter("tuned", (), profile="ours", reapply=True),
    )
    assert overrides(host, {"time": 60}) == [Override("time", 300, CONF, 1, "tuned")]


def test_next_boot_is_by_the_program_that_boots_this_host() -> None:
    files = {CONF: f"{TIME}=999\n", LATER: f"{TIME}=111\n"}
    assert next_boot(a_host(files)).settings.time == 111
    assert next_boot(a_host(files, reader="procps")).settings.time == 999
    assert {reader: found.settings.time for reader, found in predictions(a_host(files)).items()} == {
        "systemd": 111,
        "procps": 999,
    }


OVERRIDES: list[tuple[str, Snapshot, list[Override]]] = [
    ("nothing", a_host({OURS: f"{TIME}=60\n"}), []),
    (
        "a later file",
        a_host({OURS: f"{TIME}=60\n", LATER: f"\n{TIME}=70\n"}),
        [Override("time", 70, LATER, 2, "systemd"), Override("time", 70, LATER, 2, "procps")],
    ),
    (
        "a later file that sets the same",
        a_host({OURS: f"{TIME}=60\n", LATER: f"{TIME}=0x3c\n"}),
        [],
    ),
    (
        "a later file with a value that the kernel refuses, which hides ours from one program",
        a_host({OURS: f"{TIME}=60\n", LATER: f"{TIME}=abc\n"}),
        [Override("time", None, LATER, 1, "systemd")],
    ),
    (
        "sysctl.conf, for the other program only",
        a_host({OURS: f"{TIME}=60\n", CONF: f"{TIME}=70\n"}),
        [Override("time", 70, CONF, 1, "procps")],
    ),
    (
        "sysctl.conf, where the other program is not installed",
        a_host({OURS: f"{TIME}=60\n", CONF: f"{TIME}=70\n"}, installed=("systemd",)),
        [],
    ),
    (
        "the program that boots the host comes first",
        a_host({OURS: f"{TIME}=60\n", LATER: f"{TIME}=70\n"}, reader="procps"),
        [Override("time", 70, LATER, 1, "procps"), Override("time", 70, LATER, 1, "systemd")],
    ),
    (
        "tuned",
        a_host({OURS: f"{TIME}=60\n"}, installed=("systemd",), later=tuned(reapply=False)),
        [Override("time", 90, PROFILE, 5, "tuned")],
    ),
    (
        "ufw",
        a_host({OURS: f"{TIME}=60\n", UFW: f"{TIME}=90\n"}, installed=("systemd",), later=LaterWriter("ufw", file=UFW)),
        [Override("time", 90, UFW, 1, "ufw")],
    ),
    (
        "the kernel's command line does not",
        a_host({OURS: f"{TIME}=60\n"}, command_line=f"sysctl.{TIME}=70"),
        [],
    ),
]


@pytest.mark.parametrize("snapshot, found", [row[1:] for row in OVERRIDES], ids=[row[0] for row in OVERRIDES])
def test_overrides(snapshot: Snapshot, found: list[Override]) -> None:
    assert overrides(snapshot, {"time": 60}) == found


def test_an_override_in_words() -> None:
    assert Override("time", 70, LATER, 2, "systemd").sentence() == f"{LATER}:2 sets time to 70 (systemd-sysctl)"
    assert Override("probes", 3, CONF, 1, "procps").sentence() == f"{CONF}:1 sets probes to 3 (sysctl --system)"
    assert Override("time", 90, PROFILE, 5, "tuned").sentence() == f"{PROFILE}:5 sets time to 90 (tuned)"


def test_conflicts() -> None:
    snapshot = a_host({OURS: f"{TIME}=60\n# x\n{TIME}=50\n", LATER: f"{TIME}=70\n", CONF: f"{TIME}=80\n"})
    assert conflicts(snapshot) == [
        Override("time", 60, OURS, 1, "systemd"),
        Override("time", 50, OURS, 3, "systemd"),
        Override("time", 80, CONF, 1, "procps"),
    ]
    assert conflicts(a_host({OURS: f"{TIME}=60\n", CONF: f"{TIME}=60\n"})) == []


def unexplained_host(files: dict[str, str], **options: Any) -> Snapshot:
    return a_host(files, runtime=Settings(300, 75, 9), **options)._replace(files_unchanged=True)


def test_a_value_that_no_file_explains() -> None:
    assert unexplained(unexplained_host({OURS: f"#\n{TIME}=60\n"})) == [
        f"time is 300 now, although {OURS}:2 says 60 and no sysctl file has changed since this host started: "
        "something else sets it later, at each boot or once by hand."
    ]


EXPLAINED = {
    "the files say so": unexplained_host({OURS: f"{TIME}=300\n"}),
    "no file names it": unexplained_host({}),
    "tuned sets it": unexplained_host({OURS: f"{TIME}=60\n"}, later=tuned("300", reapply=False)),
    "a file has changed since": unexplained_host({OURS: f"{TIME}=60\n"})._replace(files_unchanged=False),
    "no value is shown": unexplained_host({OURS: f"{TIME}=60\n"})._replace(runtime=Settings(None, 75, 9)),
}


@pytest.mark.parametrize("snapshot", EXPLAINED.values(), ids=EXPLAINED)
def test_values_that_are_explained(snapshot: Snapshot) -> None:
    assert unexplained(snapshot) == []


LIMITS: list[tuple[Snapshot, list[str]]] = [
    (a_host({OURS: f"{TIME}=60\n"}), []),
    (
        a_host(runtime=Settings(None, 75, 9)),
        ["/proc/sys/net/ipv4 shows no value: this kernel has no IPv4 settings, or /proc is not mounted."],
    ),
    (
        a_host(problems={LATER: "unreadable", OURS: "missing"}),
        [f"{LATER} cannot be read by this user: what it sets is not in the boot values."],
    ),
    (
        a_host(problems={LATER: "large"}),
        [f"{LATER} is larger than 2 MiB and was not read: what it sets is not in the boot values."],
    ),
    (
        a_host(short_lived={"/etc/sysctl.d": "/etc is a tmpfs"}),
        ["/etc is a tmpfs, so the files in /etc/sysctl.d do not last until the next boot."],
    ),
    (
        a_host({OURS: f"\n{TIME}=5000000\n"}),
        [f"{OURS}:2: whether the kernel takes 5000000 depends on how it was built (CONFIG_HZ)."],
    ),
    (
        a_host({OURS: "net.ipv4.tcp_keepalive_t*=60\n"}, reader="procps", procps=None),
        ["The version of sysctl that reads the files at boot is not known: version 3.3 would set time 7200, interval 75, "
         "probes 9; version 4 would set time 60, interval 75, probes 9; version 4.0.5 would set time 60, interval 75, probes 9."],
    ),
    (a_host({OURS: f"{TIME}=60\n"}, reader="procps", procps=None), []),
    (a_host(obstacles=MASKED), ["systemd-sysctl.service is masked: no sysctl file has an effect at boot."]),
    (a_host(reader="procps", obstacles=MASKED), []),
    (a_host(doubts=("Something is not known.",)), ["Something is not known."]),
    (
        a_host(later=tuned()),
        ["tuned sets time 90 by its profile ours, then reads the sysctl files of /etc again."],
    ),
    (a_host(later=tuned(reapply=False)), ["tuned sets time 90 by its profile ours, over the sysctl files."]),
]  # fmt: skip


@pytest.mark.parametrize("snapshot, sentences", LIMITS)
def test_limits(snapshot: Snapshot, sentences: list[str]) -> None:
    assert limits(snapshot) == sentences


@pytest.mark.parametrize(
    ("text", "names"), [("", "time, interval, probes"), (f"{TIME}=60\n", "interval, probes"), (ALL_THREE, "")]
)
def test_a_container_may_start_with_values_of_its_engine(text: str, names: str) -> None:
    told = [limit for limit in limits(a_host({OURS: text}, start_is_known=False)) if "engine" in limit]
    assert [limit.partition(". ")[0] for limit in told] == ([f"No file sets {names}"] if names else [])
    assert limits(a_host({OURS: text})) == []


# What the file says before and after, whether the initrd is older than the files, the value in force, whether the files are
# as they were when the host started; which values the initrd may set.
IN_INITRD: list[tuple[str, str, bool | None, int, bool, str]] = [
    (ALL_THREE, "", None, 60, False, ""),
    (ALL_THREE, "", False, 60, True, "time, interval, probes"),
    (ALL_THREE, f"{TIME}=60\n", False, 60, False, "interval, probes"),
    (ALL_THREE, ALL_THREE, True, 60, False, ""),
    ("", "", False, 60, False, ""),
    ("", "", True, 7200, False, "time, interval, probes"),
    ("", "", True, 7200, True, ""),
    ("", "", True, 60, True, "time"),
    ("", f"{TIME}=60\n", True, 60, True, ""),
]


@pytest.mark.parametrize(("before", "after", "is_older", "value", "unchanged", "names"), IN_INITRD)
def test_an_initrd_may_set_what_no_file_sets_any_more(
    before: str, after: str, is_older: bool | None, value: int, unchanged: bool, names: str
) -> None:
    host = a_host({OURS: before}, runtime=KERNEL_DEFAULTS._replace(time=value))
    host = host._replace(initrd_is_older=is_older, files_unchanged=unchanged)
    planned = host._replace(files={OURS: SysctlFile(after, OURS)}, runtime=KERNEL_DEFAULTS)
    assert [limit.partition(", but")[0] for limit in limits(planned, host)] == (
        [f"No file sets {names}"] if names else []
    )
