# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether slices belong together: those of one run were held against the same policies. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import console, model, policies
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.merge import slices

Mapping = t.Mapping[str, t.Any]


def check(given: t.Sequence[slices.Slice]) -> list[str]:
    """The kinds of audit of these slices, which are those of each.

    A run may have several policies, and a slice some of them, so slices belong together if a chain of common policies links them.

    The policies of single applications do not count, and neither do the host's own values, which have no source.

    Raises:
        InvalidValue: a slice is of another kind, or has no policy in common with the others.
    """
    kinds = given[0].kinds if given else [model.LISTENERS]
    for one in given:
        if one.kinds != kinds:
            raise _errors.InvalidValue(
                "the audits differ, {0} is about {1} and {2} about {3}: merge reports of one kind.".format(
                    given[0].name, " and ".join(kinds), one.name, " and ".join(one.kinds)
                )
            )
    with_policy = [(one, of_run(one.policy)) for one in given if of_run(one.policy)]
    together = set(with_policy[0][1]) if with_policy else set()
    rest = with_policy
    while linked := [own for _slice, own in rest if together.intersection(own)]:
        together.update(*linked)
        rest = [(one, own) for one, own in rest if not together.intersection(own)]
    if rest:
        first, other = with_policy[0], rest[0]
        raise _errors.InvalidValue(
            "the policies differ, {0} has {1} and {2} has {3}: merge reports of one policy.".format(
                first[0].name, in_words(first[1]), other[0].name, in_words(other[1])
            )
        )
    return kinds


def of_run(held: t.Iterable[Mapping]) -> dict[policies.Values, Mapping]:
    return {policies.values(one): one for one in held if set(policies.sources_of(one)) - {policies.OWN}}


def in_words(held: t.Mapping[policies.Values, Mapping]) -> str:
    return " and ".join(map(console.held_to, held.values()))
