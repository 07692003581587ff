# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results in a form that JSON can hold. Pure."""

import typing as t

Report = t.Dict[str, t.Any]


def rows(items: t.Iterable[t.Any]) -> t.List[Report]:
    """Named tuples as a list of mappings."""
    return [dict(item._asdict()) for item in items]


def fit_for_json(report: Report) -> Report:
    """The report with all text as UTF-8. File names and lines may hold other bytes."""
    return {key: as_utf8(value) for key, value in report.items()}


def as_utf8(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        return fit_for_json(value)
    if isinstance(value, list):
        return [as_utf8(one) for one in value]
    return printable(value) if isinstance(value, str) else value


def printable(text: t.Optional[str]) -> str:
    """Text for JSON. Bytes that are not UTF-8, which are surrogates in the text, become replacement characters."""
    try:
        return (text or "").encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can hold
        return (text or "").encode("utf-8", "replace").decode("utf-8")
