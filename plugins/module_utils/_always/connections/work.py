# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Switch on what is open and off in the cgroups of a task, and take back what was switched on there."""

import contextlib
import functools
import hashlib
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _text
from ansible_collections.netops.keepalive.plugins.module_utils._always import attached, config, plan
from ansible_collections.netops.keepalive.plugins.module_utils._always import request as requests
from ansible_collections.netops.keepalive.plugins.module_utils._always.connections import (
    choose,
    duplicates,
    spread,
    ways,
)
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import iterator as program
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout
from ansible_collections.netops.keepalive.plugins.module_utils._host import differences

KEEP = "{0} open connections keep the keepalive that they were given until they end; state: absent with connections: true takes it back."
NOT_STARTED = "No process goes on switching on open connections ({0}): run the task again."
UNMARKED = (
    "Open connections are switched through duplicates of their sockets, because no program may set their options here. That leaves no mark: "
    "set_by of the probe is not always for them, and state: absent does not take them back."
)
NOT_PUT_BACK = "{0} Some open connections keep what they were given ({1})."
NOT_HELD = "Left alone: {0}, which no process that is seen from here has open."


class Outcome(t.NamedTuple):
    """``rest`` is what a process of its own goes on with."""

    changed: bool
    scopes: t.List[t.Dict[str, t.Any]]
    diff: t.List[t.Dict[str, str]]
    limits: t.List[str]
    rest: t.Optional[spread.Rest] = None
    listeners: t.Sequence[t.Dict[str, t.Any]] = ()

    def added_to(self, report: t.Dict[str, t.Any]) -> t.Dict[str, t.Any]:
        return dict(
            report,
            changed=report["changed"] or self.changed,
            diff=report["diff"] + self.diff,
            connections=self.scopes,
            listeners=list(self.listeners),
            limits=report["limits"] + self.limits,
        )

    def go_on(self) -> None:
        """Raises ``HostUnwritable``."""
        if self.rest is not None:
            try:
                spread.start(self.rest)
            except OSError as error:
                raise _errors.HostUnwritable(NOT_STARTED.format(_text.why(error))) from error


class Part(t.NamedTuple):
    """The connections of one cgroup, with the values and the maps of the program that switches them, or has switched them."""

    scope: choose.Scope
    values: config.Config
    maps: t.Mapping[str, int]

    @property
    def size(self) -> int:
        return len(self.scope.chosen)

    def switch(self, way: ways.Way, what: int) -> "Part":
        """Those that were, or with ``LOOK`` would be."""
        cookies = way(self.maps, self.values, self.scope.chosen, what) if self.size else set()
        return self._replace(scope=self.scope.keep(cookies))


Then = t.Callable[[], None]
Switch = t.Callable[[bool, Then], Outcome]
"""In check mode it only tells. If what comes then fails, the connections are put back."""


@contextlib.contextmanager
def begun(request: requests.Request, planned: plan.Plan, seconds: int) -> t.Iterator[Switch]:
    """To be entered before the programs change, and called after. ``seconds`` is how long the switching takes.

    Raises ``KeepaliveError``, ``OSError``; what it gives, too.
    """
    if request.state == "present":
        yield functools.partial(switch_on, planned, seconds)
        return
    scopes = choose.marked(planned)
    if not request.connections:
        count = sum(len(scope.chosen) for scope in scopes)
        yield functools.partial(leave, [KEEP.format(count)] if count else [])
        return
    way = ways.find(config.EMPTY) if any(scope.chosen for scope in scopes) else duplicates.switch
    with contextlib.ExitStack() as stack:
        # The marks end with the program, unless we hold them.
        parts = [
            Part(scope.marked_in(marks), ours.config or config.EMPTY, stack.enter_context(ways.maps_for(way, ours)))
            for scope in scopes
            for marks, ours in {ours.maps.get(layout.MARKS): ours for ours in scope.step.found.ours}.items()
        ]
        yield functools.partial(take_back, way, parts)


def leave(limits: t.List[str], _check_mode: bool, then: Then) -> Outcome:
    then()
    return Outcome(False, [], [], limits)


def switch_on(planned: plan.Plan, seconds: int, check_mode: bool, then: Then) -> Outcome:
    scopes = choose.to_switch_on(planned)
    values = next((scope.values for scope in scopes if scope.chosen), None)
    if values is None:
        then()
        return Outcome(False, [entry(scope) for scope in scopes], [], [])
    job = spread.Job(planned.mount, requests.PROGRAM, seconds, ways.find(values))
    with contextlib.ExitStack() as stack:
        parts = [part_of(job, scope, stack) for scope in scopes]
        outcome = switch_parts(job, parts, [], check_mode, then)
    more = [UNMARKED] if outcome.changed and job.way is duplicates.switch else []
    return outcome._replace(limits=outcome.limits + more)


