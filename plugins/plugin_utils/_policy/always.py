# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``policy_always_keepalive``: the options of ``tcp_keepalive_always``, and what an audit makes of its answer. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings, _text
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import drift
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import text as returned_text

Result = dict[str, t.Any]
HOST = "host"
OFF = ("false", "no", "off", "[]")
# The name of a unit has a dot, unless it is a glob.
OF_A_UNIT = ".*?["
OF_ANOTHER_RELEASE = "what switches keepalive on is of another release"
ERRORS = "{0} of {1} could not be switched on, because the kernel did not let their options be read or set"
HELD = "{0}. But: {1} has kept the switch off for {2} seconds"


def options(given: object, policy: _settings.Settings) -> Result | None:
    """The options of the task; ``None`` if the variable is not given, and everything stays as it is.

    A policy without values is to be removed. Raises ``InvalidValue``.
    """
    if given is None or given == "":
        return None
    units = listed(given)
    if units is None:
        raise _errors.InvalidValue(
            "policy_always_keepalive is {0}: allowed are host, a list of units such as [redis-server.service], and false.".format(
                _errors.shown(given)
            )
        )
    if not units or not policy.named():
        return {"state": "absent"}
    scope = {"scope": HOST} if units == [HOST] else {"scope": "units", "units": units}
    return {**scope, **policy.named()}


def is_for_host(chosen: t.Mapping[str, t.Any] | None) -> bool:
    return chosen is not None and chosen.get("scope") == HOST


def listed(given: object) -> list[str] | None:
    """``host`` or the units, as a list. A command line gives them as text, with commas."""
    if given is False or (isinstance(given, str) and given.lower() in OFF):
        return []
    if isinstance(given, str):
        given = given.split(",")
    if not isinstance(given, (list, tuple)) or not all(isinstance(one, str) for one in given):
        return None
    units = [one.strip() for one in given]
    return units if units == [HOST] or all(set(OF_A_UNIT).intersection(one) for one in units) else None


def together(result: t.Mapping[str, t.Any], switched: t.Mapping[str, t.Any]) -> Result:
    """The result of the task that set the values, with that of the task that switched keepalive on."""
    both = {**result, "changed": result.get("changed", False) or switched.get("changed", False)}
    for name in ("limits", "warnings", "diff"):
        if result.get(name) or switched.get(name):
            both[name] = [*(result.get(name) or ()), *(switched.get(name) or ())]
    for status in ("failed", "unreachable"):
        if switched.get(status):
            both.update({status: True, "msg": switched.get("msg")})
    return {**both, "always": {name: switched.get(name) for name in ("scopes", "affected")}}


def audited(verdict: Result, found: t.Mapping[str, t.Any]) -> Result:
    """The verdict on the host's values, with what the task would change."""
    for status in ("unreachable", "failed"):
        if found.get(status):
            return {**verdict, "status": status, "message": returned_text.failure(found.get("msg") or status)}
    if found.get("held"):
        told = HELD.format(verdict["message"], returned_text.one_line(str(found["held"]["by"])), found["held"]["age"])
        return {**verdict, "message": returned_text.visible(told)}
    wrong = [sentence for scope in found.get("scopes") or () for sentence in differences(scope)]
    if found.get("changed") and not wrong:
        wrong.append(OF_ANOTHER_RELEASE)
    wrong += filter(None, map(errors, found.get("scopes") or ()))
    if not wrong:
        return verdict
    before = [verdict["message"]] if verdict["status"] == "drift" else []
    message = returned_text.visible(returned_text.one_line("; ".join(before + wrong)))
    return {**verdict, "status": "drift", "message": message}


def errors(scope: t.Mapping[str, t.Any]) -> str | None:
    """What the program has counted. That it has seen nothing proves nothing: the kernel does not tell how old a connection is."""
    number = (scope.get("counters") or {}).get("errors")
    return ERRORS.format(_text.counted(number, "connection"), scope["unit"] or "the host") if number else None


def differences(scope: t.Mapping[str, t.Any]) -> t.Iterator[str]:
    whose = "keepalive of {0}".format(scope["unit"] or "the host")
    for moment, when in drift.WHEN.items():
        side = scope.get(moment) or {"before": None, "after": None}
        before, after = side["before"], side["after"]
        if before == after:
            continue
        if before is None:
            yield "{0} is not switched on {1}".format(whose, when)
        elif after is None:
            yield "{0} is switched on {1}, and the policy does not name it".format(whose, when)
        else:
            yield "{0} is switched on with {1} {2}, should be {3}".format(whose, values(before), when, values(after))


def values(side: t.Mapping[str, t.Any]) -> str:
    return _settings.in_words({name: side[name] for name in _settings.NAMES if side.get(name)}) or "the host's values"
