# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether sshd is configured to leave keepalive off, and on which ports."""

import glob
import os
import re
import typing as t

LINE = re.compile(r"\s*(\w+)(?:\s*=\s*|\s+)(.*?)\s*\Z")
MOST_DEPTH = 16  # sshd's own limit of nested files
DEFAULT_PORT = 22


def ports_without_keepalive(path: str) -> t.FrozenSet[int]:
    """None where keepalive is on. As sshd does: the first value counts, and what stands under Match is for some users only."""
    keepalive: t.List[str] = []
    ports: t.Set[int] = set()
    for keyword, value in settings(path):
        if keyword == "match":
            break
        if keyword == "tcpkeepalive":
            keepalive.append(value.lower())
        elif keyword == "port" and value.isdigit():
            ports.add(int(value))
        elif keyword == "listenaddress":
            port = value.split()[0].rpartition(":")[2] if value and (value.count(":") == 1 or "]:" in value) else ""
            ports.update([int(port)] if port.isdigit() else [])
    return frozenset(ports or {DEFAULT_PORT}) if keepalive and keepalive[0] == "no" else frozenset()


def settings(path: str, depth: int = 0) -> t.Iterator[t.Tuple[str, str]]:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().splitlines()
    except OSError:
        return
    for line in lines:
        match = LINE.match(line)
        if match and match.group(1).lower() == "include" and depth < MOST_DEPTH:
            for pattern in match.group(2).replace('"', "").split():
                for included in sorted(glob.glob(os.path.join(os.path.dirname(path), pattern))):
                    yield from settings(included, depth + 1)
        elif match:
            yield match.group(1).lower(), match.group(2).strip('"')