def switch_parts(
    job: spread.Job, parts: t.Sequence[Part], listeners: t.Sequence[Part], check_mode: bool, then: Then
) -> Outcome:
    """The listening sockets at once; the first connections now, and a process goes on with the others."""
    parts, limits = look(job.way, parts, program.LOOK)
    listeners, more = look(job.way, listeners, program.LOOK)
    scopes, text = [part.scope for part in parts], text_of(job, parts)
    size = spread.size_of_batch(sum(part.size for part in parts))
    is_under_way = spread.is_under_way(text)
    now, later = choose.split(scopes, 0 if is_under_way else size)
    at_once = [*listeners, *(part._replace(scope=scope) for part, scope in zip(parts, now))]
    carry_out(job.way, at_once, 0, check_mode, then)
    portions = [spread.Portion(scope.step.cgroup, scope.values, scope.chosen) for scope in later if scope.chosen]
    return Outcome(
        any(part.size for part in at_once),
        [entry(one, on=len(one.chosen), pending=len(two.chosen)) for one, two in zip(now, later)],
        diff("listening sockets", [part.scope for part in listeners], "off", "on")
        + diff("open connections", [] if is_under_way else scopes, "off", "on"),
        limits + more,
        spread.Rest(job, text, size, portions) if portions and not is_under_way and not check_mode else None,
        [{"unit": part.scope.step.wanted.unit, "switched_on": part.size} for part in listeners],
    )


def part_of(job: spread.Job, scope: choose.Scope, stack: contextlib.ExitStack) -> Part:
    if not scope.chosen:
        return Part(scope, scope.values, {})
    ours = next(iter(attached.read(job.mount, scope.step.cgroup).ours), None)
    return Part(scope, scope.values, stack.enter_context(ways.maps_for(job.way, ours)))


def look(way: ways.Way, parts: t.Sequence[Part], what: int) -> t.Tuple[t.List[Part], t.List[str]]:
    """Those that would be switched."""
    limits = []
    if way is duplicates.switch:
        everything = [one for part in parts for one in part.scope.chosen]
        held = {one.cookie: one for one in duplicates.with_holders(everything)}
        parts = [part._replace(scope=part.scope.known(held)) for part in parts]
        missing = len(everything) - len(held)
        limits = [NOT_HELD.format(_text.counted(missing, "socket"))] if missing else []
    return [part.switch(way, what) for part in parts], limits


def text_of(job: spread.Job, parts: t.Iterable[Part]) -> str:
    wanted = [
        (part.scope.step.cgroup, sorted(part.values.ports), sorted(part.values.remotes), part.values.packed())
        for part in parts
    ]
    return hashlib.sha256(repr((job.method, wanted, job.seconds)).encode()).hexdigest()


def carry_out(way: ways.Way, parts: t.Sequence[Part], what: int, check_mode: bool, then: Then) -> None:
    """What was switched is put back if one fails, or what comes then. Raises ``KeepaliveError``, ``OSError``."""
    parts = [] if check_mode else parts
    try:
        for part in parts:
            part.switch(way, what)
        then()
    except (OSError, _errors.KeepaliveError) as error:
        put_back(way, parts, what ^ program.TAKE_BACK, error)
        raise


def put_back(way: ways.Way, parts: t.Iterable[Part], what: int, error: Exception) -> None:
    try:
        for part in parts:
            part.switch(way, what)
    except (OSError, _errors.KeepaliveError) as problem:
        raise _errors.RollbackFailed(NOT_PUT_BACK.format(error, _text.as_part(_text.why(problem)))) from error


def take_back(way: ways.Way, parts: t.Sequence[Part], check_mode: bool, then: Then) -> Outcome:
    done, limits = look(way, parts, program.TAKE_BACK | program.LOOK)
    carry_out(way, done, program.TAKE_BACK, check_mode, then)
    scopes: t.Dict[str, choose.Scope] = {}
    for part in done:
        scopes.setdefault(part.scope.step.cgroup, part.scope._replace(chosen=[])).chosen.extend(part.scope.chosen)
    entries = [entry(scope, off=len(scope.chosen)) for scope in scopes.values()]
    return Outcome(
        any(part.size for part in done), entries, diff("open connections", scopes.values(), "on", "off"), limits
    )


def entry(scope: choose.Scope, on: int = 0, off: int = 0, pending: int = 0) -> t.Dict[str, t.Any]:
    return {"unit": scope.step.wanted.unit, "switched_on": on, "switched_off": off, "pending": pending}


def diff(what: str, scopes: t.Iterable[choose.Scope], before: str, after: str) -> t.List[t.Dict[str, str]]:
    found = differences.Differences()
    for scope in scopes:
        if scope.chosen:
            where = "{0} of the cgroup {1}".format(what, scope.step.cgroup)
            line = "{0}: {1}\n".format("{0}", len(scope.chosen))
            found.compare(where, line.format(before), line.format(after))
    return found.as_diff()
