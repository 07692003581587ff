# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts' own values on the page: a row for each host, and the hosts that drift in the same way. Pure."""

from __future__ import annotations

import collections
import json
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _text
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import drift
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import audits
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.html import facts, view
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import policy_audit
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import text as returned_text

Mapping = t.Mapping[str, t.Any]
DRIFT, NOT_AUDITED, NO_DRIFT = "drift", "not_audited", "no_drift"
MEANINGS = {
    DRIFT: "A value of the host is not that of its policy, now or after the next boot.",
    NOT_AUDITED: "The host's own values could not be read.",
    NO_DRIFT: "The host has the values of its policy.",
}
VERDICTS = {policy_audit.DRIFT: DRIFT, policy_audit.COMPLIANT: NO_DRIFT}
TITLE = "Values of the host"
LABELS = {policy_audit.RUNTIME: "Now", policy_audit.BOOT: "After the next boot"}


class Group(t.NamedTuple):
    """Hosts with the same values and the same difference to the same policy."""

    title: str
    when: str
    reason: str
    rows: list[facts.Row]
    places: list[facts.Fact]
    hosts: list[str]


class Looks:
    """What is drawn from the values of a host. Hosts are much alike, so each combination is drawn once."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[list[facts.Cell], list[facts.Row], list[facts.Fact]]] = {}

    def of(self, audit: Mapping) -> tuple[list[facts.Cell], list[facts.Row], list[facts.Fact]]:
        key = alike(audit)
        if key not in self.known:
            self.known[key] = (cells(audit), rows(audit), places(audit))
        return self.known[key]


def alike(audit: Mapping) -> str:
    return json.dumps([audit[key] for key in ("status", "wanted", "runtime", "boot", "differences")])


def row(host: Mapping, looks: Looks) -> view.Listener | None:
    """The host's own values, shown like a listener; ``None`` where the host itself says why there are none."""
    audit, verdict = host["policy"], verdict_of(host)
    if verdict is None:
        return None
    tone = tone_of(verdict)
    reason = audit["message"] if audit["runtime"] else "{0}: {1}".format(audit["status"], audit["message"])
    shown, table, known = looks.of(audit)
    long = [facts.Fact("Why", reason)] if len(reason) > facts.LONGEST_REASON else []
    return view.Listener(
        verdict=verdict,
        word=view.word(verdict),
        tone=tone,
        rank=rank(verdict),
        title=TITLE,
        where="",
        reason=returned_text.clipped(_text.sentence(reason), facts.LONGEST_REASON),
        cells=shown,
        rows=table,
        facts=[*long, *known],
        limits=[],
        remedy=None,
        timeline=None,
        drop=(audit["runtime"] or {}).get("drop_after") or 0,
        port=0,
        finding=None,
    )


def verdict_of(host: Mapping) -> str | None:
    """``None`` where the host itself says why there is none."""
    audit = host["policy"]
    if audit is None or (not audit["runtime"] and host["listeners"] is None):
        return None
    return VERDICTS.get(audit["status"], NOT_AUDITED)


def tone_of(verdict: str) -> str:
    return view.GOOD if verdict == NO_DRIFT else view.BAD


def rank(verdict: str) -> int:
    return view.TONES.index(tone_of(verdict)) * 100


def ranked(hosts: t.Iterable[Mapping]) -> t.Counter[tuple[str, int]]:
    """The number of hosts by verdict and rank."""
    return collections.Counter((verdict, rank(verdict)) for verdict in map(verdict_of, hosts) if verdict)


def cells(audit: Mapping) -> list[facts.Cell]:
    """The values in force beside the policy's; where only the next boot brings wrong ones, those."""
    if not audit["runtime"]:
        return []
    boot_alone = audits.differs(audit, policy_audit.BOOT) and not audits.differs(audit, policy_audit.RUNTIME)
    when = policy_audit.BOOT if boot_alone else policy_audit.RUNTIME
    wanted = audit["wanted"] or {}
    return [
        facts.Cell(
            label=f"{value.label}, boot" if boot_alone else value.label,
            value=text,
            policy=None if wanted.get(value.key) is None else facts.shown(wanted[value.key], value.unit),
            mark=mark,
        )
        for value, (text, mark) in zip(facts.VALUES, marked(audit, when))
    ]


