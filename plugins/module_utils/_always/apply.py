# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carry a plan out, all of it or nothing."""

import contextlib
import functools
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _text
from ansible_collections.netops.keepalive.plugins.module_utils._always import (
    attached,
    bpf,
    cgroups,
    config,
    loader,
    refusals,
    steps,
    trial,
)
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout

Undo = t.List[t.Callable[[], None]]


def prove(mount: str, cookie: t.Optional[int], configs: t.Sequence[config.Config]) -> t.Optional[layout.Abilities]:
    """The form of the program for this kernel; ``None`` where there is nothing to attach. To be called under the lock.

    Raises ``KeepaliveError``.
    """
    bpf.raise_limits()
    if not configs:
        return None
    values = next((one for one in configs if not one.flags & layout.EXCLUDED), configs[0])
    try:
        abilities = trial.prove(mount, values, cookie)
    except OSError as error:
        raise refusals.refused(error) from error
    tells_apart = abilities.namespaces or all(one.flags & (layout.CONTAINERS | layout.EXCLUDED) for one in configs)
    if not tells_apart:
        raise _errors.HostUnreadable(
            "{0}: say containers: true, so that both are switched on.".format(steps.CANNOT_TELL)
        )
    return abilities


def apply(
    mount: str,
    needed: t.Sequence[steps.Step],
    abilities: t.Optional[layout.Abilities],
    then: t.Callable[[], None] = lambda: None,
) -> None:
    """``then`` is called when all is attached; if it fails, all is put back.

    Raises ``HostUnwritable``, after everything was put back; ``RollbackFailed`` where that failed.
    """
    undo: Undo = []
    with contextlib.ExitStack() as opened:
        try:
            for step in needed:
                carry_out(mount, step, abilities, undo, opened)
            for step in needed:
                read_back(mount, step)
            then()
        except (OSError, _errors.KeepaliveError) as error:
            put_back(undo, error)
            raise


def carry_out(
    mount: str, step: steps.Step, abilities: t.Optional[layout.Abilities], undo: Undo, opened: contextlib.ExitStack
) -> None:
    try:
        folder = opened.enter_context(cgroups.opened(mount, step.cgroup))
        kept = step.kept
        extra = [one for one in step.found.ours if one is not kept or step.wanted.config is None]
        if step.wanted.config is not None:
            if kept is not None and kept.is_current and kept.config is not None:
                change(kept, kept.config, step.wanted.config, undo, opened)
            elif abilities is not None:
                attach(folder, step, abilities, undo, opened)
        for one in extra:
            detach(folder, one, undo, opened)
    except OSError as error:
        raise refusals.refused(error, step.cgroup) from error


def change(
    kept: attached.Ours, before: config.Config, after: config.Config, undo: Undo, opened: contextlib.ExitStack
) -> None:
    """New values are an update of its maps: there is no moment without the program."""
    if before != after:
        maps = opened.enter_context(attached.opened_maps(kept.maps))
        undo.append(functools.partial(config.write, maps, before, after))
        config.write(maps, after, before)


def attach(
    folder: int, step: steps.Step, abilities: layout.Abilities, undo: Undo, opened: contextlib.ExitStack
) -> None:
    """An older program is replaced in one step, and leaves its marks and its counters to the new one."""
    values, older = step.wanted.config, step.kept
    if values is None:
        return
    replaced, left = 0, {}
    if older is not None:
        replaced = opened.enter_context(bpf.by_id(bpf.PROG_BY_ID, older.program))
        found = opened.enter_context(attached.opened_maps(older.maps))
        left = {name: found[name] for name in (layout.MARKS, layout.COUNTS) if name in found}
    loaded = loader.load(abilities, values, left)
    opened.callback(loaded.close)
    bpf.attach(folder, loaded.program, replaced)
    if replaced:
        undo.append(functools.partial(bpf.attach, folder, replaced, loaded.program))
    else:
        undo.append(functools.partial(bpf.detach, folder, loaded.program))


def detach(folder: int, one: attached.Ours, undo: Undo, opened: contextlib.ExitStack) -> None:
    program = opened.enter_context(bpf.by_id(bpf.PROG_BY_ID, one.program))
    bpf.detach(folder, program)
    undo.append(functools.partial(bpf.attach, folder, program))


def read_back(mount: str, step: steps.Step) -> None:
    try:
        found = [one.config for one in attached.read(mount, step.cgroup).ours]
    except OSError as error:
        raise refusals.refused(error, step.cgroup) from error
    if found != ([] if step.wanted.config is None else [step.wanted.config]):
        raise _errors.HostUnwritable(
            "The cgroup {0} does not have what was attached to it: another tool has changed it meanwhile.".format(
                step.cgroup
            )
        )


def put_back(undo: Undo, error: Exception) -> None:
    """What is gone with its cgroup needs none. Raises ``RollbackFailed``."""
    failed = []
    for step in reversed(undo):
        try:
            step()
        except OSError as problem:
            if not isinstance(problem, FileNotFoundError):
                failed.append(_text.why(problem))
    if failed:
        raise _errors.RollbackFailed(
            "{0} What was changed before could not be put back ({1}): run the task with state: absent.".format(
                error, ", ".join(failed)
            )
        ) from error
