# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What came of the probe for each host, and the line with which a host fails. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _text
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import listener as returned_listener
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import results as returned_results
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import text as returned_text
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import grouping, packed, remedies, systems
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import listeners as validate_listeners
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import plan as validate_plan

Mapping = t.Mapping[str, t.Any]
Result = dict[str, t.Any]

# More than that is too long for one line.
MOST_TOLD = 5
OK, UNPROVEN, FAILED, UNREACHABLE = "ok", "unproven", "failed", "unreachable"
# Only where reports are merged: a host that ought to be in one of them.
MISSING = "missing"
NOT_VALIDATED = "the host was not validated"
# What the probe says of an exemption.
LOCAL_REASON = "Keepalive is not expected: {0}.".format(validate_listeners.LOCAL)
WHOSE = {"application": "the application's", "host": "the host's", "always": "those of tcp_keepalive_always"}
CURES = {
    validate_listeners.NO_PRIVILEGE: "run the probe as root (become: true)",
    validate_listeners.KERNEL: "its kernel has no pidfd_getfd, which came with Linux 5.6",
}


def outcome(found: Mapping | None, plan: Mapping | None = None, share: Mapping | None = None) -> Result:
    """The result for one host: ``status``, ``cause``, ``fails``, ``message``, and ``listeners``, each with its ``remedy``.

    ``found`` is what the probe returned or failed with, ``plan`` what it was asked for the host, ``share`` the host's part of
    a shared call.
    """
    plan, share = plan or {}, share or {}
    if not found:
        return failed(FAILED, NOT_VALIDATED, plan)
    for status in (UNREACHABLE, FAILED):
        if found.get(status) or (status == FAILED and "listeners" not in found):
            message = returned_text.failure(found.get("msg") or (status if found.get(status) else NOT_VALIDATED))
            return failed(status, message, plan)
    entered = returned_results.checked(found, returned_listener.PROBED, "the probe")
    if entered.get(FAILED):
        return failed(FAILED, entered["msg"], plan)
    own = [entry for entry in entered["listeners"] if is_own(entry, plan, share)]
    for entry in own:
        complete(entry, plan, share)
    return proven(own, entered["lacks"], plan.get("fail_on", validate_listeners.FAIL_ON))


def failed(status: str, message: str, plan: Mapping) -> Result:
    text = "from {0}: {1}".format(plan["prober"], message) if plan.get("prober") else message
    return {"status": status, "cause": None, "fails": True, "message": text, "listeners": []}


def proven(entries: list[Result], lacks: str | None, fail_on: t.Collection[str]) -> Result:
    """The result of a host whose listeners were probed: a line for each offender and for a lack of proof, or what was found."""
    without = validate_listeners.unproven(entries, lacks)
    lines = [line(entry) for entry in offenders(entries)]
    if without:
        lines.append(lack_of_proof(lacks, f"{len(without)} of {_text.counted(len(entries), 'listener')}"))
    return {
        "status": UNPROVEN if without else OK,
        "cause": lacks if without else None,
        "fails": bool(offenders(entries) or (without and lacks in fail_on)),
        "message": "\n".join(lines) or counted(entries),
        "listeners": entries,
    }


def lack_of_proof(cause: str | None, counts: str) -> str:
    """``unproven (no_privilege): 5 of 6 listeners; run the probe as root (become: true)``."""
    name, cure = (f" ({cause})", f"; {CURES[cause]}") if cause else ("", "")
    return f"{UNPROVEN}{name}: {counts}{cure}"


def is_own(entry: Mapping, plan: Mapping, share: Mapping) -> bool:
    if entry["target"] is None or not share or not plan.get("targets"):
        return True
    return bool(share["first"] <= entry["target"] < share["first"] + share["size"])


def complete(entry: Result, plan: Mapping, share: Mapping) -> None:
    """Make it the listener of this host: the place of its target, the exemption that ended, the remedy."""
    if entry["target"] is not None:
        entry["target"] -= share.get("first", 0)
        entry["limits"] += filter(None, [(plan.get("ended") or {}).get(str(entry["target"]))])
    if not plan.get("loopback", True) and validate_listeners.is_local(entry):
        entry.update(verdict="exempt", exempt=validate_listeners.LOCAL, reason=LOCAL_REASON)
    entry["fails"] = validate_listeners.offends(entry, plan.get("fail_on", validate_listeners.FAIL_ON))
    entry["remedy"] = remedies.remedy(entry, system=plan.get("system", systems.POSIX))


