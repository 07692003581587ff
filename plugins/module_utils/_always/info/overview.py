# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this collection has attached, and what a boot attaches. It changes nothing."""

import os
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _text
from ansible_collections.netops.keepalive.plugins.module_utils._always import attached, cgroups, config, steps
from ansible_collections.netops.keepalive.plugins.module_utils._always.boot import files, values
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import mark_layout

UNREADABLE = "What tcp_keepalive_always has attached here is not known: {0}."
NOT_ROOT = "only root can read it; use become: true"

Scope = t.Dict[str, t.Any]


def read() -> t.Tuple[t.Optional[t.List[Scope]], t.List[str]]:
    """By scope, with sentences about what is not known; ``None`` where the kernel does not tell this user."""
    try:
        conf, there = read_conf(), attached.every(cgroups.find_mount())
    except (_errors.KeepaliveError, OSError) as error:
        return None, [UNREADABLE.format(why(error))]
    running = [steps.Step(steps.Wanted(cgroups.unit_of(cgroup), cgroup, None), one) for cgroup, one in there.items()]
    scopes = [scope(step.report(False), conf) for step in running]
    stopped = sorted(set(conf) - {one["unit"] or values.HOST for one in scopes})
    nothing = {"cgroup": None, "runtime": {"before": None}, "counters": None}
    scopes += [scope(dict(nothing, unit=None if name == values.HOST else name), conf) for name in stopped]
    has_marks = all(layout.MARKS in one.maps for step in running for one in step.found.ours)
    return scopes, [] if has_marks else [mark_layout.NO_MARKS]


def why(error: Exception) -> str:
    return NOT_ROOT if isinstance(error, PermissionError) else _text.as_part(_text.why(error))


def scope(step: Scope, conf: t.Mapping[str, config.Config]) -> Scope:
    at_boot = conf.get(step["unit"] or values.HOST)
    return {
        "unit": step["unit"],
        "cgroup": step["cgroup"],
        "runtime": step["runtime"]["before"],
        "boot": at_boot and at_boot.report(),
        "counters": step["counters"],
    }


def read_conf() -> t.Dict[str, config.Config]:
    """By name, what is attached at boot: its values stand in the file, and all that it takes is installed.

    Raises ``InvalidValue``, ``OSError``.
    """
    try:
        with open(values.CONF, encoding="utf-8", errors="surrogateescape") as file:
            conf = values.parse(file.read())
    except FileNotFoundError:
        return {}
    return {name: one for name, one in conf.items() if files.attaching(name, os.path.lexists)}
