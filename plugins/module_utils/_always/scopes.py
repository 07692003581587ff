# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cgroups that a task concerns, and what each of them shall have."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._always import attached, cgroups, config, steps
from ansible_collections.netops.keepalive.plugins.module_utils._always import request as requests
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout
from ansible_collections.netops.keepalive.plugins.module_utils._always.services import units

SSHD_CONFIG = "/etc/ssh/sshd_config"
HOLDS = {
    "host": "What is attached holds until the host reboots: run the task again then.",
    "units": "What is attached holds until its unit stops or restarts, or the host reboots: run the task again then.",
}
SOCKETS_HOLD = "What is switched on holds until its unit stops or restarts: run the task again then."

Scopes = t.Tuple[t.List[steps.Wanted], t.List[str]]
"""With sentences about what cannot be done."""


def find(request: requests.Request, mount: str, cookie: t.Optional[int]) -> Scopes:
    """In the order of the work: exclusions come before what they are excluded from, and go after it.

    Raises ``InvalidValue``, ``HostUnreadable``.
    """
    if request.state == "absent":
        return to_remove(request, mount), []
    wanted, limits = to_attach(request, cookie)
    if request.exclusive:
        named = {one.cgroup for one in wanted}
        wanted += [unwanted(cgroup) for cgroup in attached.every(mount) if cgroup not in named]
    if request.method == requests.SOCKETS:
        return wanted, limits + [SOCKETS_HOLD]
    return wanted, limits if request.boot else limits + [HOLDS[request.scope or "host"]]


def to_remove(request: requests.Request, mount: str) -> t.List[steps.Wanted]:
    if request.scope == "units":
        found = units.find("units", request.units).units
        return [steps.Wanted(unit.name, unit.cgroup, None, unit.has_root) for unit in found]
    there = attached.every(mount)
    if request.scope == "host":
        there = {cgroup: one for cgroup, one in there.items() if cgroup == cgroups.ROOT or only_excludes(one)}
    return [unwanted(cgroup) for cgroup in there]


def only_excludes(found: attached.Found) -> bool:
    return all(one.config is not None and one.config.flags & layout.EXCLUDED for one in found.ours)


def unwanted(cgroup: str) -> steps.Wanted:
    return steps.Wanted(cgroups.unit_of(cgroup), cgroup, None)


def to_attach(request: requests.Request, cookie: t.Optional[int]) -> Scopes:
    limits: t.List[str] = []
    base = request.config._replace(cookie=cookie or 0)
    if cookie is None and not request.containers:
        if request.scope == "host":
            raise _errors.HostUnreadable(
                "{0}: say containers: true, so that both are switched on.".format(steps.CANNOT_TELL)
            )
        base = base._replace(flags=base.flags | layout.CONTAINERS)
        limits.append("{0}: those of the units in any network namespace are switched on.".format(steps.CANNOT_TELL))
    excluded = units.find("exclude_units", request.exclude_units)
    named = units.find("units", request.units)
    limits += ["{0} matches no unit of this host.".format(_errors.shown(glob)) for glob in named.unmatched]
    names = {unit.name for unit in excluded.units}
    if request.scope == "host":
        base, limits = without_sshd(base, limits)
        wanted = [steps.Wanted(None, cgroups.ROOT, base)]
    else:
        wanted = [
            steps.Wanted(unit.name, unit.cgroup, base, unit.has_root) for unit in named.units if unit.name not in names
        ]
        limits += [
            "{0} does not run: it has no connections to switch on.".format(one.unit) for one in wanted if not one.cgroup
        ]
    exclusions, more = to_exclude(request, wanted, excluded.units)
    return exclusions + wanted, limits + more


def to_exclude(request: requests.Request, wanted: t.Sequence[steps.Wanted], excluded: t.Sequence[units.Unit]) -> Scopes:
    above = {one.cgroup for one in wanted if one.cgroup}
    exclusions: t.List[steps.Wanted] = []
    limits: t.List[str] = []
    for unit in excluded:
        if unit.cgroup is None and request.scope == "host" and not request.boot:
            limits.append("{0} does not run: its exclusion takes effect when the task runs again.".format(unit.name))
        elif request.scope == "host" or (unit.cgroup and above.intersection(cgroups.with_ancestors(unit.cgroup))):
            alone = config.Config(flags=layout.EXCLUDED)
            exclusions.append(steps.Wanted(unit.name, unit.cgroup, alone, unit.has_root))
    return exclusions, limits


def without_sshd(base: config.Config, limits: t.List[str]) -> t.Tuple[config.Config, t.List[str]]:
    """An sshd that is configured to be off looks like a program that never asked. Its ports are excluded."""
    from ansible_collections.netops.keepalive.plugins.module_utils._always.services import sshd

    ports = sshd.ports_without_keepalive(SSHD_CONFIG)
    if not ports:
        return base, limits
    sentence = "{0} says TCPKeepAlive no: connections to its port {1} are left alone.".format(
        SSHD_CONFIG, ", ".join(map(str, sorted(ports)))
    )
    return base._replace(ports=base.ports | ports), limits + [sentence]
