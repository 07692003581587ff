# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of all hosts as one report, and what every form of it says about a listener. Pure."""

import collections
import datetime
import math
import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import rules
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import text as report_text

Result = dict[str, t.Any]
VERSION = 1
STATUSES = ("ok", "failed", "unreachable")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
FORMAT = "%Y-%m-%dT%H:%M:%SZ"

# Each key of a listener, so that whoever reads a report need not ask whether one is there.
ENTRY: Result = dict.fromkeys(
    (
        *("target", "named", "name", "host", "address", "port", "family", "process", "method", "verdict", "reason"),
        *("set_by", "forwarder", "keepalive", "settings", "policy", "exempt", "connections", "measured"),
        *("accelerated", "in_flight", "path", "remedy", "limits"),
    )
)
PARTS = {
    "process": ("pid", "name", "command", "unit", "container", "pids"),
    "settings": ("time", "interval", "probes", "drop_after", "user_timeout"),
    "policy": ("time", "interval", "probes", "drop_after"),
    "connections": ("open", "with_keepalive"),
    "measured": ("first_probe", "interval", "probes", "probe_times", "dropped_after", "ended_by"),
    "in_flight": ("retransmissions", "dropped_after", "ended_by"),
    "path": ("held", "answered"),
    "remedy": ("application", "group", "host_values_help", "text", "lines", "source"),
}
LISTS = {"pids", "probe_times", "lines", "limits"}
# In this many lines a person still reads a summary, and what carries it (AWX) still takes it.
MOST_IN_SUMMARY = 50
# What neither proves a listener nor accuses it.
UNDECIDED = ("masked", "reset", "inconclusive", "unreadable") + rules.OFFENCES_WHERE_NAMED


def report(hosts: object, created: str) -> Result:
    """Plain values alone, each key there, hosts by name; ``hosts`` is a list of ``{name, status, message, listeners}``."""
    if not is_moment(created):
        raise _errors.InvalidValue(
            "created is {0}: allowed is a moment in UTC like 2026-01-31T12:00:00Z.".format(_errors.shown(created))
        )
    if not isinstance(hosts, (list, tuple)):
        raise _errors.InvalidValue(
            "the results are {0}: allowed is a list with a mapping for each host.".format(_errors.shown(hosts))
        )
    found = sorted(map(host, hosts), key=by_name)
    names = collections.Counter(report_text.visible(item["name"]) for item in found)
    twice = [name for name, times in names.items() if times > 1]
    if twice:
        raise _errors.InvalidValue("there is more than one result for {0}: allowed is one.".format(", ".join(twice)))
    return {"version": VERSION, "created": created, "hosts": found}


def by_name(item: Result) -> str:
    name: str = item["name"]
    return name


def now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).strftime(FORMAT)


def is_moment(text: str) -> bool:
    try:
        # strptime alone takes "2026-1-31" as well.
        return bool(MOMENT.match(text) and moment(text))
    except ValueError:
        return False


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.strptime(text, FORMAT).replace(tzinfo=datetime.timezone.utc)


def host(found: object) -> Result:
    if not isinstance(found, t.Mapping) or not found.get("name"):
        raise _errors.InvalidValue(
            "a host's result is {0}: allowed is a mapping with at least a name.".format(_errors.shown(found))
        )
    status = found.get("status") or "ok"
    if status not in STATUSES:
        raise _errors.InvalidValue(
            "the status of {0} is {1}: allowed is one of {2}.".format(
                found["name"], _errors.shown(status), ", ".join(STATUSES)
            )
        )
    return {
        "name": plain(found["name"]),
        "status": plain(status),
        "message": plain(found.get("message") or ""),
        "listeners": [listener(item, found["name"]) for item in found.get("listeners") or []],
    }


def listener(found: object, host_name: str = "a host") -> Result:
    if not isinstance(found, t.Mapping):
        raise _errors.InvalidValue(
            "a listener of {0} is {1}: allowed is a mapping, as tcp_keepalive_probe returns it.".format(
                host_name, _errors.shown(found)
            )
        )
    entry = completed(ENTRY, found)
    for part, names in PARTS.items():
        if entry[part] is not None:
            entry[part] = completed(names, entry[part])
    entry["named"] = bool(entry["named"])
    return entry


def completed(names: t.Iterable[str], found: t.Mapping[str, t.Any]) -> Result:
    """All the names, and what else was found."""
    values: Result = {name: [] if name in LISTS else None for name in names}
    values.update((key, value) for key, value in plain(found).items() if value is not None or key not in LISTS)
    return values


def plain(value: t.Any) -> t.Any:
    """The value in Python's own types. What Ansible hands over can carry tags and be made when it is asked for."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return report_text.whole(str.__str__(value))
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, t.Mapping):
        return {plain(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return plain(str(value))


def summary(whole: Result) -> Result:
    """What fits where a whole report does not: counts, and the first of what is wrong."""
    entries = [(item["name"], entry) for item in whole["hosts"] for entry in item["listeners"]]
    verdicts = collections.Counter(entry["verdict"] for _name, entry in entries if entry["verdict"])
    statuses = collections.Counter(item["status"] for item in whole["hosts"])
    offenders = [(name, entry) for name, entry in entries if offends(entry)]
    failed = [item["name"] for item in whole["hosts"] if item["status"] != "ok" or any(map(offends, item["listeners"]))]
    return {
        "created": whole["created"],
        "hosts": {status: statuses[status] for status in STATUSES},
        "listeners": len(entries),
        "verdicts": {verdict: verdicts[verdict] for verdict in rules.VERDICTS if verdicts[verdict]},
        "failed_host_count": len(failed),
        "failed_hosts": failed[:MOST_IN_SUMMARY],
        "offender_count": len(offenders),
        "offenders": [
            {"host": name, "listener": title(entry), "verdict": entry["verdict"], "reason": entry["reason"]}
            for name, entry in offenders[:MOST_IN_SUMMARY]
        ],
    }


def offends(entry: Result) -> bool:
    return rules.fails(entry["verdict"], entry["named"])


def title(entry: Result) -> str:
    """Application and place of a listener, in characters that can be seen."""
    name = entry["name"] or (entry["process"] or {}).get("name")
    return report_text.visible(" ".join(filter(None, (name, place(entry)))))


def place(entry: Result) -> str:
    address = entry["address"] or entry["host"] or ""
    if entry["port"] is None:
        return address
    return "{0}:{1}".format("[{0}]".format(address) if ":" in address else address, entry["port"])


def advice(entry: Result) -> list[str]:
    """The remedy, line by line."""
    remedy = entry["remedy"]
    return [remedy["text"] or ""] + remedy["lines"] if remedy else []
