# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planning, on hosts that are made up: a snapshot and a request in, what to change and what will be so out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._errors import InvalidValue, Overridden
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers.types import LaterWriter, Write
from ansible_collections.netops.keepalive.plugins.module_utils._host.plan import Plan, Request, check_request, plan
from ansible_collections.netops.keepalive.plugins.module_utils._host.snapshot import Snapshot
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files.types import (
    BootFacts,
    Obstacle,
    SysctlFile,
)
from ansible_collections.netops.keepalive.plugins.module_utils._settings import KERNEL_DEFAULTS, Settings

FILE = "/etc/sysctl.d/99-tcp-keepalive.conf"
LATER = "/etc/sysctl.d/99-zz.conf"
HEADER = "# TCP keepalive of this host, set by netops.keepalive.tcp_keepalive.\n"
TIME, INTERVAL, PROBES = ("net.ipv4.tcp_keepalive_" + name for name in ("time", "intvl", "probes"))
MASKED = {"systemd": Obstacle("systemd-sysctl.service is masked", "unmask it, or pass boot: false")}
MARK = "# taken over by netops.keepalive.tcp_keepalive: "


def a_host(
    files: dict[str, str | SysctlFile] | None = None,
    runtime: Settings = KERNEL_DEFAULTS,
    reader: str = "systemd",
    later: LaterWriter | None = None,
    **facts: Any,
) -> Snapshot:
    entries = {
        path: file if isinstance(file, SysctlFile) else SysctlFile(file, path) for path, file in (files or {}).items()
    }
    return Snapshot(runtime, entries, BootFacts(reader, **facts), {}, later_writers=(later,) if later else ())


def a_request(
    time: int | None = None, interval: int | None = None, probes: int | None = None, **options: Any
) -> Request:
    return Request(Settings(time, interval, probes), **options)


def whole(sentence: str) -> str:
    return f"^{re.escape(sentence)}$"


def work(planned: Plan) -> list[tuple[str, str | None, str | None]]:
    """The differences, with the name of a value or the path of a file."""
    return [
        (item.where.replace("/proc/sys/net/ipv4/tcp_keepalive_", ""), item.before, item.after)
        for item in planned.differences
    ]


def test_runtime_comes_before_the_file() -> None:
    planned = plan(a_host(), a_request(120, 30, 4))
    assert work(planned) == [
        ("time", "7200\n", "120\n"),
        ("intvl", "75\n", "30\n"),
        ("probes", "9\n", "4\n"),
        (FILE, None, f"{HEADER}{TIME} = 120\n{INTERVAL} = 30\n{PROBES} = 4\n"),
    ]
    assert planned.runtime_after == planned.boot_after.settings == Settings(120, 30, 4)
    assert planned.runtime_before == planned.boot_before.settings == KERNEL_DEFAULTS
    assert planned.overridden_by == planned.warnings == planned.limits == ()


def test_what_is_not_named_is_not_touched() -> None:
    planned = plan(a_host({FILE: f"{TIME} = 100\n"}, Settings(1, 2, 3)), a_request(interval=20))
    assert work(planned) == [("intvl", "2\n", "20\n"), (FILE, f"{TIME} = 100\n", f"{TIME} = 100\n{INTERVAL} = 20\n")]
    assert planned.runtime_after == Settings(1, 20, 3)
    assert planned.boot_after.settings == Settings(100, 20, 9)


def test_what_is_so_already_is_no_work() -> None:
    host = a_host({FILE: f"{TIME} = 60\n"}, Settings(60, 75, 9))
    assert work(plan(host, a_request(60))) == []


@pytest.mark.parametrize(
    ("options", "where"), [({"runtime": False}, [FILE]), ({"boot": False}, ["time"])], ids=["boot only", "runtime only"]
)
def test_half_of_it(options: dict[str, bool], where: list[str]) -> None:
    assert [item[0] for item in work(plan(a_host(), a_request(60, **options)))] == where


def test_a_snapshot_is_not_changed_by_planning() -> None:
    host = a_host({FILE: f"{TIME} = 100\n", LATER: f"{TIME} = 300\n"})
    again = a_host({FILE: f"{TIME} = 100\n", LATER: f"{TIME} = 300\n"})
    plan(host, a_request(60, overridden="take_over"))
    assert host == again


def test_absent_gives_back_what_the_other_files_say() -> None:
    host = a_host(
        {"/etc/sysctl.d/10-a.conf": f"{TIME} = 600\n", FILE: f"{HEADER}{TIME} = 60\n{PROBES} = 3\n"},
        Settings(60, 75, 3),
    )
    planned = plan(host, a_request(state="absent"))
    assert work(planned) == [
        ("time", "60\n", "600\n"),
        ("probes", "3\n", "9\n"),
        (FILE, f"{HEADER}{TIME} = 60\n{PROBES} = 3\n", None),
    ]
    assert planned.runtime_after == planned.boot_after.settings == Settings(600, 75, 9)