def offenders(listeners: t.Iterable[Mapping]) -> list[Mapping]:
    return [entry for entry in listeners if entry["fails"]]


def line(entry: Mapping, at: str | None = None) -> str:
    """One offender, or several ``at`` some places: the name, the address, what is wrong, and what helps."""
    name, where = validate_listeners.program(entry), at or validate_listeners.where(entry)
    parts = ["{0}: {1}: {2}".format(f"{name} ({where})" if name else where, entry["verdict"], entry["reason"])]
    if entry["set_by"] and entry["verdict"] != "keepalive_off":
        parts.append("These values are {0}.".format(WHOSE[entry["set_by"]]))
    parts += [limit for limit in entry["limits"] if limit.startswith(validate_plan.EXEMPT_UNTIL)]
    remedy = entry["remedy"]
    if remedy:
        parts += ["Remedy:", remedy["text"]] + ["`{0}`".format(text) for text in remedy["lines"]]
    return returned_text.one_line(" ".join(parts))


def counted(listeners: t.Sequence[Mapping]) -> str:
    if not listeners:
        return "nothing listens"
    verdicts = [str(entry["verdict"] or "not judged") for entry in listeners]
    numbers = ["{0} {1}".format(verdicts.count(verdict), verdict) for verdict in sorted(set(verdicts))]
    return "{0}: {1}".format(_text.counted(len(verdicts), "listener"), ", ".join(numbers))


def failure(found: Mapping | None, enforce: bool, brief: bool = False) -> str:
    """Why the host fails, in one line; empty if it does not. A host that could not be validated always fails.

    ``brief`` leaves out what is told of the offenders elsewhere.
    """
    if not found:
        return f"{FAILED}: {NOT_VALIDATED}"
    if found["status"] in (FAILED, UNREACHABLE):
        return returned_text.one_line("{0}: {1}".format(found["status"], found["message"]))
    if not enforce or not found["fails"]:
        return ""
    found = packed.unpacked(found)
    offending = offenders(found["listeners"])
    parts = told_briefly(offending, len(found["listeners"])) if brief else told(offending)
    # The last line of the message.
    return " | ".join([*parts, *(found["message"].split("\n")[-1:] if found["status"] == UNPROVEN else [])])


def told(offending: list[Mapping]) -> list[str]:
    """A part for each group of offenders that one action cures, with the remedy."""
    groups = grouping.grouped(offending)
    rest = sum(map(len, groups[MOST_TOLD:]))
    more = ["and {0}, see validate_result".format(_text.counted(rest, "other listener"))] if rest else []
    return [line(group[0], at=", ".join(grouping.places(group))) for group in groups[:MOST_TOLD]] + more


def told_briefly(offending: list[Mapping], every: int) -> list[str]:
    """``2 of 4 listeners do not keep to the policy: 2 keepalive_off``."""
    if not offending:
        return []
    verb = "does" if len(offending) == 1 else "do"
    verdicts = counted(offending).partition(": ")[2]
    return [f"{len(offending)} of {_text.counted(every, 'listener')} {verb} not keep to the policy: {verdicts}"]


def rank(host: Mapping) -> int:
    """The worst host is the lowest."""
    if host["status"] in (FAILED, UNREACHABLE, MISSING):
        return 0
    return 1 if host["fails"] else 2 if host["status"] == UNPROVEN else 3


def summary(host: Mapping) -> str:
    """What became of a host, in one line."""
    if host["status"] == OK:
        return counted(host["listeners"])
    if host["status"] == UNPROVEN:
        return lack_of_proof(host["cause"], counted(host["listeners"]))
    return "{0}: {1}".format(host["status"], returned_text.one_line(str(host["message"])))


def told_of(host: Mapping) -> str:
    """The same for a host of a report, whose message is the summary if it was validated."""
    message = returned_text.one_line(str(host["message"]))
    return message if host["status"] in (OK, UNPROVEN) else f"{host['status']}: {message}"
