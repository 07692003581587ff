# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts share a call of the probe, and what came of it for each of them. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import drift
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import (
    plan as validate_plan,
)
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import (
    remedies as validate_remedies,
)

Mapping = t.Mapping[str, t.Any]
Result = dict[str, t.Any]

POLICY = ("time", "interval", "probes", "drop_after")
MOST_POLICIES = 5
OK, FAILED, UNREACHABLE = "ok", "failed", "unreachable"
LONGEST_NAME = 79
NOT_VALIDATED = "the host was not validated"


class Share(t.NamedTuple):
    """A host's part in a call, which is made for ``leader`` with its ``targets``: of these, ``size`` from ``first`` on are the host's."""

    leader: str
    targets: list[Mapping]
    first: int
    size: int


def shares(jobs: t.Mapping[str, Mapping | None]) -> dict[str, Share]:
    """Hosts with the same prober and the same options share one call; the first of them makes it.

    ``jobs`` has, for each host of the batch, its ``prober``, ``options`` and ``targets``; hosts without are left out.
    """
    leaders: dict[tuple[str, str], Share] = {}
    result = {}
    for host, job in jobs.items():
        if not job:
            continue
        targets = list(job["targets"])
        alike = (str(job["prober"]), repr(sorted(job.get("options", {}).items()))) if job.get("prober") else (host, "")
        leader = leaders.setdefault(alike, Share(host, [], 0, len(targets)))
        result[host] = leader if leader.leader == host else Share(leader.leader, [], len(leader.targets), len(targets))
        leader.targets.extend(targets)
    return result


def outcome(
    found: Mapping | None,
    known: t.Sequence[validate_remedies.Application],
    first: int = 0,
    size: int | None = None,
    prober: str | None = None,
    ended: t.Mapping[str, str] | None = None,
    system: str = validate_plan.POSIX,
) -> Result:
    """The result for one host, from what the probe returned or what it failed with.

    Of a shared call the host's targets are the ``size`` from ``first`` on. ``ended`` are its exemptions that hold no
    more, by target; ``system`` is what the host is.

    Returns:
        ``status`` (``ok``, ``failed``, ``unreachable``), ``message`` and ``listeners``, each with its ``remedy``.
    """
    if not found:
        return result(FAILED, NOT_VALIDATED, [])
    for status in (UNREACHABLE, FAILED):
        if found.get(status) or (status == FAILED and "listeners" not in found):
            message = drift.reason(found.get("msg") or (status if found.get(status) else NOT_VALIDATED))
            return result(status, "from {0}: {1}".format(prober, message) if prober else message, [])
    listeners = []
    for entry in found["listeners"]:
        target = entry.get("target")
        if target is None or size is None or first <= target < first + size:
            own = dict(entry, target=None if target is None else target - first)
            end = (ended or {}).get(str(own["target"]))
            own["limits"] = list(own.get("limits") or []) + ([end] if end else [])
            own["remedy"] = validate_remedies.remedy(own, known, system=system)
            listeners.append(own)
    return result(OK, told(listeners), listeners)


def result(status: str, message: str, listeners: list[Result]) -> Result:
    return {"status": status, "message": message, "listeners": listeners}


def offenders(listeners: t.Iterable[Mapping]) -> list[Mapping]:
    return [entry for entry in listeners if entry.get("fails")]


def told(listeners: t.Sequence[Mapping]) -> str:
    """A line for each offender; where there is none, what was found."""
    return "\n".join(sentence(entry) for entry in offenders(listeners)) or counted(listeners)


def sentence(entry: Mapping, with_remedy: bool = True) -> str:
    """One offender: who, where, what is wrong, and what helps."""
    who = name(entry) if name(entry) == where(entry) else "{0} ({1})".format(name(entry), where(entry))
    parts = ["{0}: {1}: {2}".format(who, entry["verdict"], entry["reason"])]
    if entry.get("set_by") and entry["verdict"] != "keepalive_off":
        parts.append("These values are the {0}'s.".format(entry["set_by"]))
    parts += [limit for limit in entry.get("limits") or [] if limit.startswith(validate_plan.EXEMPT_UNTIL)]
    remedy = entry.get("remedy")
    if remedy and with_remedy:
        parts += ["Remedy:", remedy["text"]] + ["`{0}`".format(line) for line in remedy["lines"]]
    return one_line(" ".join(parts))


def one_line(text: str) -> str:
    return " ".join(text.split())


def name(entry: Mapping) -> str:
    """What it is called; a process may call itself anything."""
    process = entry.get("process") or {}
    text = one_line(str(entry.get("name") or process.get("name") or "port {0}".format(entry["port"])))
    shown = "".join(character if character.isprintable() else "?" for character in text)
    return shown if len(shown) <= LONGEST_NAME else shown[:LONGEST_NAME] + "..."


def where(entry: Mapping) -> str:
    place = str(entry.get("host") or entry.get("address") or "")
    if not place:  # nobody listens there
        return "port {0}".format(entry["port"])
    return ("[{0}]:{1}" if ":" in place else "{0}:{1}").format(place, entry["port"])


def counted(listeners: t.Sequence[Mapping]) -> str:
    if not listeners:
        return "nothing listens"
    verdicts = [str(entry.get("verdict") or "not judged") for entry in listeners]
    numbers = ["{0} {1}".format(verdicts.count(verdict), verdict) for verdict in sorted(set(verdicts))]
    return "{0}: {1}".format(
        "1 listener" if len(verdicts) == 1 else "{0} listeners".format(len(verdicts)), ", ".join(numbers)
    )


def hosts(results: t.Mapping[str, Mapping | None]) -> list[Result]:
    """The results of a fleet as a list; a host without one failed before it was validated."""
    return [dict(found or result(FAILED, NOT_VALIDATED, []), name=host) for host, found in results.items()]


def failure(found: Mapping | None, enforce: bool) -> str:
    """Why the host fails; empty text where it does not. What could not be validated fails, whether or not verdicts do."""
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
        ok = one["status"] == OK
        summary = counted(one["listeners"]) if ok else "{0}: {1}".format(one["status"], one_line(str(one["message"])))
        rows.append("{0:<{1}}  {2}".format(one["name"], width, summary))
        found = [sentence(entry, remedies) for entry in offenders(one["listeners"])]
        rows.extend("{0:<{1}}    {2}".format("", width, line) for line in found)
    return rows + held_against([entry for one in known for entry in one["listeners"]])


def held_against(listeners: t.Sequence[Mapping]) -> list[str]:
    """The policies, so that nobody takes two hours for a policy who mistyped the name of its variable."""
    policies = [tuple((entry["policy"] or {}).get(key) for key in POLICY) for entry in listeners if entry.get("policy")]
    return [
        "Held against time {0}, interval {1}, probes {2}, drop after {3} s: {4} of {5} listeners.".format(
            *policy + (policies.count(policy), len(listeners))
        )
        for policy in sorted(set(policies), key=policies.count, reverse=True)[:MOST_POLICIES]
    ]
