# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report in the text format of Prometheus, for node_exporter's textfile collector. Pure."""

import collections
import typing as t

from ansible_collections.netops.keepalive.plugins.plugin_utils._report import audits
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import model as report_model
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import policy_audit
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import text as returned_text
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import listeners

LONGEST_LABEL = 120
ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})
Labels = dict[str, str]
# Labels as they are written, and a number.
Sample = tuple[str, float]


class OfHost(t.NamedTuple):
    """A gauge of a host, left out where the report is not about this kind."""

    name: str
    help: str
    value: t.Callable[[report_model.Result], bool]
    kind: str | None = None


class OfValue(t.NamedTuple):
    """A gauge of one of a host's own values, and of the same in its policy."""

    key: str
    name: str
    meaning: str


class OfListener(t.NamedTuple):
    """A gauge of a listener, left out where it is ``None``; ``also`` is a key of the listener that becomes a label."""

    name: str
    help: str
    value: t.Callable[[report_model.Result], float | bool | None]
    also: str | None = None


def within(part: str, key: str) -> t.Callable[[report_model.Result], float | None]:
    return lambda entry: (entry[part] or {}).get(key)


def in_force(key: str) -> t.Callable[[report_model.Result], float | None]:
    """No values while keepalive is off: an alert would take them for true."""
    return lambda entry: None if entry["keepalive"] is False else (entry["settings"] or {}).get(key)


def measured(key: str) -> t.Callable[[report_model.Result], float | None]:
    """With lowered timers a measurement proves that a dead peer is dropped, and not when."""
    return lambda entry: None if entry["accelerated"] else (entry["measured"] or {}).get(key)


HOSTS = (
    OfHost(
        "keepalive_host_reachable",
        "1 where the host was reached.",
        lambda host: "unreachable" not in (host["status"], audits.status(host)),
    ),
    OfHost(
        "keepalive_host_validated",
        "1 where the listeners were probed, and prove something.",
        lambda host: host["status"] == "ok",
        report_model.LISTENERS,
    ),
    OfHost(
        "keepalive_host_audited",
        "1 where the host's own values were held against its policy.",
        lambda host: bool(host["policy"] and host["policy"]["runtime"]),
        report_model.POLICY,
    ),
    OfHost("keepalive_host_fails", "1 where the host fails.", lambda host: host["fails"]),
)
VALUES = (
    OfValue("time", "time_seconds", "Idle time before the first keepalive probe"),
    OfValue("interval", "interval_seconds", "Time between unanswered keepalive probes"),
    OfValue("probes", "probes", "Unanswered keepalive probes until a peer counts as dead"),
    OfValue("drop_after", "drop_after_seconds", "When a dead peer is dropped"),
)
LISTENERS = (
    OfListener(
        "keepalive_listener_verdict",
        "1, with the verdict as a label.",
        lambda entry: 1 if entry["verdict"] else None,
        also="verdict",
    ),
    OfListener("keepalive_listener_offends", "1 where the verdict fails the host.", lambda entry: entry["fails"]),
    OfListener(
        "keepalive_listener_enabled",
        "1 where keepalive is on, 0 where it is off.",
        lambda entry: entry["keepalive"],
    ),
    OfListener("keepalive_listener_time_seconds", "Idle time before the first keepalive probe.", in_force("time")),
    OfListener(
        "keepalive_listener_drop_after_seconds",
        "When a dead peer is dropped, by the values of the socket.",
        in_force("drop_after"),
    ),
    OfListener(
        "keepalive_listener_policy_drop_after_seconds",
        "When a dead peer has to be dropped.",
        within("policy", "drop_after"),
    ),
    OfListener(
        "keepalive_listener_measured_first_probe_seconds",
        "When the first keepalive probe came.",
        measured("first_probe"),
    ),
    OfListener(
        "keepalive_listener_measured_drop_seconds",
        "When the dead peer was dropped.",
        measured("dropped_after"),
    ),
    OfListener("keepalive_listener_connections", "Open connections.", within("connections", "open")),
    OfListener(
        "keepalive_listener_connections_with_keepalive",
        "Open connections whose keepalive timer runs.",
        within("connections", "with_keepalive"),
    ),
)


