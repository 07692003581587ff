# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carry a plan out on this host: all of it, or nothing."""

import os
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._differences import Difference
from ansible_collections.netops.keepalive.plugins.module_utils._errors import HostUnwritable, KeepaliveError, RollbackFailed
from ansible_collections.netops.keepalive.plugins.module_utils._host._atomic import (
    Attributes,
    attributes_of,
    check_replaceable,
    remove_leftovers,
    replace,
)
from ansible_collections.netops.keepalive.plugins.module_utils._host._boot import in_words, next_boot
from ansible_collections.netops.keepalive.plugins.module_utils._host._plan import Plan
from ansible_collections.netops.keepalive.plugins.module_utils._host._procfs import check_writable, write_value
from ansible_collections.netops.keepalive.plugins.module_utils._host._reading import take_snapshot
from ansible_collections.netops.keepalive.plugins.module_utils._settings import BY_NAME

RUNTIME = {"/proc/sys/" + parameter.sysctl.replace(".", "/"): name for name, parameter in BY_NAME.items()}


class Done(t.NamedTuple):
    """A difference that was carried out, with what it takes to put it back."""

    difference: Difference
    attributes: t.Optional[Attributes]


def check(plan: Plan) -> None:
    """Whether ``apply`` is permitted, found out without writing. Raises ``HostUnwritable`` or ``HostUnreadable``."""
    check_writable([RUNTIME[item.where] for item in plan.differences if item.where in RUNTIME])
    for item in plan.differences:
        if item.where not in RUNTIME:
            check_replaceable(item.where)


def apply(plan: Plan, file: str) -> None:
    """Make the differences of ``plan`` true, then read everything again and hold it against what was planned.

    Raises:
        HostUnwritable: a step failed; everything is as it was before.
        RollbackFailed: a step failed, and so did putting back what had been done.
    """
    remove_leftovers(os.path.dirname(file))
    done: t.List[Done] = []
    try:
        for item in plan.differences:
            attributes = None if item.where in RUNTIME else attributes_of(item.where)
            carry_out(item, attributes)
            done.append(Done(item, attributes))
        if done:
            verify(plan)
    except BaseException as error:
        roll_back(done, error)
        raise


def carry_out(item: Difference, attributes: t.Optional[Attributes]) -> None:
    if item.where in RUNTIME:
        write_value(RUNTIME[item.where], (item.after or "").strip())
    else:
        replace(item.where, item.after, attributes)


def verify(plan: Plan) -> None:
    found = take_snapshot()
    boot = next_boot(found).settings
    if found.runtime != plan.runtime_after:
        raise HostUnwritable(
            "The kernel now has {0} and not {1}: something else sets it at the same time.".format(
                in_words(found.runtime.named()), in_words(plan.runtime_after.named())
            )
        )
    if boot != plan.boot_after.settings:
        raise HostUnwritable(
            "After the write the next boot would set {0} and not {1}: something else edits the sysctl files at the same time.".format(
                in_words(boot.named()), in_words(plan.boot_after.settings.named())
            )
        )


def roll_back(done: t.List[Done], cause: BaseException) -> None:
    """Put back, the last step first. A value whose write failed half way is not in the list and was never changed."""
    left = []
    for item, attributes in reversed(done):
        try:
            carry_out(Difference(item.where, item.after, item.before), attributes)
        except (KeepaliveError, OSError) as error:
            left.append("{0} ({1})".format(item.where, error))
    if left:
        raise RollbackFailed("{0} These could not be put back: {1}.".format(cause, "; ".join(left)))
