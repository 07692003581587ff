# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host answers to the script that looks at it, as tests write it down."""

from __future__ import annotations

from collections.abc import Mapping

MARK = "0123456789abcdef"
VALUES = (120, 30, 4)
OURS = "/etc/sysctl.d/99-tcp-keepalive.conf"
SET = "".join(
    f"net.ipv4.tcp_keepalive_{name} = {value}\n"
    for name, value in zip(("time", "intvl", "probes"), VALUES, strict=True)
)
MOUNTS = "22 27 0:21 / /proc rw - proc proc rw\n27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
WANTED = "exists /usr/lib/systemd/system/sysinit.target.wants/systemd-sysctl.service"
FOLDERS = ("/etc", "/etc/sysctl.d", "/run", "/run/systemd/system", "/usr", "/usr/lib", "/usr/local", "/usr/local/lib")


def answer(files: Mapping[str, str] = {OURS: SET}, values: tuple[int, int, int] = VALUES, **parts: str | None) -> str:
    """That of a host that systemd started; `parts` replace those of the same name, or leave them out."""
    contents = [text.encode("utf-8", "surrogateescape") for text in files.values()]
    sizes = [f"{len(text)} {path}\n" for path, text in zip(files, contents, strict=True)]
    folders = "".join(f"folder {folder}\n{folder}\n" for folder in FOLDERS) + "folder /lib\n/usr/lib\n"
    usual = {
        "kernel": "Linux\nweb\n6.1.0\n#1 SMP\n" + "".join(f"{value}\n" for value in values),
        "cmdline": "text /proc/cmdline\nquiet\n",
        "first": f"text /proc/1/mountinfo\n{MOUNTS}",
        "own": f"text /proc/self/mountinfo\n{MOUNTS}",
        "stat": "text /proc/1/stat\n1 (systemd) " + "0 " * 30 + "\n",
        "btime": "text /proc/stat\nbtime 1795811202\n",
        "namespace": "namespace 1\n",
        "sysctl": "text /usr/sbin/sysctl\nprocps-ng 4.0.2\n",
        "changed": "2026-11-28 04:08:18.904650484 +0000 /etc\n",
        "entries": f"{folders}{WANTED}\n" + "".join(f"file {path}\n" for path in files),
        "machine": "\n",
        "sizes": "".join(sizes) + (f"{sum(map(len, contents))} total\n" if len(files) > 1 else ""),
        "contents": "".join(files.values()),
        "end": "",
    }
    said = [
        f"\n{MARK} {text}" if name in ("cmdline", "first", "own", "stat", "btime", "namespace", "sysctl") else f"\n{MARK} {name}\n{text}"
        for name, text in {**usual, **parts}.items()
        if text is not None
    ]  # fmt: skip
    return "".join(said)