def prometheus(report: report_model.Result) -> str:
    """The whole file. node_exporter takes neither a metric without a sample nor a sample with a time."""
    created = report_model.moment(report["created"]).timestamp()
    hosts = [(written({"host": value(host["name"])}), host) for host in report["hosts"]]
    entries = labelled(report)
    families = [metric("keepalive_report_timestamp_seconds", "When the report was made.", [("", created)])]
    for gauge in HOSTS:
        if gauge.kind is None or gauge.kind in report["kinds"]:
            families.append(metric(gauge.name, gauge.help, [(labels, gauge.value(host)) for labels, host in hosts]))
    families += own_values([(labels, host["policy"]) for labels, host in hosts if host["policy"]])
    for each in LISTENERS:
        families.append(metric(each.name, each.help, samples(each, entries)))
    return "".join(families)


def own_values(hosts: list[tuple[str, report_model.Result]]) -> list[str]:
    """Drift, and each value now, after the next boot and in the policy."""
    moments = (policy_audit.RUNTIME, policy_audit.BOOT)
    at = [(f'{labels},when="{when}"', audit, when) for labels, audit in hosts for when in moments if audit[when]]
    drift = [(labels, audits.differs(audit, when)) for labels, audit, when in at]
    families = [metric("keepalive_host_drifts", "1 where a value of the host is not that of its policy.", drift)]
    for key, name, meaning in VALUES:
        found = known([(labels, audit[when][key]) for labels, audit, when in at])
        wanted = known([(labels, (audit["wanted"] or {}).get(key)) for labels, audit in hosts])
        families.append(metric(f"keepalive_host_{name}", f"{meaning}, by the values of the host.", found))
        families.append(metric(f"keepalive_host_policy_{name}", f"{meaning}, by the policy of the host.", wanted))
    return families


def known(found: t.Iterable[tuple[str, float | None]]) -> list[Sample]:
    return [(labels, float(number)) for labels, number in found if number is not None]


def labelled(report: report_model.Result) -> list[tuple[str, report_model.Result]]:
    """Each listener with labels that no other has: ``worker`` numbers those that share all the rest."""
    seen: t.Counter[tuple[str, ...]] = collections.Counter()
    entries = []
    for host in report["hosts"]:
        for entry in host["listeners"] or ():
            labels = identity(host["name"], entry)
            key = tuple(labels.values())
            labels["worker"] = str(seen[key])
            seen[key] += 1
            entries.append((written(labels), entry))
    return entries


def identity(host: str, entry: report_model.Result) -> Labels:
    """The label ``namespace`` only where it is not the host's own: other series keep their names."""
    labels = {
        "host": value(host),
        "address": value(entry["address"] or entry["host"] or ""),
        "port": "" if entry["port"] is None else str(listeners.ports(entry)),
        "process": value((entry["process"] or {}).get("name") or ""),
        "name": value(entry["name"] or ""),
    }
    return dict(labels, namespace=value(entry["namespace"])) if entry["namespace"] else labels


def value(text: str) -> str:
    return returned_text.clipped(text, LONGEST_LABEL)


def samples(gauge: OfListener, entries: list[tuple[str, report_model.Result]]) -> list[Sample]:
    found = []
    for labels, entry in entries:
        number = gauge.value(entry)
        if number is not None:
            more = "," + written({gauge.also: value(str(entry[gauge.also]))}) if gauge.also else ""
            found.append((labels + more, float(number)))
    return found


def metric(name: str, help_: str, found: t.Sequence[tuple[str, float | bool]]) -> str:
    lines = ["# HELP {0} {1}".format(name, help_), "# TYPE {0} gauge".format(name)]
    lines += [f"{name}{{{labels}}} {number:.15g}" if labels else f"{name} {number:.15g}" for labels, number in found]
    return "\n".join(lines) + "\n" if found else ""


def written(labels: Labels) -> str:
    return ",".join('{0}="{1}"'.format(key, text.translate(ESCAPES)) for key, text in labels.items())
