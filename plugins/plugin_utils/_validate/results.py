# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What came of the probe for each host, and what the console says about it. Pure."""

import collections
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings, _text
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import listener as returned_listener
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import shapes
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import text as returned_text
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import listeners as validate_listeners
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import plan as validate_plan
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import remedies, systems

Mapping = t.Mapping[str, t.Any]
Result = dict[str, t.Any]

MOST_POLICIES = 5
OK, FAILED, UNREACHABLE = "ok", "failed", "unreachable"
NOT_VALIDATED = "the host was not validated"
MOST_LISTENERS = 1_000_000
LISTENERS = shapes.Items(returned_listener.LISTENER, MOST_LISTENERS)


def outcome(found: Mapping | None, plan: Mapping | None = None, share: Mapping | None = None) -> Result:
    """The result for one host: ``status``, ``message``, and ``listeners``, each with its ``remedy``.

    ``found`` is what the probe returned or failed with, ``plan`` what it was asked for the host, ``share`` the host's part of
    a shared call.
    """
    plan, share = plan or {}, share or {}
    if not found:
        return result(FAILED, NOT_VALIDATED, [])
    for status in (UNREACHABLE, FAILED):
        if found.get(status) or (status == FAILED and "listeners" not in found):
            message = returned_text.failure(found.get("msg") or (status if found.get(status) else NOT_VALIDATED))
            return failed(status, message, plan)
    try:
        listeners = LISTENERS.fit(found["listeners"])
    except shapes.Unfit as error:
        return failed(FAILED, f"returned what the probe never returns ({error.place or 'listeners'})", plan)
    own = [entry for entry in listeners if is_own(entry, plan, share)]
    for entry in own:
        complete(entry, plan, share)
    return result(OK, told(own), own)


def result(status: str, message: str, listeners: list[Result]) -> Result:
    return {"status": status, "message": message, "listeners": listeners}


def failed(status: str, message: str, plan: Mapping) -> Result:
    return result(status, "from {0}: {1}".format(plan["prober"], message) if plan.get("prober") else message, [])


def is_own(entry: Mapping, plan: Mapping, share: Mapping) -> bool:
    if entry["target"] is None or not share or not plan.get("targets"):
        return True
    return bool(share["first"] <= entry["target"] < share["first"] + share["size"])


def complete(entry: Result, plan: Mapping, share: Mapping) -> None:
    """Make it the listener of this host: the place of its target, the exemption that ended, the remedy."""
    if entry["target"] is not None:
        entry["target"] -= share.get("first", 0)
        entry["limits"] += filter(None, [(plan.get("ended") or {}).get(str(entry["target"]))])
    entry["remedy"] = remedies.remedy(entry, system=plan.get("system", systems.POSIX))


def offenders(listeners: t.Iterable[Mapping]) -> list[Mapping]:
    return [entry for entry in listeners if validate_listeners.offends(entry)]


def told(listeners: t.Sequence[Mapping]) -> str:
    """A line for each offender; without offenders, what was found."""
    return "\n".join(line(entry) for entry in offenders(listeners)) or counted(listeners)


def line(entry: Mapping, with_remedy: bool = True) -> str:
    """One offender: its name, its address, what is wrong, and what helps."""
    name, where = validate_listeners.program(entry), validate_listeners.where(entry)
    parts = ["{0}: {1}: {2}".format(f"{name} ({where})" if name else where, entry["verdict"], entry["reason"])]
    if entry["set_by"] and entry["verdict"] != "keepalive_off":
        parts.append("These values are the {0}'s.".format(entry["set_by"]))
    parts += [limit for limit in entry["limits"] if limit.startswith(validate_plan.EXEMPT_UNTIL)]
    remedy = entry["remedy"]
    if remedy and with_remedy:
        parts += ["Remedy:", remedy["text"]] + ["`{0}`".format(text) for text in remedy["lines"]]
    return returned_text.one_line(" ".join(parts))


def counted(listeners: t.Sequence[Mapping]) -> str:
    if not listeners:
        return "nothing listens"
    verdicts = [str(entry["verdict"] or "not judged") for entry in listeners]
    numbers = ["{0} {1}".format(verdicts.count(verdict), verdict) for verdict in sorted(set(verdicts))]
    return "{0}: {1}".format(_text.counted(len(verdicts), "listener"), ", ".join(numbers))


def hosts(results: t.Mapping[str, Mapping | None]) -> list[Result]:
    """The results of a fleet as a list; a host without one failed before it was validated."""
    return [dict(found or result(FAILED, NOT_VALIDATED, []), name=host) for host, found in results.items()]


def failure(found: Mapping | None, enforce: bool) -> str:
    """Why the host fails; empty if it does not. A host that could not be validated always fails."""
    if not found:
        return "failed: " + NOT_VALIDATED
    if found["status"] != OK:
        return "{0}: {1}".format(found["status"], found["message"])
    return str(found["message"]) if enforce and offenders(found["listeners"]) else ""


def table(results: t.Mapping[str, Mapping | None], remedies: bool = True) -> list[str]:
    """Lines of text: a row for each host, then its offenders; the hosts without any come last."""
    rows: list[str] = []
    known = sorted(hosts(results), key=lambda one: (one["status"] == OK, not offenders(one["listeners"]), one["name"]))
    width = max([len(one["name"]) for one in known] + [4])
    for one in known:
        summary = returned_text.one_line(str(one["message"]))
        summary = counted(one["listeners"]) if one["status"] == OK else "{0}: {1}".format(one["status"], summary)
        rows.append("{0:<{1}}  {2}".format(one["name"], width, summary))
        found = [line(entry, remedies) for entry in offenders(one["listeners"])]
        rows.extend("{0:<{1}}    {2}".format("", width, text) for text in found)
    return rows + policies([entry for one in known for entry in one["listeners"]])


def policies(listeners: t.Sequence[Mapping]) -> list[str]:
    """The policies that counted, in case the name of a variable is mistyped and the host's own values count."""
    found = collections.Counter(held_to(entry["policy"]) for entry in listeners if entry["policy"])
    all_ = _text.counted(len(listeners), "listener")
    return [f"Held against {policy}: {number} of {all_}." for policy, number in found.most_common(MOST_POLICIES)]


def held_to(policy: Mapping) -> str:
    named = _settings.in_words({name: policy[name] for name in _settings.NAMES if policy[name] is not None})
    return named if policy["drop_after"] is None else "{0}, drop after {1} s".format(named, policy["drop_after"])
