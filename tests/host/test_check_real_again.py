# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check mode promises, the real run does just that, and again nothing changes: each proven by readers that are not ours."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from tests.support.hosts.throwaway import OUR_FILE, Result, ThrowawayHost, Values

KERNEL = (7200, 75, 9)
HEADER = "# TCP keepalive of this host, set by netops.keepalive.tcp_keepalive.\n"
TIME, INTERVAL, PROBES = ("net.ipv4.tcp_keepalive_" + name for name in ("time", "intvl", "probes"))


class Case(NamedTuple):
    """`files` are there before; `after` is what the files have to be then (None: gone)."""

    options: dict[str, Any]
    files: dict[str, str]
    runtime: Values
    boot: Values
    after: dict[str, str | None]


def ours(*lines: str, header: str = HEADER) -> str:
    return header + "".join(line + "\n" for line in lines)


CASES = {
    "all three": Case(
        {"time": 120, "interval": 30, "probes": 4},
        {},
        (120, 30, 4),
        (120, 30, 4),
        {OUR_FILE: ours(f"{TIME} = 120", f"{INTERVAL} = 30", f"{PROBES} = 4")},
    ),
    "time": Case({"time": "60"}, {}, (60, 75, 9), (60, 75, 9), {OUR_FILE: ours(f"{TIME} = 60")}),
    "interval": Case({"interval": "10"}, {}, (7200, 10, 9), (7200, 10, 9), {OUR_FILE: ours(f"{INTERVAL} = 10")}),
    "probes": Case({"probes": "3"}, {}, (7200, 75, 3), (7200, 75, 3), {OUR_FILE: ours(f"{PROBES} = 3")}),
    "time and interval": Case(
        {"time": 1, "interval": 1}, {}, (1, 1, 9), (1, 1, 9), {OUR_FILE: ours(f"{TIME} = 1", f"{INTERVAL} = 1")}
    ),
    "time and probes": Case(
        {"time": 32767, "probes": 1},
        {},
        (32767, 75, 1),
        (32767, 75, 1),
        {OUR_FILE: ours(f"{TIME} = 32767", f"{PROBES} = 1")},
    ),
    "interval and probes": Case(
        {"interval": 32767, "probes": 127},
        {},
        (7200, 32767, 127),
        (7200, 32767, 127),
        {OUR_FILE: ours(f"{INTERVAL} = 32767", f"{PROBES} = 127")},
    ),
    "one value of a file that holds more": Case(
        {"state": "present", "interval": 20},
        {OUR_FILE: f"# mine\n{TIME}=100\n  {INTERVAL} = 30\nnet.core.somaxconn = 1024\n"},
        (7200, 20, 9),
        (100, 20, 9),
        {OUR_FILE: f"# mine\n{TIME}=100\n{INTERVAL} = 20\nnet.core.somaxconn = 1024\n"},
    ),
    "a line that assigns the value in another spelling stays": Case(
        {"time": 60, "overridden": "fail"},
        {OUR_FILE: "/net/ipv4/tcp_keepalive_time=0x3c"},
        (60, 75, 9),
        (60, 75, 9),
        {OUR_FILE: "/net/ipv4/tcp_keepalive_time=0x3c"},
    ),
    "twice in the file": Case(
        {"time": 60},
        {OUR_FILE: f"{TIME} = 10\n{PROBES} = 5\n{TIME} = 20"},
        (60, 75, 9),
        (60, 75, 5),
        {OUR_FILE: f"{TIME} = 60\n{PROBES} = 5\n"},
    ),
    "runtime only": Case({"time": 120, "boot": False}, {}, (120, 75, 9), KERNEL, {OUR_FILE: None}),
    "boot only": Case(
        {"time": 120, "runtime": False, "boot": True}, {}, KERNEL, (120, 75, 9), {OUR_FILE: ours(f"{TIME} = 120")}
    ),
    "a file of one's own": Case(
        {"time": 120, "runtime": True, "file": "/etc/sysctl.d/50-net.conf"},
        {"/etc/sysctl.d/50-net.conf": "net.core.somaxconn = 1024"},
        (120, 75, 9),
        (120, 75, 9),
        {"/etc/sysctl.d/50-net.conf": f"net.core.somaxconn = 1024\n{TIME} = 120\n", OUR_FILE: None},
    ),
    "over a vendor's file": Case(
        {"time": 120},
        {"/usr/lib/sysctl.d/50-vendor.conf": f"{TIME} = 600\n"},
        (120, 75, 9),
        (120, 75, 9),
        {OUR_FILE: ours(f"{TIME} = 120"), "/usr/lib/sysctl.d/50-vendor.conf": f"{TIME} = 600\n"},
    ),
    "absent": Case(
        {"state": "absent"},
        {OUR_FILE: ours(f"{TIME} = 120", f"{INTERVAL} = 30", f"{PROBES} = 4")},
        KERNEL,
        KERNEL,
        {OUR_FILE: None},
    ),
    "absent, and the rest of the file stays": Case(
        {"state": "absent"},
        {OUR_FILE: f"# mine\n{TIME} = 120\nnet.core.somaxconn = 1024\n"},
        KERNEL,
        KERNEL,
        {OUR_FILE: "# mine\nnet.core.somaxconn = 1024\n"},
    ),
    "absent, and another file decides": Case(
        {"state": "absent"},
        {OUR_FILE: ours(f"{TIME} = 120"), "/etc/sysctl.d/10-a.conf": f"{TIME} = 600\n{PROBES} = 5\n"},
        (600, 75, 5),
        (600, 75, 5),
        {OUR_FILE: None, "/etc/sysctl.d/10-a.conf": f"{TIME} = 600\n{PROBES} = 5\n"},
    ),
    "absent, boot only": Case(
        {"state": "absent", "runtime": False},
        {OUR_FILE: ours(f"{TIME} = 120")},
        (999, 99, 19),
        KERNEL,
        {OUR_FILE: None},
    ),
    "absent, runtime only": Case(
        {"state": "absent", "boot": False},
        {OUR_FILE: ours(f"{TIME} = 120")},
        KERNEL,
        (120, 75, 9),
        {OUR_FILE: ours(f"{TIME} = 120")},
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_check_real_again(host: ThrowawayHost, case: Case) -> None:
    for path, text in case.files.items():
        host.write(path, text)
    if case.options.get("state") == "absent":
        host.sh(
            "sysctl -qw net.ipv4.tcp_keepalive_time=999 net.ipv4.tcp_keepalive_intvl=99 net.ipv4.tcp_keepalive_probes=19"
        )
    before = host.footprint()

    promised = host.set(check_mode=True, **case.options)
    assert host.footprint() == before
    done = host.set(**case.options)

    assert promised == done
    assert done["changed"] is True
    assert host.runtime() == values(done["runtime"]["after"]) == case.runtime
    assert host.after_boot("systemd") == values(done["boot"]["after"]) == case.boot
    assert {path: text_of(host, path) for path in case.after} == case.after
    assert shown_after(done) == {path: text_of(host, path) or "" for path in shown_after(done)}

    settled = host.footprint()
    again = host.set(**case.options)
    assert host.footprint() == settled
    assert again == dict(
        done, changed=False, diff=[], **{key: settled_values(done, key) for key in ("runtime", "boot")}
    )


def test_what_is_returned_for_a_first_run(host: ThrowawayHost) -> None:
    """The shape that playbooks rely on, once in full."""
    assert host.set(time=120, interval=30, probes=4) == {
        "changed": True,
        "diff": [
            entry("/proc/sys/net/ipv4/tcp_keepalive_time", "7200\n", "120\n"),
            entry("/proc/sys/net/ipv4/tcp_keepalive_intvl", "75\n", "30\n"),
            entry("/proc/sys/net/ipv4/tcp_keepalive_probes", "9\n", "4\n"),
            entry(
                OUR_FILE,
                "",
                ours(f"{TIME} = 120", f"{INTERVAL} = 30", f"{PROBES} = 4"),
                before_header=f"{OUR_FILE} (absent)",
            ),
        ],
        "runtime": {
            "before": {"time": 7200, "interval": 75, "probes": 9, "drop_after": 7875},
            "after": {"time": 120, "interval": 30, "probes": 4, "drop_after": 240},
        },
        "boot": {
            "before": {"time": 7200, "interval": 75, "probes": 9, "drop_after": 7875},
            "after": {"time": 120, "interval": 30, "probes": 4, "drop_after": 240},
        },
        "boot_source": {
            "time": {"file": OUR_FILE, "line": 2},
            "interval": {"file": OUR_FILE, "line": 3},
            "probes": {"file": OUR_FILE, "line": 4},
        },
        "overridden_by": [],
        "limits": [],
        "reboot_required": False,
    }


def entry(where: str, before: str, after: str, before_header: str | None = None) -> dict[str, str]:
    return {"before_header": before_header or where, "after_header": where, "before": before, "after": after}


def values(report: dict[str, int]) -> Values:
    return report["time"], report["interval"], report["probes"]


def settled_values(done: Result, key: str) -> dict[str, Any]:
    return {"before": done[key]["after"], "after": done[key]["after"]}


def shown_after(done: Result) -> dict[str, str]:
    return {item["after_header"].replace(" (absent)", ""): item["after"] for item in done["diff"]}


def text_of(host: ThrowawayHost, path: str) -> str | None:
    exists = host.sh(f"[ -e {path} ] && echo yes || echo no").strip() == "yes"
    return host.read(path).decode() if exists else None
