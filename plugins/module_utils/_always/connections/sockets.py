# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``method: sockets``: keepalive on the listening sockets of a unit that runs, which what they accept inherits. Nothing is attached."""

import contextlib
import os
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings
from ansible_collections.netops.keepalive.plugins.module_utils._always import affected, cgroups, plan, scopes, steps
from ansible_collections.netops.keepalive.plugins.module_utils._always import request as requests
from ansible_collections.netops.keepalive.plugins.module_utils._always.boot import held, installed
from ansible_collections.netops.keepalive.plugins.module_utils._always.connections import (
    choose,
    duplicates,
    rules,
    spread,
    table,
    ways,
    work,
)
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import owners

CANNOT = "method is sockets, but sockets of other processes cannot be duplicated here: {0}."
Listener = t.Tuple[t.Optional[str], t.Optional[int], int]
"""Network namespace, cgroup and port, which it shares with what it accepts."""
NO_BOOT = installed.Boot({}, {}, {}, {}, {}, False, [])


def run(request: requests.Request, host: _settings.Settings, seconds: int, check_mode: bool) -> t.Dict[str, t.Any]:
    """What the module returns. Raises ``KeepaliveError``, ``OSError``."""
    mount = cgroups.find_mount()
    # What is attached, here or elsewhere, is another method's.
    wanted, limits = scopes.find(request._replace(exclusive=False), mount, 0)
    hold = held.read()
    found = [steps.Step(one, steps.NOTHING) for one in wanted]
    planned = plan.Plan(mount, 0, False, found, NO_BOOT, hold, [hold.sentence()] if hold else limits)
    report = dict(planned.report(), affected=[])
    if hold:
        return dict(report, connections=[], listeners=[])
    lack = duplicates.lack()
    if lack:
        raise _errors.HostUnreadable(CANNOT.format(lack))
    running = [step for step in found if step.cgroup]
    before = {one["unit"]: one for one in affected.of_steps(mount, running, host)}
    job = spread.Job(mount, request.method, seconds, duplicates.switch)
    ways.prove(job.way, {}, request.config)
    with cgroups.locked(mount):
        outcome = work.switch_parts(job, *parts(planned, request.connections), check_mode, lambda: None)
    outcome.go_on()
    return dict(
        outcome.added_to(report), affected=[before[one["unit"]] for one in outcome.listeners if one["switched_on"]]
    )


def parts(planned: plan.Plan, connections: bool) -> t.Tuple[t.List[work.Part], t.List[work.Part]]:
    """The connections that are open, and the listening sockets."""
    containers = choose.has_containers(planned)
    listening = table.read(containers, states=table.LISTENING)
    given = given_to_units(planned, listening)
    opened = table.read(containers) if connections else []
    chosen = choose.by_scope(planned, [in_its_unit(one, given) for one in opened], rules.is_meant)
    listeners = choose.by_scope(planned, [in_its_unit(one, given) for one in listening], rules.is_listener_meant)
    return [as_part(scope) for scope in chosen if connections], [as_part(scope) for scope in listeners]


def in_its_unit(one: table.Open, given: t.Mapping[Listener, int]) -> table.Open:
    cgroup = given.get((one.path, one.cgroup, one.port)) if one.is_incoming else None
    return one._replace(cgroup=cgroup) if cgroup else one


def given_to_units(planned: plan.Plan, listening: t.Sequence[table.Open]) -> t.Dict[Listener, int]:
    """systemd gives a service the sockets that start it. It makes them in its own cgroup where it may not use bpf.

    By these listeners, the cgroup of a process of the task's units that has them open.
    """
    cgroup_of = {
        pid: cgroup
        for step in planned.scopes
        if step.cgroup
        for pid, cgroup in processes_in(planned.mount, step.cgroup)
    }
    held = owners.holders(one.inode for one in listening)
    return {
        (one.path, one.cgroup, one.port): cgroup_of[holder.pid]
        for one in listening
        for holder in held.get(one.inode, ())
        if holder.pid in cgroup_of
    }


def processes_in(mount: str, cgroup: str) -> t.Iterator[t.Tuple[int, int]]:
    """And the inode of the cgroup of each, which may be below."""
    for folder in affected.walked(mount, cgroup):
        with contextlib.suppress(OSError), open(folder + "/cgroup.procs", encoding="ascii") as file:
            inode = os.stat(folder).st_ino
            yield from ((int(line), inode) for line in file)


def as_part(scope: choose.Scope) -> work.Part:
    return work.Part(scope, scope.values, {})
