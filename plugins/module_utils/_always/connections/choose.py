# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which open connections of which cgroup a task means. It changes nothing, and loads nothing."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._always import affected, cgroups, config, plan, steps
from ansible_collections.netops.keepalive.plugins.module_utils._always.connections import rules, table
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout

NO_CGROUPS = "This kernel does not tell the cgroup of a socket that is open (Linux 5.9 can): say method: program and connections: false."


class Scope(t.NamedTuple):
    """A cgroup with those of its connections that may be switched."""

    step: steps.Step
    chosen: t.List[table.Open]

    @property
    def values(self) -> config.Config:
        return self.step.wanted.config or config.EMPTY

    def marked_in(self, marks: t.Optional[int]) -> "Scope":
        return self._replace(chosen=[one for one in self.chosen if one.marked_in == marks])

    def known(self, held: t.Mapping[int, table.Open]) -> "Scope":
        return self._replace(chosen=[held[one.cookie] for one in self.chosen if one.cookie in held])

    def keep(self, cookies: t.Container[int]) -> "Scope":
        return self._replace(chosen=[one for one in self.chosen if one.cookie in cookies])


def to_switch_on(planned: plan.Plan) -> t.List[Scope]:
    """Some of these may turn out to be on, or to have a user timeout. Raises ``HostUnreadable``."""
    return by_scope(planned, table.read(has_containers(planned), marked=True), rules.is_meant)


def has_containers(planned: plan.Plan) -> bool:
    return any(affected.flags(step) & layout.CONTAINERS for step in planned.scopes)


def by_scope(
    planned: plan.Plan, opened: t.Sequence[table.Open], is_meant: t.Callable[[table.Open, config.Config], bool]
) -> t.List[Scope]:
    configured = [step for step in planned.scopes if step.wanted.config and step.wanted.cgroup]
    if any(one.cgroup is None for one in opened) and any(step.cgroup != cgroups.ROOT for step in configured):
        raise _errors.HostUnreadable(NO_CGROUPS)
    folders = [(step.cgroup, step.cgroup, affected.inodes(planned.mount, step.cgroup)) for step in configured]
    nearest = rules.innermost(folders)
    found = {step.cgroup: Scope(step, []) for step in configured}
    for one in opened:
        scope = found.get(nearest.get(one.cgroup or 0, cgroups.ROOT))
        if scope is not None and is_meant(one, scope.values):
            scope.chosen.append(one)
    return [scope for scope in found.values() if not scope.step.wanted.is_excluded]


def marked(planned: plan.Plan) -> t.List[Scope]:
    """Those that the programs that go have switched on, by the maps of their marks."""
    steps_that_go = [step for step in planned.scopes if step.wanted.config is None and step.found.ours]
    everywhere = any(
        one.config and one.config.flags & layout.CONTAINERS for step in steps_that_go for one in step.found.ours
    )
    opened_now = table.read(everywhere, marked=True) if steps_that_go else []
    by_map: t.Dict[int, t.List[table.Open]] = {}
    for one in opened_now:
        if one.marked_in is not None:
            by_map.setdefault(one.marked_in, []).append(one)
    return [
        Scope(step, [one for ours in step.found.ours for one in by_map.get(ours.maps.get(layout.MARKS, 0), [])])
        for step in steps_that_go
    ]


def split(scopes: t.Sequence[Scope], size: int) -> t.Tuple[t.List[Scope], t.List[Scope]]:
    now, later = [], []
    for scope in scopes:
        now.append(scope._replace(chosen=scope.chosen[:size]))
        later.append(scope._replace(chosen=scope.chosen[size:]))
        size = max(0, size - len(scope.chosen))
    return now, later
