# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of the roles that are about their report: what is wrong with them is refused here. Pure."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors

MODE = re.compile(r"0?[0-7]{3}\Z")


VARIABLE = "validate_report_mode"


def check(variables: t.Mapping[str, t.Any]) -> None:
    """Before any host is probed, as the report is written at the end of what may be a long run."""
    if "report_mode" in variables:
        file_mode(variables["report_mode"])


def file_mode(given: object, variable: str = VARIABLE) -> int:
    if not isinstance(given, str) or not MODE.match(given):
        raise _errors.InvalidValue(
            "{0} is {1}: allowed are the octal digits of a file's mode, in quotes, such as '0640'.".format(
                variable, _errors.shown(given)
            )
        )
    return int(given, 8)
