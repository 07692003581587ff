# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Three runs that write, and all that they write: every call of these is made to fail, and is killed, in its own test."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.support.hosts.strace import Call, recording, writes
from tests.support.hosts.throwaway import OUR_FILE, ThrowawayHost

LATER = "/etc/sysctl.d/99-zz.conf"
MOVED = "/etc/sysctl.d/50-keepalive.conf"
PROC = "/proc/sys/net/ipv4/tcp_keepalive_"


class Scenario(NamedTuple):
    """`files` are there before the run with `options`; `calls` is what it does then, in this order."""

    files: dict[str, str]
    options: dict[str, Any]
    calls: list[str]

    def prepare(self, host: ThrowawayHost) -> None:
        for path, text in self.files.items():
            host.write(path, text)


def setting(name: str) -> list[str]:
    return [f"openat {PROC}{name}", f"write {PROC}{name}"]


def replacing(path: str, *, exists: bool = True) -> list[str]:
    folder, _slash, name = path.rpartition("/")
    temporary = f"{folder}/.{name}.PID.netops-keepalive"
    dressing = ["fchown", "fchmod"] if exists else ["fchmod"]
    steps = [f"{call} {temporary}" for call in ["openat", "write", *dressing, "fsync"]]
    return [*steps, f"rename {path}", f"fsync {folder}"]


SCENARIOS = {
    "change and take over": Scenario(
        {
            OUR_FILE: "# mine\nnet.ipv4.tcp_keepalive_time = 600\n",
            LATER: "net.ipv4.tcp_keepalive_time = 700\nnet.ipv4.tcp_keepalive_intvl = 70\n",
        },
        {"time": 60, "interval": 20, "overridden": "take_over"},
        [*setting("time"), *setting("intvl"), *replacing(OUR_FILE), *replacing(LATER)],
    ),
    "first file, in place of an earlier one": Scenario(
        {
            OUR_FILE: "# TCP keepalive of this host, set by netops.keepalive.tcp_keepalive.\nnet.ipv4.tcp_keepalive_probes = 4\n"
        },
        {"probes": 3, "file": MOVED},
        [*setting("probes"), *replacing(MOVED, exists=False), f"unlink {OUR_FILE}", "fsync /etc/sysctl.d"],
    ),
    "remove": Scenario(
        {
            OUR_FILE: "net.ipv4.tcp_keepalive_time = 600\n",
            "/etc/sysctl.d/10-a.conf": "net.ipv4.tcp_keepalive_time = 700\n",
        },
        {"state": "absent"},
        [*setting("time"), f"unlink {OUR_FILE}", "fsync /etc/sysctl.d"],
    ),
}
POINTS = [(name, index) for name, scenario in SCENARIOS.items() for index in range(len(scenario.calls))]
IDS = [f"{name}: {SCENARIOS[name].calls[index]} ({index + 1})" for name, index in POINTS]


class Recorded(NamedTuple):
    """An undisturbed run, and the host after it."""

    calls: list[Call]
    final: str


def record(host: ThrowawayHost, scenario: Scenario) -> Recorded:
    scenario.prepare(host)
    trace = host.disk / "trace"
    assert host.set(under=recording(trace), **scenario.options)["changed"] is True
    return Recorded(writes(trace.read_text(encoding="utf-8")), host.state())
