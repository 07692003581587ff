# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carry out a plan on this host, completely or not at all."""

import os
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _local_host, _settings
from ansible_collections.netops.keepalive.plugins.module_utils._host import (
    atomic_file,
    differences,
    next_boot,
    procfs,
    take_snapshot,
    target_file,
)
from ansible_collections.netops.keepalive.plugins.module_utils._host import (
    plan as host_plan,
)

RUNTIME = {parameter.proc_path: parameter.name for parameter in _settings.PARAMETERS}
EDITED_FOLDERS = ("/etc",) + target_file.OWN_FOLDERS


class Step(t.NamedTuple):
    """A difference that is being carried out, with what is needed to put it back."""

    difference: differences.Difference
    attributes: t.Optional[atomic_file.Attributes]
    new_folder: t.Optional[str]


def check(plan: host_plan.Plan) -> None:
    """Check without writing that ``apply`` is permitted. Raises ``HostUnwritable`` or ``HostUnreadable``."""
    procfs.check_writable([RUNTIME[item.where] for item in plan.differences if item.where in RUNTIME])
    for item in plan.differences:
        if item.where not in RUNTIME:
            atomic_file.check_replaceable(item.where)


def apply(plan: host_plan.Plan, file: str) -> None:
    """Write the differences of ``plan``, then read everything again and compare it with the plan.

    Raises:
        HostUnwritable: a step failed; everything is as it was before.
        RollbackFailed: a step failed, and the steps before it could not be put back.
    """
    edited = {item.where for item in plan.differences} - set(RUNTIME)
    for folder in {os.path.dirname(path) for path in edited | {file}} | set(EDITED_FOLDERS):
        atomic_file.remove_leftovers(folder)
    begun: t.List[Step] = []
    try:
        for item in plan.differences:
            begun.append(step_for(item))
            carry_out(item, begun[-1].attributes)
        if begun:
            verify(plan)
    except BaseException as error:
        roll_back(begun, error)
        raise


def step_for(item: differences.Difference) -> Step:
    if item.where in RUNTIME:
        return Step(item, None, None)
    folder = os.path.dirname(item.where)
    return Step(item, atomic_file.attributes_of(item.where), None if os.path.isdir(folder) else folder)


def carry_out(item: differences.Difference, attributes: t.Optional[atomic_file.Attributes]) -> None:
    if item.where in RUNTIME:
        procfs.write_value(RUNTIME[item.where], (item.after or "").strip())
    else:
        atomic_file.replace(item.where, item.after, attributes)


def verify(plan: host_plan.Plan) -> None:
    found = take_snapshot.take_snapshot()
    boot = next_boot.next_boot(found).settings
    if found.runtime != plan.runtime_after:
        raise _errors.HostUnwritable(
            "The kernel now has {0} and not {1}: something else sets it at the same time.".format(
                _settings.in_words(found.runtime.named()), _settings.in_words(plan.runtime_after.named())
            )
        )
    if boot != plan.boot_after.settings:
        raise _errors.HostUnwritable(
            "After the write the next boot would set {0} and not {1}: something else edits the sysctl files at the same time.".format(
                _settings.in_words(boot.named()), _settings.in_words(plan.boot_after.settings.named())
            )
        )


def roll_back(begun: t.List[Step], cause: BaseException) -> None:
    """Put back each value and file that is still as this run left it, the last step first. Another program's change stays."""
    left = []
    for item, attributes, new_folder in reversed(begun):
        try:
            if standing(item.where) in {item.after, None} - {item.before}:
                carry_out(differences.Difference(item.where, item.after, item.before), attributes)
            if new_folder and os.path.isdir(new_folder) and not os.listdir(new_folder):
                os.rmdir(new_folder)
        except (_errors.KeepaliveError, OSError) as error:
            left.append("{0} ({1})".format(item.where, str(error).rstrip(".")))
    if left:
        raise _errors.RollbackFailed("{0} These could not be put back: {1}.".format(cause, "; ".join(left)))


def standing(where: str) -> t.Optional[str]:
    """The present text of a value or file, in the form of a ``Difference``."""
    if where in RUNTIME:
        return host_plan.line(procfs.read_value(RUNTIME[where], _local_host.THIS))
    return take_snapshot.read_file(where, _local_host.THIS).text
