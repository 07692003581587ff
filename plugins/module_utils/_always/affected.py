# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connections of a scope that are open and have keepalive off: what a policy will meet, counted before it is set."""

import os
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._always import cgroups, plan, steps
from ansible_collections.netops.keepalive.plugins.module_utils._always.connections import table
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout

IDLE = (350, 3600, 86400)


def report(planned: plan.Plan, host: _settings.Settings) -> t.List[t.Dict[str, t.Any]]:
    """For each cgroup that is going to be switched on, or to get other values."""
    steps = [step for step in planned.needed if step.wanted.config and not step.wanted.is_excluded]
    return of_steps(planned.mount, steps, host)


def of_steps(mount: str, steps: t.Sequence[steps.Step], host: _settings.Settings) -> t.List[t.Dict[str, t.Any]]:
    connections = table.read(any(flags(step) & layout.CONTAINERS for step in steps)) if steps else []
    return [dict(unit=step.wanted.unit, **of_step(mount, step, connections, host)) for step in steps]


def flags(step: steps.Step) -> int:
    return step.wanted.config.flags if step.wanted.config else 0


def of_step(
    mount: str, step: steps.Step, connections: t.Sequence[table.Open], host: _settings.Settings
) -> t.Dict[str, t.Any]:
    inside = inodes(mount, step.cgroup)
    own = [one for one in connections if one.timer == 0 and (step.cgroup == cgroups.ROOT or one.cgroup in inside)]
    own = [one for one in own if flags(step) & layout.LOOPBACK or one.local != one.remote]
    values = step.wanted.config
    time = (values.time if values else 0) or host.time or 1
    return {
        "connections": len(own),
        "idle_over": {str(limit): sum(one.idle > limit for one in own) for limit in IDLE},
        "probes_per_second": round(len(own) / float(time), 2),
    }


def inodes(mount: str, cgroup: str) -> t.Set[int]:
    if cgroup == cgroups.ROOT:
        return set()
    return {status.st_ino for status in map(stat_of, walked(mount, cgroup)) if status}


def walked(mount: str, cgroup: str) -> t.Iterator[str]:
    return (folder for folder, _below, _files in os.walk(cgroups.path_of(mount, cgroup)))


def stat_of(path: str) -> t.Optional[os.stat_result]:
    try:
        return os.stat(path)
    except OSError:
        return None
