# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The listeners of a host as a short text, for as long as they wait for the report: as data those of a large fleet take gigabytes. Pure."""

from __future__ import annotations

import base64
import json
import typing as t
import zlib

from ansible_collections.netops.keepalive.plugins.module_utils import _errors

Mapping = t.Mapping[str, t.Any]
Result = dict[str, t.Any]
KEY = "packed"


def packed(result: Mapping) -> Result:
    """The result of a host with the text in place of its listeners."""
    text = zlib.compress(json.dumps(result["listeners"]).encode())
    rest = {name: value for name, value in result.items() if name != "listeners"}
    return {**rest, KEY: base64.b64encode(text).decode("ascii")}


def unpacked(result: Mapping) -> Mapping:
    """The result as it was, also where it was not packed.

    Raises:
        InvalidValue: the text is not that of ``packed``.
    """
    if KEY not in result:
        return result
    rest = {name: value for name, value in result.items() if name != KEY}
    try:
        return {**rest, "listeners": json.loads(zlib.decompress(base64.b64decode(result[KEY], validate=True)))}
    except (ValueError, TypeError, zlib.error) as error:
        raise _errors.InvalidValue(
            f"{KEY} of the result is {_errors.shown(result[KEY])}: allowed is what validate_host returns."
        ) from error
