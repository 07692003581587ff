# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Line ends, blanks and numbers."""

from __future__ import annotations

from tests.support.vectors.sysctl_trees import ETC, one
from tests.support.vectors.vector import INTVL, PROBES, START, TIME, Values, Vector, X, both, intvl, time

BYTES = [
    both("CRLF", one(f"{TIME}=60\r\n{INTVL} = 33\r\n"), Values(60, 33), sources={"interval": (X, 2)}),
    Vector(
        "CR alone",
        one(f"{TIME}=60\r{INTVL}=33\r"),
        procps=START,
        procps_33=Values(60),
        systemd=Values(60, 33),
        sources={"systemd": {"interval": (X, 1)}},
    ),
    Vector("CR before the value", one(f"{TIME}=\r60\n"), procps=Values(60), systemd=START),
    both("no newline at the end", one(f"{INTVL}=33\n{TIME}=60"), Values(60, 33)),
    both("a byte order mark", one(f"\ufeff{TIME}=60\n{INTVL}=33\n"), Values(interval=33)),
    Vector("a form feed before the key", one(f"\f{TIME}=60\n"), procps=Values(60), procps_33=START, systemd=START),
    Vector("a vertical tab after the value", one(f"{TIME}=60\v\n"), procps=Values(60), procps_33=START, systemd=START),
    both("a no-break space before the value", one(f"{TIME}=\u00a060\n"), START),
    both(
        "the byte that Latin 1 has for it, which the kernel skips", one(f"{TIME}=".encode() + b"\xa060\n"), Values(60)
    ),
    both("bytes that are no text", one(b"\xff\xfe=1\n# \xe9\n" + time(60)), Values(60)),
    Vector(
        "a null byte",
        one(f"{TIME}=60\0{INTVL}=33\n{PROBES}=5\n"),
        procps=Values(60, 75, 5),
        systemd=Values(60, 33, 5),
        sources={"systemd": {"probes": (X, 2)}, "procps": {"probes": (X, 2)}},
    ),
]

MEBIBYTE = 1024 * 1024


def before_and_after(line: bytes) -> bytes:
    return time(60) + line + b"\n" + intvl(33)


LENGTHS = [
    Vector(
        "a line of 1 MiB",
        {X: before_and_after(b"#" * MEBIBYTE), f"{ETC}60-y.conf": f"{PROBES}=5\n".encode()},
        procps=Values(60, 33, 5),
        systemd=Values(60, 75, 5),
        sources={"systemd": {"time": (X, 1), "interval": None}, "procps": {"interval": (X, 3)}},
    ),
    both("a line of one byte less", one(before_and_after(b"#" * (MEBIBYTE - 1))), Values(60, 33)),
    Vector(
        "a line of 1 MiB that has fewer characters",
        one(before_and_after("\u00e4".encode() * (MEBIBYTE // 2))),
        procps=Values(60, 33),
        systemd=Values(60),
    ),
    both("a carriage return inside a line of 2 MiB", one(b"\r".join([b"#" * (MEBIBYTE - 64)] * 2) + b"\n" + time(60)), Values(60)),
    Vector(
        "an assignment of just over 1 MiB",
        one(f"{INTVL}=33\n{TIME}=60".encode() + b" " * MEBIBYTE),
        procps=Values(60, 33),
        systemd=Values(interval=33),
    ),
]  # fmt: skip


NUMBERS = [
    both("hexadecimal and octal", one(f"{TIME}=0x3c\n{INTVL}=060\n"), Values(60, 48)),
    both("a fraction; zero and less", one(f"{TIME}=60.5\n{INTVL}=-3\n{PROBES}=0\n"), Values(7200, -3, 0)),
    both("out of range", one(f"{PROBES}=256\n{TIME}=8589935\n{INTVL}=33\n"), Values(interval=33)),
    both("the largest", one(f"{PROBES}=255\n{TIME}=8589934\n{INTVL}=-8589934\n"), Values(8589934, -8589934, 255)),
    both("minus nought", one(f"{TIME}=-0\n{PROBES}=-0\n"), Values(0)),
    both("two numbers", one(f"{TIME}=60 70\n{INTVL}=33\tx\n"), Values(60, 33)),
    both("no number", one(f"{TIME}=+60\n{INTVL}=6e1\n{PROBES}=-\n"), START),
    both("not octal", one(f"{TIME}=08\n{INTVL}=0x\n"), START),
    both("twenty characters", one(f"{TIME}={'60':0>20}\n{INTVL}={'33':0>21}\n"), Values(0o60)),
]
