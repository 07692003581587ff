# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report in the form that CI servers read: a suite for each host, a case for its own values and for each listener. Pure."""

import collections
import typing as t
from xml.etree import ElementTree

from ansible_collections.netops.keepalive.plugins.plugin_utils._report import findings
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import model as report_model
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import policy_audit
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import text as returned_text
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import listeners, results

# Some readers show a name in one line and keep it as a key.
LONGEST_NAME = 200
OUTCOMES = ("failure", "error", "skipped")
COUNTS = ("tests", "failures", "errors", "skipped")
AFTER = "</testsuites>\n"


def junit(report: report_model.Result) -> str:
    totals = Totals()
    suites = [written(suite(host, report["created"], report["kinds"]), totals) for host in report["hosts"]]
    return "".join([before(totals), *suites, AFTER])


class Totals:
    """What a reader expects on the level of all suites, before the first one."""

    def __init__(self) -> None:
        self.numbers = dict.fromkeys(COUNTS, 0)
        self.time = 0.0

    def add(self, suite_: ElementTree.Element) -> None:
        for key in COUNTS:
            self.numbers[key] += int(suite_.get(key, 0))
        self.time += float(suite_.get("time", 0))


def before(totals: Totals) -> str:
    numbers = " ".join(f'{key}="{number}"' for key, number in totals.numbers.items())
    head = '<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="netops.keepalive" {0} time="{1:.3f}">'
    return head.format(numbers, totals.time)


def written(suite_: ElementTree.Element, totals: Totals) -> str:
    totals.add(suite_)
    return ElementTree.tostring(suite_, encoding="unicode")


def suite(
    host: t.Mapping[str, t.Any], created: str, kinds: t.Sequence[str], known: t.Iterable[t.Mapping[str, t.Any]] = ()
) -> ElementTree.Element:
    """``known`` are the findings of a host whose listeners are not at hand."""
    name = clipped(host["name"])
    element = ElementTree.Element("testsuite", name=name, hostname=name, timestamp=created.rstrip("Z"))
    if host["policy"]:
        add_policy(element, host["policy"], name)
    if host["status"] == results.MISSING or (host["status"] != results.OK and report_model.LISTENERS in kinds):
        error = case(element, "the host can be validated", name)
        outcome(error, "error", host["status"], host["message"] or host["status"])
    seen: t.Counter[str] = collections.Counter()
    for entry in host["listeners"] or ():
        title = clipped(listeners.title(entry)) or "listener"
        seen[title] += 1
        # A server follows a case from run to run by its name, so workers that share an address are numbered.
        add(element, entry, title if seen[title] == 1 else "{0} #{1}".format(title, seen[title]), name)
    for one in known:
        found = case(element, clipped(findings.title(one)), name)
        add_finding(found, one["id"])
        outcome(found, "failure", one["verdict"], one["reason"] or "", advice(one["remedy"]))
    count(element)
    return element


def clipped(text: str) -> str:
    return returned_text.clipped(text, LONGEST_NAME)


def case(suite_: ElementTree.Element, name: str, host: str) -> ElementTree.Element:
    return ElementTree.SubElement(suite_, "testcase", name=name, classname=host)


def add(suite_: ElementTree.Element, entry: report_model.Result, name: str, host: str) -> None:
    element = case(suite_, name, host)
    if entry["measured"] and entry["measured"]["dropped_after"] is not None:
        element.set("time", str(entry["measured"]["dropped_after"]))
    if entry["finding"]:
        add_finding(element, entry["finding"])
    reason = entry["reason"] or ""
    if entry["fails"]:
        outcome(element, "failure", entry["verdict"], reason, advice(entry["remedy"]))
    elif entry["verdict"] is None:
        outcome(element, "skipped", None, "no policy: {0}".format(reason))
    elif entry["verdict"] == "exempt" or entry["verdict"] in listeners.UNDECIDED:
        outcome(element, "skipped", None, "{0}: {1}".format(entry["verdict"], entry["exempt"] or reason))
    else:
        ElementTree.SubElement(element, "system-out").text = reason


def add_policy(suite_: ElementTree.Element, audit: report_model.Result, host: str) -> None:
    element, status = case(suite_, "the host has the values of its policy", host), audit["status"]
    if status == policy_audit.DRIFT:
        outcome(element, "failure", status, audit["message"])
    elif status == policy_audit.COMPLIANT:
        ElementTree.SubElement(element, "system-out").text = audit["message"]
    else:
        outcome(element, "error", status, audit["message"])


def add_finding(case_: ElementTree.Element, identifier: str) -> None:
    properties = ElementTree.SubElement(case_, "properties")
    ElementTree.SubElement(properties, "property", name="finding", value=identifier)


def outcome(case_: ElementTree.Element, tag: str, kind: str | None, message: str, more: t.Sequence[str] = ()) -> None:
    message = returned_text.one_line(message)
    element = ElementTree.SubElement(case_, tag, message=message)
    if kind:
        element.set("type", kind)
    element.text = "\n".join([message, *more]) if more else None


def advice(remedy: report_model.Result | None) -> list[str]:
    """The remedy, line by line."""
    return [remedy["text"] or "", *remedy["lines"]] if remedy else []


def count(element: ElementTree.Element) -> None:
    numbers = collections.Counter(one.tag for one in element.iter())
    for tag, attribute in zip(("testcase", *OUTCOMES), COUNTS):
        element.set(attribute, str(numbers[tag]))
    element.set("time", "{0:.3f}".format(sum(float(case_.get("time", 0)) for case_ in element.iter("testcase"))))
