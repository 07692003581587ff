# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys that stand for several."""

from __future__ import annotations

from tests.support.vectors.sysctl_trees import ETC, one
from tests.support.vectors.vector import SLASHED_TIME, START, TIME, Values, Vector, X, both, time

GLOBS = [
    both(
        "a named key beats a glob before it",
        one(f"net.ipv4.tcp_keepalive_*=5\n{TIME}=60\n"),
        Values(60, 5, 5),
        procps_33=Values(60),
        sources={"time": (X, 2), "interval": (X, 1)},
    ),
    both(
        "a named key beats a glob after it",
        one(f"{TIME}=60\nnet.ipv4.tcp_keepalive_*=5\n"),
        Values(60, 5, 5),
        procps_33=Values(60),
    ),
    both(
        "a named key beats a glob in a later file",
        {ETC + "10.conf": time(60), ETC + "20.conf": b"net.ipv4.tcp_keepalive_*=5\n"},
        Values(60, 5, 5),
        procps_33=Values(60),
        sources={"time": (ETC + "10.conf", 1), "probes": (ETC + "20.conf", 1)},
    ),
    both(
        "a line that excludes from a glob",
        one(f"net.ipv4.tcp_keepalive_*=5\n-{TIME}\n"),
        Values(7200, 5, 5),
        procps_33=START,
    ),
    Vector(
        "a glob that excludes",
        one("net.ipv4.tcp_keepalive_*=5\n-net.ipv4.tcp_keepalive_t*\n"),
        procps=Values(5, 5, 5),
        procps_33=START,
        procps_405=Values(7200, 5, 5),
        systemd=Values(5, 5, 5),
    ),
    Vector(
        "a star that excludes matches a slash",
        one("-*probes\nnet.ipv4.tcp_keepalive_*=5\n"),
        procps=Values(5, 5, 5),
        procps_33=START,
        procps_405=Values(5, 5, 9),
        systemd=Values(5, 5, 5),
    ),
    Vector(
        "a key that excludes and has an escaped character",
        one("net.ipv4.tcp_keepalive_*=5\n-net.ipv4.tcp\\_keepalive_time\n"),
        procps=Values(5, 5, 5),
        procps_33=START,
        procps_405=Values(7200, 5, 5),
        systemd=Values(5, 5, 5),
    ),
    both(
        "a glob that excludes does not concern a named key", one(f"{TIME}=60\n-net.ipv4.tcp_keepalive_*\n"), Values(60)
    ),
    both(
        "of two globs the later wins",
        one("net.ipv4.tcp_keepalive_*=5\nnet.ipv4.tcp_keepalive_t*=7\n"),
        Values(7, 5, 5),
        procps_33=START,
        sources={"time": (X, 2), "interval": (X, 1)},
    ),
    both(
        "a glob that gets another value moves behind the others",
        one("net.ipv4.tcp_keepalive_*=5\nnet.ipv4.tcp_keepalive_t*=7\nnet.ipv4.tcp_keepalive_*=6\n"),
        Values(6, 6, 6),
        procps_33=START,
        sources={"time": (X, 3)},
    ),
    Vector(
        "a glob that is only said again does not",
        one("net.ipv4.tcp_keepalive_*=5\nnet.ipv4.tcp_keepalive_t*=7\nnet.ipv4.tcp_keepalive_*=5\n"),
        procps=Values(5, 5, 5),
        procps_33=START,
        systemd=Values(7, 5, 5),
    ),
    both("a glob for a folder", one("net/*/tcp_keepalive_time=60\n"), Values(60), procps_33=START),
    both("a star does not match a slash", one("net/*_time=60\n*tcp_keepalive_time=60\n"), START),
    both(
        "sets of characters",
        one(
            "net.ipv4.tcp_keepalive_[s-u]*=5\nnet.ipv4.tcp_keepalive_[!it]*=6\nnet.ipv4.tcp_keepalive_[[:alpha:]]ntvl=7\n"
        ),
        Values(5, 7, 6),
        procps_33=START,
    ),
    both("a set that is not closed", one("net.ipv4.tcp_keepalive_tim[e=60\n"), START),
    both("an escaped character in a glob", one("net.ipv4.tcp\\_keepalive_tim?=60\n"), Values(60), procps_33=START),
    Vector(
        "braces in a glob",
        one("net.ipv4.tcp_keepalive_{time,prob*}=60\n"),
        procps=START,
        systemd=Values(60, 75, 60),
    ),
    both("braces without a glob", one("net.ipv4.tcp_keepalive_{time,probes}=60\n"), START),
    Vector(
        "a key that is spelled in another way does not beat a glob",
        one(f"/{SLASHED_TIME}=60\nnet.ipv4.tcp_keepalive_*=5\n"),
        procps=Values(5, 5, 5),
        procps_33=Values(60),
        systemd=Values(60, 5, 5),
    ),
    Vector(
        "a glob that is spelled in another way is not beaten by a named key",
        one(f"{TIME}=60\nnet..ipv4.tcp_keepalive_*=5\n"),
        procps=Values(5, 5, 5),
        procps_33=Values(60),
        systemd=Values(60, 5, 5),
    ),
]
