# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of all hosts as one report. Pure."""

import collections
import datetime
import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import audits, findings, policies
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.changes import since
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import listener as returned_listener
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import policy_audit, shapes
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import always_units, grouping, packed, results

Result = dict[str, t.Any]
VERSION = 2
# What a report may hold of a host. What was not audited is null.
LISTENERS, POLICY = "listeners", "policy"
KINDS = (LISTENERS, POLICY)
STATUSES = (results.OK, results.UNPROVEN, results.FAILED, results.UNREACHABLE, results.MISSING)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
FORMAT = "%Y-%m-%dT%H:%M:%SZ"
HOST = shapes.Keys(
    (
        shapes.Key("name", shapes.Text(shortest=1), "The name in the inventory.", absent=shapes.Absent.REFUSED),
        shapes.Key(
            "status",
            shapes.Word(STATUSES),
            "ok if it was audited, unproven if its listeners prove nothing, failed or unreachable if it was not audited, missing if it "
            "is in none of the reports that were merged. If its listeners and its own values were audited, this is about the listeners.",
            absent=shapes.Absent.REFUSED,
        ),
        shapes.Key(
            "cause",
            shapes.Word(returned_listener.LACKS),
            "Why it is unproven; null if its listeners show nothing else.",
        ),
        shapes.Key("fails", shapes.Flag(), "Whether it fails.", absent=shapes.Absent.EMPTY),
        shapes.Key(
            "message",
            shapes.Text(lines=True),
            "Why it was not audited, or what was found, in one line.",
            absent=shapes.Absent.REFUSED,
        ),
        shapes.Key(
            "listeners",
            shapes.Items(returned_listener.REPORTED, returned_listener.MOST_LISTENERS),
            "Its listeners, by port; null if they were not audited.",
        ),
        shapes.Key(POLICY, policy_audit.AUDIT, "Its own values beside the policy; null if they were not audited."),
    )
)


POLICIES = shapes.Items(policies.POLICY, policies.MOST)


def report(found: object, sources: t.Mapping[str, t.Any] | None = None) -> Result:
    """The report of ``found``: results by host name, each of role validate or of the probe; or a report as it was read back.

    ``kinds`` of ``found`` say what was audited; without them, the listeners. Where that is the policy alone, the results are
    those of role policy. Every key is there, every text is visible, the hosts are sorted by name and their listeners by port. ``sources`` is
    what ``policies.source`` gave for each host.
    """
    hosts, created, read, kinds, changed = found, now(), [], [LISTENERS], None
    if isinstance(found, t.Mapping) and {"created", "hosts"} <= set(found):
        hosts, created = found["hosts"], moment_given(found["created"])
        read, kinds = policies_read(found.get("policy")), kinds_given(found.get("kinds", kinds))
        changed = since.fitted(found.get("since"))
        if changed:
            moment_given(changed["created"])
    if isinstance(hosts, t.Mapping):
        hosts = [dict(result(name, one, kinds), name=name) for name, one in hosts.items()]
    if not isinstance(hosts, (list, tuple)):
        raise _errors.InvalidValue(
            "the results are {0}: allowed is a mapping of host names to results, or a report.".format(
                _errors.shown(hosts)
            )
        )
    complete = sorted((host(one, index, kinds) for index, one in enumerate(hosts)), key=lambda one: str(one["name"]))
    names = collections.Counter(one["name"] for one in complete)
    twice = [name for name, times in names.items() if times > 1]
    if twice:
        raise _errors.InvalidValue("there is more than one result for {0}: allowed is one.".format(", ".join(twice)))
    held = policies.policies(complete, sources or {}, read)
    units = always_units.Gathered()
    for one in complete:
        units.add(one)
    made = whole(created, kinds, held, findings.findings(complete), units.units(), complete)
    return {**made, "since": changed}


def whole(
    created: str,
    kinds: t.Sequence[str],
    held: list[Result],
    found: list[Result],
    units: list[Result],
    hosts: list[Result],
) -> Result:
    return {
        "version": VERSION,
        "created": created,
        "kinds": [*kinds],
        "policy": held,
        "since": None,
        "findings": found,
        "always_keepalive": units,
        "hosts": hosts,
    }


def result(name: object, found: object, kinds: t.Sequence[str]) -> t.Mapping[str, t.Any]:
    """A result of a role has a status; anything else is what the probe returned, or nothing."""
    if found is not None and not isinstance(found, t.Mapping):
        raise _errors.InvalidValue(
            "the result of {0} is {1}: allowed is a mapping, as the probe returns it.".format(
                name, _errors.shown(found)
            )
        )
    if kinds == [POLICY]:
        return audits.result(found)
    return packed.unpacked(found) if found and "status" in found else results.outcome(found)


def host(found: object, index: int, kinds: t.Sequence[str]) -> Result:
    try:
        fitted = HOST.fit(found)
    except shapes.Unfit as error:
        name = found.get("name") if isinstance(found, t.Mapping) else None
        raise _errors.InvalidValue(
            "the result of {0} has {1} that no report has.".format(
                f"host {index + 1}" if name is None else _errors.shown(name),
                f"a {error.place}" if error.place else "a form",
            )
        ) from None
    if POLICY not in kinds:
        fitted["policy"] = None
    validated = LISTENERS in kinds and fitted["status"] in (results.OK, results.UNPROVEN)
    entries = sorted(fitted["listeners"] or (), key=order) if LISTENERS in kinds else []
    for entry in entries:
        entry["finding"] = grouping.identity(entry) if entry["fails"] else None
    fitted["listeners"] = entries if entries or validated else None
    if validated:
        # Its lines would repeat what the listeners and the findings say.
        fitted["message"] = results.summary(fitted)
    return fitted


def order(entry: Result) -> tuple[str, ...]:
    """By port. Pids have no part in it: workers that share an address keep their places from run to run."""
    process = entry["process"] or {}
    told = [entry[key] for key in ("namespace", "host", "address", "last_port", "family", "name")]
    of_process = [process.get(key) for key in ("name", "unit", "script", "command", "container")]
    judged = [entry[key] for key in ("socket_unit", "verdict", "set_by", "reason")]
    return str(entry["port"] or 0).zfill(5), *[str(part or "") for part in (*told, *of_process, *judged)]


def kinds_given(found: object) -> list[str]:
    if isinstance(found, (list, tuple)) and found and all(one in KINDS for one in found):
        return [kind for kind in KINDS if kind in found]
    raise _errors.InvalidValue(
        "the kinds of the report are {0}: allowed are {1}, or one of them.".format(
            _errors.shown(found), " and ".join(KINDS)
        )
    )


def policies_read(found: object) -> list[Result]:
    try:
        return [] if found is None else POLICIES.fit(found)
    except shapes.Unfit as error:
        raise _errors.InvalidValue(
            "the policy of the report has {0} that no report has.".format(
                f"a {error.place}" if error.place else "a form"
            )
        ) from None


def now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).strftime(FORMAT)


def moment_given(text: object) -> str:
    try:
        # strptime alone takes "2026-1-31" as well.
        if isinstance(text, str) and MOMENT.match(text) and moment(text):
            return str.__str__(text)
    except ValueError:
        pass
    raise _errors.InvalidValue(
        "created is {0}: allowed is a moment in UTC like 2026-01-31T12:00:00Z.".format(_errors.shown(text))
    )


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.strptime(text, FORMAT).replace(tzinfo=datetime.timezone.utc)
