# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which lines of a file count, and which of them decides."""

from __future__ import annotations

from tests.support.vectors.sysctl_trees import ETC, one
from tests.support.vectors.vector import INTVL, SLASHED_TIME, START, TIME, Values, Vector, X, both, time

WHICH_LINE = [
    both(
        "the last line of a key wins",
        one(f"{TIME}=1\n{TIME}=2\n{INTVL}=3\n{TIME}=4\n"),
        Values(4, 3),
        sources={"time": (X, 4), "interval": (X, 3), "probes": None},
    ),
    both("a refused value does not stop the rest", one(f"{TIME}=abc\n{INTVL}=33\n"), Values(interval=33)),
    both("a refused value with a dash", one(f"-{TIME}=abc\n{INTVL}=33\n"), Values(interval=33)),
    both("a dash before the key", one(f"-{TIME}=44\n"), Values(44)),
    both("an unknown key", one(f"net.ipv4.tcp_nosuch=1\n{INTVL}=33\n"), Values(interval=33)),
    Vector("a blank after the dash", one(f"- {TIME}=44\n"), procps=START, systemd=Values(44)),
    Vector("two dashes", one(f"--{TIME}=44\n"), procps=Values(44), procps_33=START, systemd=START),
    Vector("an equals sign before the key", one(f"={TIME}=44\n"), procps=START, procps_33=Values(44), systemd=START),
    both("two equals signs", one(f"{TIME}==44\n"), START),
    both("comments", one(f"# {TIME}=1\n;{TIME}=2\n   # {TIME}=3\n"), START),
    both("a comment after the value", one(f"{TIME} = 60 # one minute\n"), Values(60)),
    both("a semicolon after the value", one(f"{TIME}=60 ; x\n"), Values(60)),
    both("a comment that touches the value", one(f"{TIME}=60#x\n"), START),
    both("a colon or nothing between", one(f"{TIME} 60\n{TIME}: 60\n"), START),
    both("blanks and tabs", one(f"\t {TIME} \t=\t 60 \t\n"), Values(60)),
    both("no value", one(f"{TIME}=\n"), START),
    both("no line goes on", one(f"{TIME} = \\\n60\n"), START),
    both("quotes", one(f'{TIME}="60"\n'), START),
    Vector(
        "a value out of range keeps what the files before it set, or hides it",
        {ETC + "10.conf": time(60), ETC + "20.conf": time(8589935)},
        procps=Values(60),
        systemd=START,
        sources={"procps": {"time": (ETC + "10.conf", 1)}, "systemd": {"time": (ETC + "20.conf", 1)}},
    ),
    both("other capitals", one("net.ipv4.TCP_keepalive_time=60\n"), START),
    Vector(
        "an exclusion hides an assignment before it",
        one(f"{TIME}=60\n-{TIME}\n"),
        procps=Values(60),
        systemd=START,
        sources={"procps": {"time": (X, 1)}, "systemd": {"time": (X, 2)}},
    ),
    both("an exclusion does not hide one after it", one(f"-{TIME}\n{TIME}=60\n"), Values(60)),
]


KEYS = [
    both("slashes", one(f"{SLASHED_TIME}=60\n"), Values(60)),
    both("slashes, also in front", one(f"/{SLASHED_TIME}=60\n"), Values(60)),
    both("a dot in front", one(f".{TIME}=60\n"), Values(60)),
    both(
        "a slash among dots names another key",
        one("net.ipv4/tcp_keepalive_time=60\nnet/ipv4.tcp_keepalive_time=60\n"),
        START,
    ),
    both("the whole path", one(f"/proc/sys/{SLASHED_TIME}=60\n"), START),
    both(
        "dots, then slashes in a later file",
        {ETC + "10.conf": time(60), ETC + "20.conf": f"{SLASHED_TIME}=70\n".encode()},
        Values(70),
        sources={"time": (ETC + "20.conf", 1)},
    ),
    both("doubled dots", one("net..ipv4.tcp_keepalive_time=60\n"), Values(60)),
    both("a folder that is its own", one("net/./ipv4/tcp_keepalive_time=60\n"), Values(60)),
    both("the same among dots", one("net./.ipv4.tcp_keepalive_time=60\n"), Values(60)),
    Vector("a separator at the end", one(f"{TIME}.=60\n"), procps=START, systemd=Values(60)),
]
