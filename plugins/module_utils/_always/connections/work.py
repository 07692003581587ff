# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Switch on what is open and off in the cgroups of a task, and take back what was switched on there."""

import contextlib
import functools
import hashlib
import os
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _text
from ansible_collections.netops.keepalive.plugins.module_utils._always import (
    affected,
    attached,
    cgroups,
    config,
    loader,
    plan,
    steps,
)
from ansible_collections.netops.keepalive.plugins.module_utils._always import request as requests
from ansible_collections.netops.keepalive.plugins.module_utils._always.connections import (
    iterator,
    rules,
    spread,
    table,
)
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import iterator as program
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout
from ansible_collections.netops.keepalive.plugins.module_utils._host import differences

KEEP = "{0} open connections keep the keepalive that they were given until they end; state: absent with connections: true takes it back."
NOT_STARTED = "No process goes on switching on open connections ({0}): run the task again."
NO_CGROUPS = (
    "This kernel does not tell the cgroup of a connection that is open (Linux 5.9 can): say connections: false."
)


class Scope(t.NamedTuple):
    """A cgroup with those of its connections that may be switched."""

    step: steps.Step
    chosen: t.List[table.Open]

    @property
    def values(self) -> config.Config:
        return self.step.wanted.config or config.EMPTY

    def by_path(self) -> t.Dict[t.Optional[str], t.List[int]]:
        found: t.Dict[t.Optional[str], t.List[int]] = {}
        for one in self.chosen:
            found.setdefault(one.path, []).append(one.cookie)
        return found

    def keep(self, cookies: t.Container[int]) -> "Scope":
        return self._replace(chosen=[one for one in self.chosen if one.cookie in cookies])


class Outcome(t.NamedTuple):
    """``rest`` is what a process of its own goes on with."""

    changed: bool
    scopes: t.List[t.Dict[str, t.Any]]
    diff: t.List[t.Dict[str, str]]
    limits: t.List[str]
    rest: t.Optional[spread.Rest] = None

    def added_to(self, report: t.Dict[str, t.Any]) -> t.Dict[str, t.Any]:
        return dict(
            report,
            changed=report["changed"] or self.changed,
            diff=report["diff"] + self.diff,
            connections=self.scopes,
            limits=report["limits"] + self.limits,
        )

    def go_on(self) -> None:
        """Raises ``HostUnwritable``."""
        if self.rest is not None:
            try:
                spread.start(self.rest)
            except OSError as error:
                raise _errors.HostUnwritable(NOT_STARTED.format(_text.why(error))) from error


Switch = t.Callable[[bool], Outcome]
"""In check mode it only tells."""


@contextlib.contextmanager
def begun(request: requests.Request, planned: plan.Plan, seconds: int) -> t.Iterator[Switch]:
    """To be entered before the programs change, and called after. ``seconds`` is how long the switching takes.

    Raises ``KeepaliveError``, ``OSError``; what it gives, too.
    """
    if request.state == "present":
        yield functools.partial(switch_on, planned, seconds)
        return
    scopes = marked(planned)
    if not request.connections:
        count = sum(len(scope.chosen) for scope in scopes)
        yield lambda _check_mode: Outcome(False, [], [], [KEEP.format(count)] if count else [])
        return
    if any(scope.chosen for scope in scopes):
        iterator.prove(config.EMPTY)
    with contextlib.ExitStack() as stack:
        # The marks end with the program, unless we hold them.
        maps = [[stack.enter_context(opened(ours)) for ours in scope.step.found.ours] for scope in scopes]
        yield functools.partial(take_back, scopes, maps)


def to_switch_on(planned: plan.Plan) -> t.List[Scope]:
    """It loads nothing: some of these may turn out to be on, or to have a user timeout. Raises ``HostUnreadable``."""
    configured = [step for step in planned.scopes if step.wanted.config and step.wanted.cgroup]
    opened = table.read(any(affected.flags(step) & layout.CONTAINERS for step in configured), marked=True)
    if any(one.cgroup is None for one in opened) and any(step.cgroup != cgroups.ROOT for step in configured):
        raise _errors.HostUnreadable(NO_CGROUPS)
    folders = [(step.cgroup, step.cgroup, affected.inodes(planned.mount, step.cgroup)) for step in configured]
    nearest = rules.innermost(folders)
    found = {step.cgroup: Scope(step, []) for step in configured}
    for one in opened:
        scope = found.get(nearest.get(one.cgroup or 0, cgroups.ROOT))
        if scope is not None and rules.is_meant(one, scope.values):
            scope.chosen.append(one)
    return [scope for scope in found.values() if not scope.step.wanted.is_excluded]


