# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What came of the probe for each host, and what the console says about it. Pure."""

import collections
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings, _text
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import listener as returned_listener
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import results as returned_results
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import text as returned_text
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import listeners as validate_listeners
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import plan as validate_plan
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import remedies, systems

Mapping = t.Mapping[str, t.Any]
Result = dict[str, t.Any]

MOST_POLICIES = 5
OK, UNPROVEN, FAILED, UNREACHABLE = "ok", "unproven", "failed", "unreachable"
NOT_VALIDATED = "the host was not validated"
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
    entry["fails"] = validate_listeners.offends(entry, plan.get("fail_on", validate_listeners.FAIL_ON))
    entry["remedy"] = remedies.remedy(entry, system=plan.get("system", systems.POSIX))


def offenders(listeners: t.Iterable[Mapping]) -> list[Mapping]:
    return [entry for entry in listeners if entry["fails"]]


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
    return [dict(found or failed(FAILED, NOT_VALIDATED, {}), name=host) for host, found in results.items()]


def failure(found: Mapping | None, enforce: bool) -> str:
    """Why the host fails; empty if it does not. A host that could not be validated always fails."""
    if not found:
        return f"{FAILED}: {NOT_VALIDATED}"
    if found["status"] in (FAILED, UNREACHABLE):
        return "{0}: {1}".format(found["status"], found["message"])
    return str(found["message"]) if enforce and found["fails"] else ""


def table(results: t.Mapping[str, Mapping | None], remedies: bool = True) -> list[str]:
    """Lines of text: a row for each host, then its offenders; the hosts that do not fail come last. The last line counts."""
    rows: list[str] = []
    known = sorted(hosts(results), key=lambda one: (rank(one), one["name"]))
    width = max([len(one["name"]) for one in known] + [4])
    for one in known:
        rows.append("{0:<{1}}  {2}".format(one["name"], width, summary(one)))
        found = [line(entry, remedies) for entry in offenders(one["listeners"])]
        rows.extend("{0:<{1}}    {2}".format("", width, text) for text in found)
    return [*rows, *policies([entry for one in known for entry in one["listeners"]]), counted_hosts(known)]


def rank(host: Mapping) -> int:
    return (
        0 if host["status"] in (FAILED, UNREACHABLE) else 1 if host["fails"] else 2 if host["status"] == UNPROVEN else 3
    )


def summary(host: Mapping) -> str:
    if host["status"] == OK:
        return counted(host["listeners"])
    if host["status"] == UNPROVEN:
        return lack_of_proof(host["cause"], counted(host["listeners"]))
    return "{0}: {1}".format(host["status"], returned_text.one_line(str(host["message"])))


def counted_hosts(known: t.Sequence[Mapping]) -> str:
    """``3 hosts: 1 ok, 1 offends, 1 unproven (kernel)``."""
    words = collections.Counter(word(one) for one in sorted(known, key=rank, reverse=True))
    return "{0}: {1}".format(
        _text.counted(len(known), "host"), ", ".join(f"{number} {name}" for name, number in words.items()) or "none"
    )


def word(host: Mapping) -> str:
    if host["status"] == UNPROVEN:
        return f"{UNPROVEN} ({host['cause']})" if host["cause"] else UNPROVEN
    return "offends" if host["status"] == OK and host["fails"] else str(host["status"])


def policies(listeners: t.Sequence[Mapping]) -> list[str]:
    """The policies that counted, in case the name of a variable is mistyped and the host's own values count."""
    found = collections.Counter(held_to(entry["policy"]) for entry in listeners if entry["policy"])
    all_ = _text.counted(len(listeners), "listener")
    return [f"Held against {policy}: {number} of {all_}." for policy, number in found.most_common(MOST_POLICIES)]


def held_to(policy: Mapping) -> str:
    named = _settings.in_words({name: policy[name] for name in _settings.NAMES if policy[name] is not None})
    return named if policy["drop_after"] is None else "{0}, drop after {1} s".format(named, policy["drop_after"])