def test_absent_keeps_what_is_not_ours() -> None:
    planned = plan(a_host({FILE: f"# mine\n{TIME} = 60\nvm.swappiness = 1"}), a_request(state="absent"))
    assert work(planned) == [(FILE, f"# mine\n{TIME} = 60\nvm.swappiness = 1", "# mine\nvm.swappiness = 1")]


def test_absent_empties_the_target_of_a_link_and_sysctl_conf() -> None:
    real = "/etc/sysctl.d/real.conf"
    linked = {FILE: SysctlFile(f"{TIME} = 60\n", real), real: SysctlFile(f"{TIME} = 60\n", real)}
    assert work(plan(a_host(linked), a_request(state="absent"))) == [(real, f"{TIME} = 60\n", "")]
    conf = "/etc/sysctl.conf"
    assert work(plan(a_host({conf: f"{TIME} = 60\n"}), a_request(state="absent", file=conf))) == [
        (conf, f"{TIME} = 60\n", "")
    ]


def test_absent_with_nothing_there() -> None:
    assert work(plan(a_host(), a_request(state="absent"))) == []


def test_absent_on_a_host_without_values() -> None:
    planned = plan(a_host(runtime=Settings()), a_request(state="absent", runtime=False))
    assert work(planned) == []
    assert planned.limits == (
        "/proc/sys/net/ipv4 shows no value: this kernel has no IPv4 settings, or /proc is not mounted.",
    )


def test_a_later_file_is_refused_with_file_and_line() -> None:
    sentence = (
        f"{FILE} would not decide the values of the next boot, because {LATER}:2 sets time to 300 (systemd-sysctl); "
        "remove that, or pass overridden: take_over (comments it out) or warn (goes on)."
    )
    with pytest.raises(Overridden, match=whole(sentence)) as caught:
        plan(a_host({LATER: f"# theirs\n{TIME} = 300\n"}), a_request(60))
    assert caught.value.overridden_by == [
        {"parameter": "time", "value": 300, "file": LATER, "line": 2, "reader": "systemd"}
    ]


def test_a_later_file_and_warn() -> None:
    planned = plan(a_host({LATER: f"{TIME} = 300\n"}, installed=("systemd",)), a_request(60, overridden="warn"))
    assert planned.boot_after.settings.time == 300
    assert [item.file for item in planned.overridden_by] == [LATER]
    assert planned.warnings == (f"{LATER}:1 sets time to 300 (systemd-sysctl), and wins over {FILE} at the next boot.",)


def test_take_over_comments_out_every_line_that_counts() -> None:
    theirs = f"{TIME} = 300\n{INTERVAL} = 30\n-{TIME} = 400\n"
    planned = plan(
        a_host({LATER: theirs, "/etc/sysctl.conf": f"{TIME} = 500\n"}), a_request(60, overridden="take_over")
    )
    assert work(planned)[1:] == [
        (LATER, theirs, f"{MARK}{TIME} = 300\n{INTERVAL} = 30\n{MARK}-{TIME} = 400\n"),
        ("/etc/sysctl.conf", f"{TIME} = 500\n", f"{MARK}{TIME} = 500\n"),
        (FILE, None, f"{HEADER}{TIME} = 60\n"),
    ]
    assert planned.boot_after.settings == Settings(60, 30, 9)
    assert planned.overridden_by == planned.warnings == ()


def test_take_over_through_a_link_edits_the_file_once() -> None:
    conf = SysctlFile(f"{TIME} = 300\n", "/etc/sysctl.conf")
    host = a_host({"/etc/sysctl.d/99-x.conf": conf._replace(), "/etc/sysctl.conf": conf})
    planned = plan(host, a_request(60, file="/etc/sysctl.d/10-a.conf", overridden="take_over"))
    assert [item[0] for item in work(planned)] == ["time", "/etc/sysctl.conf", "/etc/sysctl.d/10-a.conf"]


NOT_OURS: list[tuple[str, SysctlFile, str]] = [
    (
        "/usr/lib/sysctl.d/99-zz.conf",
        SysctlFile(f"{TIME} = 300\n", "/usr/lib/sysctl.d/99-zz.conf"),
        "only files in /etc are edited",
    ),
    (LATER, SysctlFile(f"{TIME} = 300\n", "/opt/zz.conf"), "only files in /etc are edited"),
    (LATER, SysctlFile(f"{TIME} = 300\n", LATER, package="zz"), "that file belongs to the package zz"),
]


@pytest.mark.parametrize(("path", "file", "why"), NOT_OURS)
def test_take_over_of_what_is_not_ours(path: str, file: SysctlFile, why: str) -> None:
    sentence = f"{path}:1 sets time to 300 (systemd-sysctl), and cannot be taken over: {why}."
    with pytest.raises(Overridden, match=whole(sentence)):
        plan(a_host({path: file}), a_request(60, overridden="take_over"))


