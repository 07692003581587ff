# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The artifacts of jobs read back, and what they tell together. Pure."""

from __future__ import annotations

import collections
import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _text
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import rules
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import artifact, model, policies, tally
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import findings as report_findings
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.merge import slices
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.read_back import Damaged
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import listener, shapes
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import grouping, results

Mapping = t.Mapping[str, t.Any]
ROW = re.compile(r"\d{1,9}(?: \d{1,9}(?:x\d{1,9})?)*(?: u\d{1,9})*\Z", re.ASCII)
OF_HOST = {key.name: key for key in model.HOST.keys}
OF_FINDING = {key.name: key for key in report_findings.FINDING.keys}
STATE = shapes.Keys(
    (*(OF_HOST[key] for key in ("status", "cause", "fails", "policy")), shapes.Key("message", OF_HOST["message"].kind))
)
ARTIFACT = shapes.Keys(
    (
        shapes.Key("policy", model.POLICIES, absent=shapes.Absent.REFUSED),
        shapes.Key(
            "findings",
            shapes.Items(shapes.Keys(tuple(OF_FINDING[key] for key in artifact.OF_FINDING)), listener.MOST_LISTENERS),
            absent=shapes.Absent.REFUSED,
        ),
        shapes.Key("units", shapes.Items(shapes.Text(shortest=1), listener.MOST_LISTENERS), absent=shapes.Absent.EMPTY),
        shapes.Key(
            "verdicts",
            shapes.Items(shapes.Word((artifact.NOT_JUDGED, *rules.VERDICTS)), 100),
            absent=shapes.Absent.REFUSED,
        ),
        shapes.Key("states", shapes.Items(STATE, listener.MOST_LISTENERS), absent=shapes.Absent.REFUSED),
        shapes.Key("hosts", shapes.Table(shapes.Text(), listener.MOST_LISTENERS), absent=shapes.Absent.REFUSED),
    )
)


class Host(t.NamedTuple):
    host: model.Result
    tally: tally.Tally
    findings: dict[str, Mapping]
    """What its artifact says of the findings that it has."""
    units: list[str]
    """For policy_always_keepalive."""


def among(variables: Mapping) -> dict[str, Mapping]:
    """The artifacts among these variables. Others may begin with the same word, such as ``keepalive_look``."""
    return {
        name: value
        for name, value in sorted(variables.items())
        if name.startswith(artifact.PREFIX) and isinstance(value, t.Mapping) and "artifact" in value
    }


def read(name: str, found: Mapping) -> slices.Slice:
    """
    Raises:
        Damaged: it is no artifact of a report.
    """
    try:
        if found["artifact"] != artifact.VERSION:
            raise Damaged(f"its version is {_errors.shown(found['artifact'])}: allowed is {artifact.VERSION}")
        fitted = ARTIFACT.fit(found)
        created, kinds = model.moment_given(found.get("created")), model.kinds_given(found.get("kinds"))
        known = {host: of_host(host, str(row), fitted) for host, row in fitted["hosts"].items()}
    except shapes.Unfit as error:
        raise Damaged(f"{name} is not merged: its {error.place} has a form that no artifact has") from None
    except (_errors.KeepaliveError, IndexError) as error:
        why = "a host names what it does not have" if isinstance(error, IndexError) else _text.as_part(error)
        raise Damaged(f"{name} is not merged: {why}") from None
    present = {host: one for host, one in known.items() if one.host["status"] != results.MISSING}
    return slices.Slice(name, created, kinds, fitted["policy"], present)


def of_host(name: str, row: str, fitted: Mapping) -> Host:
    if not ROW.match(row):
        raise Damaged(f"the row of {_errors.shown(name)} is {_errors.shown(row)}")
    state, *groups = row.split()
    counts: tally.Tally = collections.Counter()
    found = {}
    units = [fitted["units"][int(one[1:])] for one in groups if one.startswith(artifact.UNIT)]
    for one in groups[: len(groups) - len(units)]:
        at, _x, times = one.partition("x")
        index, first_verdict = int(at), len(fitted["findings"])
        if index < first_verdict:
            finding = fitted["findings"][index]
            found[finding["id"]] = finding
            key = (finding["id"], finding["verdict"])
        else:
            key = (None, fitted["verdicts"][index - first_verdict] or None)
        counts[key] += int(times or 1)
    return Host(host(name, fitted["states"][int(state)], counts), counts, found, units)


def host(name: str, state: Mapping, counts: tally.Tally) -> model.Result:
    message = (state["message"] or "").replace(artifact.NAME, name)
    if state["policy"]:
        message = message or state["policy"]["message"]
    elif state["status"] in (results.OK, results.UNPROVEN):
        listeners = [{"verdict": verdict} for (_finding, verdict), times in counts.items() for _one in range(times)]
        message = results.summary({**state, "listeners": listeners})
    return {"name": name, **state, "message": message, "listeners": None}


def policy(known: t.Iterable[Host], given: t.Iterable[slices.Slice]) -> list[model.Result]:
    """Each host tells its own policy; the listeners are counted as the artifacts count them."""
    every = [one for slice_ in given for one in slice_.policy]
    gathered = policies.Gathered(every)
    for host_ in known:
        gathered.add(host_.host, {})
    for one in every:
        gathered.listeners[policies.values(one)] += one["listeners"] or 0
    return gathered.policies()


def findings(known: t.Iterable[Host]) -> list[model.Result]:
    of_each: dict[str, list[Host]] = {}
    for one in known:
        for identifier in one.findings:
            of_each.setdefault(identifier, []).append(one)
    return report_findings.ordered(finding(identifier, hosts) for identifier, hosts in of_each.items())


def finding(identifier: str, hosts: t.Sequence[Host]) -> model.Result:
    """In the words of the artifact that has most of its hosts."""
    told = collections.Counter(id(one.findings[identifier]) for one in hosts)
    (most, _number), *_rest = told.most_common(1)
    every = {id(one.findings[identifier]): one.findings[identifier] for one in hosts}
    return {
        **every[most],
        "program": grouping.one_name([one["program"] for one in every.values()]),
        "wordings": max(one["wordings"] for one in every.values()),
        "listeners": sum(one.tally[identifier, every[most]["verdict"]] for one in hosts),
        "hosts": [{"name": one.host["name"], "places": []} for one in hosts],
    }
