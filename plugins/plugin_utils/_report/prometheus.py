# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report in the text format of Prometheus, for node_exporter's textfile collector. Pure."""

from __future__ import annotations

import collections
import typing as t

from ansible_collections.netops.keepalive.plugins.plugin_utils._report import audits
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import model as report_model
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import policy_audit
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import text as returned_text
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import listeners, results

LONGEST_LABEL = 120
ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})
Labels = dict[str, str]


class OfHost(t.NamedTuple):
    """A gauge of a host, left out where the report is not about this kind."""

    name: str
    help: str
    value: t.Callable[[report_model.Result], bool]
    kind: str | None = None


class OfValues(t.NamedTuple):
    """A gauge of a host's own values at these moments, or of its policy, which has none; left out where it is ``None``."""

    name: str
    help: str
    value: t.Callable[[report_model.Result, str], float | bool | None]
    moments: tuple[str, ...] = (policy_audit.RUNTIME, policy_audit.BOOT)


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
        lambda host: not {results.UNREACHABLE, results.MISSING} & {host["status"], audits.status(host)},
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
    ("time", "time_seconds", "Idle time before the first keepalive probe"),
    ("interval", "interval_seconds", "Time between unanswered keepalive probes"),
    ("probes", "probes", "Unanswered keepalive probes until a peer counts as dead"),
    ("drop_after", "drop_after_seconds", "When a dead peer is dropped"),
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


def of_host(key: str) -> t.Callable[[report_model.Result, str], float | None]:
    return lambda audit, when: t.cast(float | None, audit[when][key])


def of_policy(key: str) -> t.Callable[[report_model.Result, str], float | None]:
    return lambda audit, _when: (audit["wanted"] or {}).get(key)


OWN_VALUES = (
    OfValues("keepalive_host_drifts", "1 where a value of the host is not that of its policy.", audits.differs),
    *(
        gauge
        for key, name, meaning in VALUES
        for gauge in (
            OfValues(f"keepalive_host_{name}", f"{meaning}, by the values of the host.", of_host(key)),
            OfValues(f"keepalive_host_policy_{name}", f"{meaning}, by the policy of the host.", of_policy(key), ()),
        )
    ),
)
Gauge = OfHost | OfValues | OfListener
GAUGES: tuple[Gauge, ...] = (*HOSTS, *OWN_VALUES, *LISTENERS)


def prometheus(report: report_model.Result) -> str:
    """The whole file. node_exporter takes neither a metric without a sample nor a sample with a time."""
    families: list[list[str]] = [[] for _gauge in GAUGES]
    for host in report["hosts"]:
        for family, found in zip(families, samples(host, report["kinds"])):
            family.append(found)
    texts = ["".join(family) for family in families]
    return "".join([before(report), *(head(gauge) + text for gauge, text in zip(GAUGES, texts) if text)])


def before(report: report_model.Result) -> str:
    created = report_model.moment(report["created"]).timestamp()
    gauge = OfHost("keepalive_report_timestamp_seconds", "When the report was made.", lambda _host: True)
    return head(gauge) + f"{gauge.name} {created:.15g}\n"


def head(gauge: Gauge) -> str:
    return f"# HELP {gauge.name} {gauge.help}\n# TYPE {gauge.name} gauge\n"


def samples(host: report_model.Result, kinds: t.Sequence[str]) -> list[str]:
    """The lines of this host for each of the gauges."""
    of_host = written({"host": value(host["name"])})
    entries = labelled(host)
    return [
        *(sample(one.name, of_host, one.value(host)) if one.kind in (None, *kinds) else "" for one in HOSTS),
        *(of_values(one, of_host, host["policy"]) if host["policy"] else "" for one in OWN_VALUES),
        *("".join([of_listener(one, labels, entry) for labels, entry in entries]) for one in LISTENERS),
    ]


def of_values(gauge: OfValues, labels: str, audit: report_model.Result) -> str:
    """Each moment has a line; a value of the policy has one alone."""
    if not gauge.moments:
        return sample(gauge.name, labels, gauge.value(audit, ""))
    at = [when for when in gauge.moments if audit[when]]
    return "".join([sample(gauge.name, f'{labels},when="{when}"', gauge.value(audit, when)) for when in at])


def of_listener(gauge: OfListener, labels: str, entry: report_model.Result) -> str:
    number = gauge.value(entry)
    more = "," + written({gauge.also: value(str(entry[gauge.also]))}) if gauge.also and number is not None else ""
    return sample(gauge.name, labels + more, number)


def sample(name: str, labels: str, number: float | bool | None) -> str:
    return "" if number is None else f"{name}{{{labels}}} {number:.15g}\n"


def labelled(host: report_model.Result) -> list[tuple[str, report_model.Result]]:
    """Each listener with labels that no other has: ``worker`` numbers those that share all the rest."""
    seen: t.Counter[tuple[str, ...]] = collections.Counter()
    entries = []
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


def written(labels: Labels) -> str:
    return ",".join('{0}="{1}"'.format(key, text.translate(ESCAPES)) for key, text in labels.items())
