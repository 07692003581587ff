# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An earlier report.json that a new report is compared with: it is read once, host by host."""

from __future__ import annotations

import pathlib
import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _text
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import model, read_back
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.changes import comparison

VARIABLE = "validate_report_before"
VERSION = re.compile(r'"version":\s*([^,}\s]{1,20})')
# The version stands at the beginning.
BEGINNING = 4096


def refused(path: str, problem: str) -> _errors.InvalidValue:
    return _errors.InvalidValue(
        "{0} is {1}: {2}. Allowed is the path of a report.json that an audit of applications left.".format(
            VARIABLE, _errors.shown(path), problem
        )
    )


def check(path: str) -> None:
    """Refuse what is no report, by its first bytes: each host asks this before it is probed.

    Raises:
        InvalidValue: the sentence is for the user.
    """
    with opened(path) as file:
        try:
            beginning = file.read(BEGINNING)
        except (OSError, ValueError):
            beginning = ""
    if not beginning.lstrip().startswith("{"):
        raise refused(path, "it is no JSON, or no report")
    version = VERSION.search(beginning)
    if version and version[1] != str(model.VERSION):
        raise refused(path, f"its version is {_errors.shown(version[1])}, and {model.VERSION} is needed")


def compared(path: str, whole: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What changed from the report at this path to the report ``whole``.

    Raises:
        InvalidValue: it is no report, or only a part of one; the sentence is for the user.
    """
    with opened(path) as file:
        try:
            then = before(read_back.read(file))
        except read_back.Damaged as error:
            raise refused(path, _text.as_part(error)) from None
        except (OSError, ValueError):
            raise refused(path, "it cannot be read to its end") from None
        except _errors.InvalidValue:
            raise refused(path, "its hosts are not as an audit writes them") from None
    return comparison.compared(then, whole)


def opened(path: str) -> t.TextIO:
    try:
        # Anything else than a file could be read for ever.
        if not pathlib.Path(path).is_file():
            raise refused(path, "there is no such file")
        return open(path, encoding="utf-8")
    except OSError as error:
        raise refused(path, f"it cannot be read ({error.strerror})") from None
    except ValueError:  # a null character
        raise refused(path, "there is no such file") from None


def before(report: read_back.Report) -> comparison.Before:
    if model.LISTENERS not in report.kinds:
        raise read_back.Damaged("it is about the values of hosts, and has no listeners")
    found = comparison.Before(report.created, report.policy)
    for index, (raw, _line) in enumerate(report.hosts):
        host = model.host(raw, index, report.kinds)
        if comparison.audited(host) and raw.get("listeners") is None:
            raise read_back.Damaged("it was merged from the artifacts of jobs, and has no listeners")
        found.add(host)
    return found
