# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ufw: each time it starts, it applies a sysctl file of its own.

Source: ``ufw-init`` and ``ufw-init-functions`` (``ufw_start``) of ufw 0.36.
"""

import re
import shlex
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _local_host
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers import configuration
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers import types as writer_types

# Shell files, read in this order.
FILES = ("/etc/ufw/ufw.conf", "/etc/default/ufw")


def read_ufw(host: _local_host.LocalHost) -> t.Optional[writer_types.LaterWriter]:
    """``None`` where ufw is not enabled, does not start at boot or has no sysctl file."""
    variables = {name: value for path in FILES for name, value in shell_variables(configuration.read_lines(path, host))}
    file = variables.get("IPT_SYSCTL")
    if variables.get("ENABLED") not in ("yes", "YES") or not file or not configuration.starts_at_boot("ufw", host):
        return None
    return writer_types.LaterWriter("ufw", file=file)


def shell_variables(lines: t.Iterable[str]) -> t.Iterator[t.Tuple[str, str]]:
    for line in lines:
        match = re.match(r"\s*(\w+)=(.*)", line)
        if match:
            try:
                words = shlex.split(match.group(2), comments=True)
            except ValueError:  # a quote that is not closed
                continue
            yield match.group(1), words[0] if words else ""