def switch_on(planned: plan.Plan, seconds: int, check_mode: bool) -> Outcome:
    scopes = to_switch_on(planned)
    if any(scope.chosen for scope in scopes):
        iterator.prove(next(scope.values for scope in scopes if scope.chosen))
    scopes = [scope.keep(switched(planned.mount, scope, program.LOOK)) for scope in scopes]
    wanted = [
        (scope.step.cgroup, sorted(scope.values.ports), sorted(scope.values.remotes), scope.values.packed())
        for scope in scopes
    ]
    text = hashlib.sha256(repr((wanted, seconds)).encode()).hexdigest()
    if not any(scope.chosen for scope in scopes) or spread.is_under_way(text):
        return Outcome(False, [entry(scope, pending=len(scope.chosen)) for scope in scopes], [], [])
    size = spread.size_of_batch(sum(len(scope.chosen) for scope in scopes))
    now, later = split(scopes, size)
    if not check_mode:
        for scope in now:
            switched(planned.mount, scope, 0)
    found = [entry(one, on=len(one.chosen), pending=len(two.chosen)) for one, two in zip(now, later)]
    portions = [
        spread.Portion(scope.step.cgroup, scope.values, path, cookies)
        for scope in later
        for path, cookies in scope.by_path().items()
    ]
    rest = spread.Rest(planned.mount, text, seconds, size, portions) if portions else None
    return Outcome(True, found, diff(scopes, "off", "on"), [], rest)


def split(scopes: t.Sequence[Scope], size: int) -> t.Tuple[t.List[Scope], t.List[Scope]]:
    now, later = [], []
    for scope in scopes:
        now.append(scope._replace(chosen=scope.chosen[:size]))
        later.append(scope._replace(chosen=scope.chosen[size:]))
        size = max(0, size - len(scope.chosen))
    return now, later


def switched(mount: str, scope: Scope, what: int) -> t.Set[int]:
    """The cookies of those that were, or with ``LOOK`` would be."""
    if not scope.chosen:
        return set()
    ours = attached.read(mount, scope.step.cgroup).ours
    with opened(next(iter(ours), None)) as maps:
        return run(maps, scope, what)


def run(maps: t.Mapping[str, int], scope: Scope, what: int) -> t.Set[int]:
    found: t.Set[int] = set()
    for path, cookies in scope.by_path().items():
        found |= iterator.run(maps, cookies, what, path)
    return found


@contextlib.contextmanager
def opened(one: t.Optional[attached.Ours]) -> t.Iterator[t.Dict[str, int]]:
    """The values and the marks of an attached program, and new ones in the place of those that it lacks."""
    with attached.opened_maps(one.maps if one else {}) as there, contextlib.ExitStack() as stack:
        maps = {name: there[name] for name in (layout.VALUES, layout.MARKS) if name in there}
        for name in {layout.VALUES, layout.MARKS} - set(maps):
            maps[name] = loader.make_map(name)
            stack.callback(os.close, maps[name])
        yield maps


def entry(scope: Scope, on: int = 0, off: int = 0, pending: int = 0) -> t.Dict[str, t.Any]:
    return {"unit": scope.step.wanted.unit, "switched_on": on, "switched_off": off, "pending": pending}


def diff(scopes: t.Iterable[Scope], before: str, after: str) -> t.List[t.Dict[str, str]]:
    found = differences.Differences()
    for scope in scopes:
        if scope.chosen:
            where = "open connections of the cgroup {0}".format(scope.step.cgroup)
            line = "{0}: {1}\n".format("{0}", len(scope.chosen))
            found.compare(where, line.format(before), line.format(after))
    return found.as_diff()


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


def take_back(
    scopes: t.Sequence[Scope], maps: t.Sequence[t.Sequence[t.Mapping[str, int]]], check_mode: bool
) -> Outcome:
    what = program.TAKE_BACK | (program.LOOK if check_mode else 0)
    done = [scope.keep({cookie for one in its for cookie in run(one, scope, what)}) for scope, its in zip(scopes, maps)]
    entries = [entry(scope, off=len(scope.chosen)) for scope in done]
    return Outcome(any(scope.chosen for scope in done), entries, diff(done, "on", "off"), [])
