# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts about one listener: its values beside the policy's, and everything else as label and text. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._verdict import rules

Entry = t.Mapping[str, t.Any]
NEVER = 1e9
# A longer reason is cut in the list, and complete among the facts.
LONGEST_REASON = 300
UNKNOWN = "\u2014"
# How a value stands to the policy: within its limit, above it, or another one than the policy's.
FITS, OVER, DIFFERS = "", "over", "differs"


class Value(t.NamedTuple):
    """A value's key and label, as it is set and as it is measured."""

    key: str
    label: str
    other: str
    label_of_other: str
    unit: str

    @property
    def timer(self) -> bool:
        return bool(self.unit)


VALUES = (
    Value("time", "Time", "first_probe", "First probe", " s"),
    Value("interval", "Interval", "interval", "Interval", " s"),
    Value("probes", "Probes", "probes", "Probes", ""),
    Value("drop_after", "Drop after", "dropped_after", "Dropped after", " s"),
)
JUDGED = ("time", "drop_after")
SET_BY = {
    "application": "the application itself",
    "host": "the host (its values are the same)",
    "always": "tcp_keepalive_always, which has switched keepalive on",
}
METHODS = {
    "inspect": "inspect: the socket itself is read",
    "dead_peer": "dead_peer: from outside, by a peer that stops answering",
}
ENDED_BY = {
    "dropped": "the application's side dropped the dead peer",
    "closed": "the application closed it",
    "open": "still open when the time was up",
    "reset": "it was reset",
}


class Cell(t.NamedTuple):
    label: str
    value: str
    policy: str | None
    mark: str


class Row(t.NamedTuple):
    label: str
    values: list[tuple[str, str]]


class Fact(t.NamedTuple):
    label: str
    text: str


def in_force(entry: Entry) -> Entry:
    """The values of the socket; empty while keepalive is off, as they have no effect then."""
    found: Entry | None = entry["settings"]
    return found if found and entry["keepalive"] is not False else {}


def values(entry: Entry) -> dict[str, float | None]:
    """Each value as it is set, otherwise as it was measured."""
    settings, seen = in_force(entry), measured(entry)
    return {value.key: first(settings.get(value.key), seen.get(value.other)) for value in VALUES}


def measured(entry: Entry) -> Entry:
    """A measurement with probes and with the application's own times."""
    found: Entry | None = entry["measured"]
    return found if found and found["probe_times"] and not entry["accelerated"] else {}


def first(*found: float | None) -> float | None:
    return next((number for number in found if number is not None), None)


def cells(entry: Entry) -> list[Cell]:
    """The values beside the policy's; empty if there are none."""
    known = values(entry)
    if entry["keepalive"] is not False and not any(number is not None for number in known.values()):
        return []
    over = offending(entry)
    return [cell(entry, value, known[value.key], value.key in over) for value in VALUES]


def cell(entry: Entry, value: Value, known: float | None, over: bool) -> Cell:
    wanted = (entry["policy"] or {}).get(value.key)
    was_set = known is None or in_force(entry).get(value.key) is not None
    never = entry["keepalive"] is False and value.key in JUDGED
    return Cell(
        label=value.label if was_set else value.label_of_other,
        value="never" if never else shown(known, value.unit),
        policy=None if wanted is None else shown(wanted, value.unit),
        mark=OVER if over else FITS,
    )


def offending(entry: Entry) -> set[str]:
    """The values that break the policy, and those that make the drop late."""
    policy = entry["policy"]
    if not policy or entry["verdict"] == "exempt":
        return set()
    if entry["keepalive"] is False:
        return {key for key in JUDGED if policy[key] is not None}
    settings, seen = in_force(entry), measured(entry)
    above = late_measurements(entry)
    for value in VALUES:
        limit, was_set = policy[value.key], settings.get(value.key)
        if exceeds(was_set, limit) or (was_set is None and exceeds(seen.get(value.other), limit, late=value.timer)):
            above.add(value.key)
    return above if "drop_after" in above else above & {"time"}


def exceeds(value: float | None, limit: float | None, *, late: bool = False) -> bool:
    """Whether the value is above the limit, or, for a timer that may be ``late``, above its latest time."""
    return value is not None and limit is not None and value > (rules.latest(limit) if late else limit)


