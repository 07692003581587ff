# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of ``tcp_keepalive_always`` for the next boot, as a shell script that puts them into an image."""

import re
import shlex

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings
from ansible_collections.netops.keepalive.plugins.module_utils._always import config, request
from ansible_collections.netops.keepalive.plugins.module_utils._always.boot import bundle, files, installed, values
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout

# It stands in a path, and no host is there that would know what a glob means.
UNIT = re.compile(r"[A-Za-z0-9:_.\\@-]+\.(service|socket|slice)\Z")
END = "END-OF-FILE"
HEAD = """\
#!/bin/sh
# Switches TCP keepalive on for {whom} at each boot, where the application leaves it off.
# Run it as root in an image, or with ROOT=/path/of/the/image. The task that removes it again: netops.keepalive.tcp_keepalive_always: {{state: absent}}
set -eu

put() {{
    mkdir -p "${{ROOT-}}${{1%/*}}"
    cat > "${{ROOT-}}$1"
    chmod 644 "${{ROOT-}}$1"
}}

link() {{
    mkdir -p "${{ROOT-}}${{1%/*}}"
    ln -sfn "$2" "${{ROOT-}}$1"
}}
"""


def script(policy: _settings.Settings, units: object) -> str:
    """For these units, or for the whole host where none is named. Raises ``InvalidValue``."""
    names = checked(units)
    sections = dict.fromkeys(names or [values.HOST], values_of(policy))
    companions = [name for name in names if files.needs_companion(name, False)]
    rendered = files.render(sections, companions, bundle.render(), installed.PYTHONS[0])
    whom = ", ".join(names) or "all connections of the host"
    return HEAD.format(whom=whom) + "".join(step(path, text) for path, text in rendered.items())


def checked(units: object) -> list[str]:
    given = [] if units is None else units
    if not isinstance(given, (list, tuple)):
        raise _errors.InvalidValue(
            "units is {0}: allowed is a list such as [redis-server.service].".format(_errors.shown(given))
        )
    for unit in given:
        if not isinstance(unit, str) or not UNIT.match(unit):
            raise _errors.InvalidValue(
                "units has {0}: allowed are whole names of services, sockets and slices.".format(_errors.shown(unit))
            )
    return sorted(set(given))


def values_of(policy: _settings.Settings) -> config.Config:
    """As a task has them that names nothing else."""
    flags = layout.INCOMING | layout.OUTGOING
    numbers = (policy.time or 0, policy.interval or 0, policy.probes or 0)
    return config.Config(0, flags, *numbers, 0, frozenset(), request.parse_remotes(list(config.LOOPBACK)))


def step(path: str, text: str) -> str:
    if files.is_link(path):
        return "link {0} {1}\n".format(shlex.quote(path), shlex.quote(text))
    return "put {0} <<'{1}'\n{2}{1}\n".format(shlex.quote(path), END, text)
