# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which of the files decide."""

from __future__ import annotations

from tests.support.vectors.sysctl_trees import CONF, ETC, LOCAL, RUN, VENDOR, Folder, Link
from tests.support.vectors.vector import START, Values, Vector, X, both, intvl, time

WHICH_FILE = [
    both(
        "later name wins",
        {ETC + "10-a.conf": time(100), ETC + "90-b.conf": time(200)},
        Values(200),
        sources={"time": (ETC + "90-b.conf", 1), "interval": None},
    ),
    both(
        "a later name wins from a lesser folder",
        {ETC + "10-a.conf": time(100), VENDOR + "99-z.conf": time(300)},
        Values(300),
        sources={"time": (VENDOR + "99-z.conf", 1)},
    ),
    both(
        "the same name in /etc hides all of the other file",
        {X: time(100), VENDOR + "50-x.conf": time(200) + intvl(33)},
        Values(100),
        sources={"time": (X, 1), "interval": None},
    ),
    both(
        "/run hides /usr/local/lib hides /usr/lib",
        {
            RUN + "50-x.conf": time(150),
            LOCAL + "50-x.conf": time(160),
            VENDOR + "50-x.conf": time(170),
        },
        Values(150),
    ),
    both(
        "/usr/local/lib hides /usr/lib",
        {LOCAL + "50-x.conf": time(160), VENDOR + "50-x.conf": time(170)},
        Values(160),
    ),
    both(
        "/etc hides /run",
        {X: time(140), RUN + "50-x.conf": time(150)},
        Values(140),
    ),
    both(
        "masked by a link to /dev/null",
        {X: Link("/dev/null"), VENDOR + "50-x.conf": time(170)},
        START,
        sources={"time": None},
    ),
    both(
        "masked by an empty file",
        {X: b"", VENDOR + "50-x.conf": time(170)},
        START,
    ),
    Vector(
        "sysctl.conf comes last, or is not read",
        {CONF: time(999), ETC + "zz.conf": time(111)},
        procps=Values(999),
        systemd=Values(111),
        sources={"procps": {"time": (CONF, 1)}, "systemd": {"time": (ETC + "zz.conf", 1)}},
    ),
    Vector("only sysctl.conf", {CONF: time(999)}, procps=Values(999), systemd=START),
    Vector(
        "sysctl.conf with its link",
        {
            CONF: time(999),
            ETC + "99-sysctl.conf": Link("../sysctl.conf"),
            ETC + "zz.conf": time(111),
        },
        procps=Values(999),
        systemd=Values(111),
    ),
    Vector(
        "sysctl.conf through its link alone",
        {CONF: intvl(30) + time(999), ETC + "99-sysctl.conf": Link("../sysctl.conf")},
        procps=Values(999, 30),
        systemd=Values(999, 30),
        sources={
            "systemd": {"time": (ETC + "99-sysctl.conf", 2), "interval": (ETC + "99-sysctl.conf", 1)},
            "procps": {"time": (CONF, 2)},
        },
    ),
    both(
        "names are ordered as bytes: 10 before 9",
        {ETC + "9-a.conf": time(9), ETC + "10-a.conf": time(10)},
        Values(9),
    ),
    both(
        "names are ordered as bytes: B before a",
        {ETC + "B.conf": time(2), ETC + "a.conf": time(1)},
        Values(1),
    ),
    both(
        "names are ordered as bytes: - before _",
        {ETC + "99-a.conf": time(1), ETC + "99_a.conf": time(2)},
        Values(2),
    ),
    both(
        "names are ordered as bytes: z before \u00e4",
        {ETC + "z.conf": time(1), ETC + "\u00e4.conf": time(2)},
        Values(2),
        sources={"time": (ETC + "\u00e4.conf", 1)},
    ),
    both(
        "other endings are not read",
        {
            ETC + "10.conf": time(10),
            ETC + "99.conf.bak": time(11),
            ETC + "99.txt": time(12),
            ETC + "99.conf~": time(13),
            ETC + "z.CONF": time(14),
        },
        Values(10),
    ),
    Vector(
        "hidden file",
        {ETC + ".zz.conf": time(77)},
        procps=Values(77),
        systemd=START,
        sources={"procps": {"time": (ETC + ".zz.conf", 1)}, "systemd": {"time": None}},
    ),
    Vector("hidden file without a name", {ETC + ".conf": time(77)}, procps=Values(77), systemd=START),
    both(
        "a dangling link is passed over",
        {ETC + "a.conf": Link("nowhere"), ETC + "b.conf": intvl(33)},
        Values(interval=33),
    ),
    both(
        "a dangling link hides its name elsewhere",
        {ETC + "a.conf": Link("nowhere"), VENDOR + "a.conf": intvl(33)},
        START,
    ),
    both(
        "a directory is passed over",
        {ETC + "x.conf": Folder(), ETC + "y.conf": intvl(33)},
        Values(interval=33),
    ),
    both(
        "a directory hides its name elsewhere",
        {ETC + "x.conf": Folder(), VENDOR + "x.conf": intvl(33)},
        START,
    ),
    both("sysctl.conf is a directory", {CONF: Folder(), ETC + "y.conf": intvl(33)}, Values(interval=33)),
    both(
        "a link to another file",
        {ETC + "a.conf": Link("../target"), "/etc/target": time(60)},
        Values(60),
        sources={"time": (ETC + "a.conf", 1)},
    ),
]