def rows(audit: Mapping) -> list[facts.Row]:
    """The table of values: now, after the next boot, as wanted."""
    if not audit["runtime"]:
        return []
    found = [facts.Row(label, marked(audit, when)) for when, label in LABELS.items()]
    if audit["wanted"]:
        found.append(facts.Row("Policy", facts.marked(audit["wanted"], ())))
    return found


def marked(audit: Mapping, when: str) -> list[tuple[str, str]]:
    """Each value at that moment, and whether it is wrong. A drop that is late because of another value is marked as well."""
    wrong = {one["parameter"] for one in audit["differences"] if one["when"] == when}
    limit, drop = (audit["wanted"] or {}).get(policy_audit.DROP_AFTER), audit[when][policy_audit.DROP_AFTER]
    late = {policy_audit.DROP_AFTER} if wrong and limit is not None and drop is not None and drop > limit else set()
    return [
        (
            facts.shown(audit[when][value.key], value.unit),
            facts.OVER if value.key in late else facts.DIFFERS if value.key in wrong else facts.FITS,
        )
        for value in facts.VALUES
    ]


def places(audit: Mapping) -> list[facts.Fact]:
    """The files that set wrong values, as far as they are known: ``time, probes`` by ``/etc/sysctl.d/99-zz.conf:2,5``."""
    names: dict[str, dict[str, None]] = {}
    lines: dict[str, set[int]] = {}
    for one in audit["differences"]:
        if one["file"] is not None:
            names.setdefault(one["file"], {})[named(one)] = None
            lines.setdefault(one["file"], set()).update([] if one["line"] is None else [one["line"]])
    return [
        facts.Fact(", ".join(names[file]), ":".join([file, *([",".join(map(str, sorted(own)))] if own else [])]))
        for file, own in lines.items()
    ]


def named(difference: Mapping) -> str:
    return str(difference["parameter"]).replace("_", " ")


def headline(hosts: t.Sequence[Mapping]) -> tuple[str, str]:
    statuses = collections.Counter(map(audits.status, hosts))
    drifting, every = statuses[policy_audit.DRIFT], _text.counted(len(hosts), "host")
    if drifting:
        return view.BAD, f"{drifting} of {every} {'drifts' if drifting == 1 else 'drift'} from the policy"
    missing = len(hosts) - statuses[policy_audit.COMPLIANT]
    if missing:
        return view.BAD, f"{missing} of {every} could not be audited"
    if not hosts:
        return view.NEUTRAL, "No hosts were audited"
    return view.GOOD, f"All {every} have the values of the policy" if len(
        hosts
    ) > 1 else "The one host has the values of its policy"


def groups(hosts: t.Iterable[Mapping], looks: Looks) -> list[Group]:
    """The hosts that drift, those together that drift in the same way; the largest group first."""
    found: dict[str, list[Mapping]] = {}
    for host in hosts:
        if audits.drifts(host):
            found.setdefault(alike(host["policy"]), []).append(host)
    return [group(own, looks) for own in sorted(found.values(), key=lambda own: (-len(own), own[0]["name"]))]


def extent(found: t.Sequence[Group]) -> str:
    """``6 hosts drift in 5 ways``."""
    hosts = sum(len(one.hosts) for one in found)
    verb = "drifts" if hosts == 1 else "drift"
    return f"{_text.counted(hosts, 'host')} {verb} in {_text.counted(len(found), 'way')}" if found else ""


def group(hosts: t.Sequence[Mapping], looks: Looks) -> Group:
    audit = hosts[0]["policy"]
    _cells, table, known = looks.of(audit)
    wrong = dict.fromkeys(map(named, audit["differences"]))
    moments = [words for when, words in drift.WHEN.items() if audits.differs(audit, when)]
    return Group(
        title=", ".join(wrong),
        when=" and ".join(moments),
        reason=_text.sentence(audit["message"]),
        rows=table,
        places=known,
        hosts=[host["name"] for host in hosts],
    )