def test_a_link_out_of_etc_is_not_taken_over_by_its_name() -> None:
    path = "/usr/lib/sysctl.d/99-zz.conf"
    planned = plan(a_host({path: SysctlFile(f"{TIME} = 300\n", "/etc/zz.conf")}), a_request(60, overridden="take_over"))
    assert ("/etc/zz.conf", f"{TIME} = 300\n", f"{MARK}{TIME} = 300\n") in work(planned)


def test_only_the_other_program_is_a_warning() -> None:
    planned = plan(a_host({"/etc/sysctl.conf": f"{TIME} = 300\n"}), a_request(60))
    assert planned.boot_after.settings.time == 60
    assert planned.warnings == (
        f"/etc/sysctl.conf:1 sets time to 300 (sysctl --system), and would win over {FILE} where that program reads the files.",
    )


def test_a_masked_service() -> None:
    host = a_host(obstacles=MASKED)
    sentence = f"systemd-sysctl.service is masked, so {FILE} has no effect at boot; unmask it, or pass boot: false."
    with pytest.raises(Overridden, match=whole(sentence)):
        plan(host, a_request(60))
    assert plan(host, a_request(60, boot=False)).limits == (
        "systemd-sysctl.service is masked: no sysctl file has an effect at boot.",
    )
    assert plan(host, a_request(60, overridden="warn")).warnings == (
        f"systemd-sysctl.service is masked, so {FILE} has no effect at boot.",
    )


def test_a_masked_service_does_not_matter_to_the_values_that_the_kernel_has_anyway() -> None:
    assert plan(a_host(obstacles=MASKED), a_request(7200)).boot_after.settings == KERNEL_DEFAULTS


def test_tuned_has_the_last_word_unless_it_reads_again() -> None:
    values = (Write("time", "300", "/etc/tuned/p/tuned.conf", 4),)
    with pytest.raises(Overridden, match=r"because /etc/tuned/p/tuned\.conf:4 sets time to 300 \(tuned\); remove that"):
        plan(a_host(later=LaterWriter("tuned", values, profile="p", reapply=False)), a_request(60))
    assert (
        plan(
            a_host(later=LaterWriter("tuned", values, profile="p", reapply=True)), a_request(60)
        ).boot_after.settings.time
        == 60
    )


def test_a_folder_that_does_not_last() -> None:
    host = a_host()._replace(short_lived={"/etc/sysctl.d": "/etc is a tmpfs"})
    planned = plan(host, a_request(60))
    assert planned.warnings == (f"/etc is a tmpfs: {FILE} does not last until the next boot.",)
    assert planned.limits == ("/etc is a tmpfs, so the files in /etc/sysctl.d do not last until the next boot.",)
    assert plan(host, a_request(60, boot=False)).warnings == ()


def test_a_time_that_races_with_connection_tracking() -> None:
    (warning,) = plan(a_host(), a_request(300)).warnings
    assert warning.startswith("time is 300: connection tracking")


IN_THE_WAY: list[tuple[SysctlFile, str]] = [
    (SysctlFile("", "/dev/null"), "it is masked by a link to /dev/null; remove that link or choose another name"),
    (SysctlFile(None, FILE, "directory"), "it is a directory"),
    (SysctlFile(None, FILE, "special"), "it is not a regular file"),
    (SysctlFile(None, FILE, "unreadable"), "this user may not read it; run the task with become: true"),
    (SysctlFile(None, "/etc/sysctl.d/no", "missing"), "it is a link to /etc/sysctl.d/no, which does not exist"),
    (SysctlFile("", "/opt/f.conf"), "it is a link to /opt/f.conf, in another folder"),
]


@pytest.mark.parametrize(("entry", "why"), IN_THE_WAY)
def test_what_stands_in_the_way(entry: SysctlFile, why: str) -> None:
    with pytest.raises(InvalidValue, match=whole(f"file is '{FILE}': {why}.")):
        plan(a_host({FILE: entry}), a_request(60))


REQUESTS: list[tuple[Request, str]] = [
    (a_request(), "state: present needs at least one of time, interval and probes."),
    (a_request(60, state="absent"), "state: absent means all three values and takes none of them; got time 60."),
    (
        a_request(60, runtime=False, boot=False),
        "runtime: false together with boot: false leaves nothing to do; allow one of them.",
    ),
]


@pytest.mark.parametrize(("request_", "sentence"), REQUESTS)
def test_contradictions(request_: Request, sentence: str) -> None:
    with pytest.raises(InvalidValue, match=whole(sentence)):
        check_request(request_)


def test_a_request_that_is_fine() -> None:
    check_request(a_request(60))
    check_request(a_request(state="absent"))
