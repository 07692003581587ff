# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of all hosts as one report, and its summary. Pure."""

import collections
import datetime
import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import rules
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import listener as returned_listener
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import shapes
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import listeners, results

Result = dict[str, t.Any]
VERSION = 1
STATUSES = (results.OK, results.UNPROVEN, results.FAILED, results.UNREACHABLE)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
FORMAT = "%Y-%m-%dT%H:%M:%SZ"
# More lines are too many for a person, and for AWX.
MOST_IN_SUMMARY = 50
HOST = shapes.Keys(
    (
        shapes.Key("name", shapes.Text(shortest=1), "The name in the inventory.", absent=shapes.Absent.REFUSED),
        shapes.Key(
            "status",
            shapes.Word(STATUSES),
            "ok if it was validated, unproven if its listeners prove nothing, failed or unreachable if it was not validated.",
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
            "Why it was not validated, or what was found.",
            absent=shapes.Absent.REFUSED,
        ),
        shapes.Key(
            "listeners",
            shapes.Items(returned_listener.REPORTED, returned_listener.MOST_LISTENERS),
            "Its listeners.",
            absent=shapes.Absent.REFUSED,
        ),
    )
)


def report(found: object) -> Result:
    """The report of ``found``: results by host name, each of role validate or of the probe; or a report as it was read back.

    Every key is there, every text is visible, and the hosts are sorted by name.
    """
    hosts, created = found, now()
    if isinstance(found, t.Mapping) and {"created", "hosts"} <= set(found):
        hosts, created = found["hosts"], moment_given(found["created"])
    if isinstance(hosts, t.Mapping):
        hosts = [dict(result(name, one), name=name) for name, one in hosts.items()]
    if not isinstance(hosts, (list, tuple)):
        raise _errors.InvalidValue(
            "the results are {0}: allowed is a mapping of host names to results, or a report.".format(
                _errors.shown(hosts)
            )
        )
    complete = sorted((host(one, index) for index, one in enumerate(hosts)), key=lambda one: str(one["name"]))
    names = collections.Counter(one["name"] for one in complete)
    twice = [name for name, times in names.items() if times > 1]
    if twice:
        raise _errors.InvalidValue("there is more than one result for {0}: allowed is one.".format(", ".join(twice)))
    return {"version": VERSION, "created": created, "hosts": complete}


def result(name: object, found: object) -> t.Mapping[str, t.Any]:
    """A result of the role has a status; anything else is what the probe returned, or nothing."""
    if found is not None and not isinstance(found, t.Mapping):
        raise _errors.InvalidValue(
            "the result of {0} is {1}: allowed is a mapping, as the probe returns it.".format(
                name, _errors.shown(found)
            )
        )
    return found if found and "status" in found else results.outcome(found)


def host(found: object, index: int) -> Result:
    try:
        return HOST.fit(found)
    except shapes.Unfit as error:
        name = found.get("name") if isinstance(found, t.Mapping) else None
        raise _errors.InvalidValue(
            "the result of {0} has {1} that no report has.".format(
                f"host {index + 1}" if name is None else _errors.shown(name),
                f"a {error.place}" if error.place else "a form",
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


def summary(whole: Result) -> Result:
    """Counts and the first offenders, small enough for the artifacts of a job."""
    entries = [(item["name"], entry) for item in whole["hosts"] for entry in item["listeners"]]
    verdicts = collections.Counter(entry["verdict"] for _name, entry in entries if entry["verdict"])
    statuses = collections.Counter(item["status"] for item in whole["hosts"])
    offenders = [(name, entry) for name, entry in entries if entry["fails"]]
    failed = [one["name"] for one in whole["hosts"] if one["fails"]]
    return {
        "created": whole["created"],
        "hosts": {status: statuses[status] for status in STATUSES},
        "listeners": len(entries),
        "verdicts": {verdict: verdicts[verdict] for verdict in rules.VERDICTS if verdicts[verdict]},
        "failed_host_count": len(failed),
        "failed_hosts": failed[:MOST_IN_SUMMARY],
        "offender_count": len(offenders),
        "offenders": [
            {"host": name, "listener": listeners.title(entry), "verdict": entry["verdict"], "reason": entry["reason"]}
            for name, entry in offenders[:MOST_IN_SUMMARY]
        ],
    }
