# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of differences from which ``changed``, the diff and the work to do are taken. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _json


class Difference(t.NamedTuple):
    """A runtime value or the text of a file that is not as requested.

    ``None`` for ``before`` or ``after`` means that it does not exist.
    """

    where: str
    before: t.Optional[str]
    after: t.Optional[str]


class Differences:
    """All changes, in the order of the comparisons."""

    def __init__(self) -> None:
        self._items: t.List[Difference] = []

    def compare(self, where: str, before: t.Optional[str], after: t.Optional[str]) -> None:
        if before != after:
            self._items.append(Difference(where, before, after))

    def __iter__(self) -> t.Iterator[Difference]:
        return iter(self._items)

    def __bool__(self) -> bool:
        return bool(self._items)

    def as_diff(self) -> t.List[t.Dict[str, str]]:
        """The list that Ansible's ``--diff`` prints, with an entry for each runtime value or file."""
        return [
            {
                "before_header": absent_or(item.where, item.before),
                "after_header": absent_or(item.where, item.after),
                "before": _json.printable(item.before),
                "after": _json.printable(item.after),
            }
            for item in self._items
        ]


def absent_or(where: str, text: t.Optional[str]) -> str:
    return "{0} (absent)".format(where) if text is None else where
