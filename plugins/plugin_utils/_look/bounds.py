# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Globs and expressions that could take the controller minutes. The module meets them on the host, in the host's own time."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import boot_readers
from ansible_collections.netops.keepalive.plugins.plugin_utils._look import script

SYSCTL_FILES = (boot_readers.SYSCTL_CONF, *script.UFW[1])
MOST_GLOBS = 200  # in all files of a host
MOST_STARS = 4  # in one glob
GLOB = re.compile(rb"[*?\[{]")
# A condition of a tuned profile: a word, such as aarch64, or a variable of tuned.
CONDITION = re.compile(rb"(?:uname|cpuinfo)_regex")
PLAIN_CONDITION = re.compile(rb"(?:uname|cpuinfo)_regex[ \t]*=[ \t]*(?:[\w-]+|\$\{\w+\})[ \t]*\n(?![ \t])")


def takes_long(texts: Mapping[str, bytes]) -> bool:
    globs = [key for path, text in texts.items() if is_sysctl_file(path) for key in keys(text) if GLOB.search(key)]
    return (
        len(globs) > MOST_GLOBS
        or any(key.count(b"*") > MOST_STARS or b"{" in key for key in globs)
        or any(has_expression(text) for path, text in texts.items() if path.endswith("/tuned.conf"))
    )


def is_sysctl_file(path: str) -> bool:
    return path in SYSCTL_FILES or posixpath.dirname(path) in boot_readers.FOLDERS


def keys(text: bytes) -> Iterator[bytes]:
    for line in re.split(rb"[\r\n\0]", text):
        if line.lstrip()[:1] not in (b"#", b";"):
            yield line.partition(b"=")[0]


def has_expression(profile: bytes) -> bool:
    return len(CONDITION.findall(profile)) != len(PLAIN_CONDITION.findall(profile + b"\n"))