def rows(entry: Entry) -> list[Row]:
    """The table of values: as set, as measured, as wanted."""
    settings, seen, wanted = in_force(entry), measured(entry), entry["policy"] or {}
    over, found = offending(entry), []
    if settings:
        breaks = {key for key in over if exceeds(settings[key], wanted.get(key))}
        found.append(Row("Set", marked(settings, breaks)))
    if seen:
        late = late_measurements(entry)
        found.append(Row("Measured", marked({value.key: seen[value.other] for value in VALUES}, late)))
    if wanted and found:
        found.append(Row("Policy", marked(wanted, ())))
    return found


def marked(known: Entry, over: t.Container[str]) -> list[tuple[str, str]]:
    return [(shown(known.get(value.key), value.unit), OVER if value.key in over else FITS) for value in VALUES]


def late_measurements(entry: Entry) -> set[str]:
    limits, seen = entry["policy"] or {}, measured(entry)
    judged = [value for value in VALUES if value.key in JUDGED]
    return {value.key for value in judged if exceeds(seen.get(value.other), limits.get(value.key), late=True)}


def shown(value: float | None, unit: str) -> str:
    return UNKNOWN if value is None else f"{value:.10g}{unit}"


def facts(entry: Entry) -> list[Fact]:
    """Everything that is known about it."""
    process = entry["process"] or {}
    found = [
        ("Why", entry["reason"] if len(entry["reason"] or "") > LONGEST_REASON or entry["exempt"] else None),
        ("Exempt", entry["exempt"] if len(entry["exempt"] or "") > LONGEST_REASON else None),
        ("Application", entry["name"] if entry["name"] != process.get("name") else None),
        ("Probed at", entry["host"]),
        ("Network namespace", entry["namespace"]),
        ("Program", process.get("name")),
        ("Command", process.get("command")),
        ("Unit", process.get("unit")),
        ("Unit of user", process.get("unit_user")),
        ("Socket unit", entry["socket_unit"]),
        ("Container", process.get("container")),
        ("Processes", ", ".join(map(str, process.get("pids") or [process.get("pid")])) if process else None),
        ("Answers for another program", entry["forwarder"]),
        ("How", METHODS.get(entry["method"], entry["method"])),
        ("Set by", SET_BY.get(entry["set_by"], entry["set_by"])),
        ("User timeout", user_timeout(entry)),
        ("Policy", None if in_force(entry) or measured(entry) else policy(entry)),
        ("Open connections", connections(entry)),
        ("The test connection", ended(entry)),
        ("With data in flight", in_flight(entry)),
        ("Path", path(entry)),
    ]
    return [Fact(label, text) for label, text in found if text]


def policy(entry: Entry) -> str | None:
    wanted = entry["policy"] or {}
    named = [value for value in VALUES if wanted.get(value.key) is not None]
    return ", ".join(f"{value.label.lower()} {shown(wanted[value.key], value.unit)}" for value in named) or None


def user_timeout(entry: Entry) -> str | None:
    timeout = (entry["settings"] or {}).get("user_timeout")
    return f"{timeout:g} s" if timeout else None


def connections(entry: Entry) -> str | None:
    counts = entry["connections"]
    if not counts:
        return None
    return f"{counts['open']}, {counts['with_keepalive']} of them with keepalive" if counts["open"] else "none"


def ended(entry: Entry) -> str | None:
    end: str | None = (entry["measured"] or {}).get("ended_by")
    return ENDED_BY.get(end, end) if end else None


def in_flight(entry: Entry) -> str | None:
    flight = entry["in_flight"]
    if not flight:
        return None
    after = "" if flight["dropped_after"] is None else f" after {flight['dropped_after']:g} s"
    return f"{flight['retransmissions']} retransmissions; {ENDED_BY.get(flight['ended_by'], flight['ended_by'])}{after}"


def path(entry: Entry) -> str | None:
    held = entry["path"]
    if not held:
        return None
    answer = {True: "still answered", False: "no longer answered", None: "could not be asked"}[held["answered"]]
    return f"a connection left idle for {held['held']:g} s {answer}"
