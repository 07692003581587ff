# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold what a host has against what it should have, and show a fleet of such results as a table. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings

Result = t.Dict[str, t.Any]
WHEN = {"runtime": "now", "boot": "after the next boot"}
COLUMNS = ("HOST", "STATUS", "WHY")
WORST_FIRST = ("failed", "unreachable", "drift", "compliant")


class Wrong(t.NamedTuple):
    """A value that is not the wanted one, and the place that says so; ``wanted`` is ``None`` where it should say nothing."""

    parameter: str
    found: t.Optional[int]
    wanted: t.Optional[int]
    file: t.Optional[str]
    line: t.Optional[int]


def audit(
    found: t.Mapping[str, t.Any], policy: _settings.Settings, runtime: bool = True, boot: bool = True, file: str = ""
) -> Result:
    """The verdict on one host from what ``tcp_keepalive_info`` returned there, or from what it failed with.

    ``policy`` without any value stands for ``state: absent``: nothing may come from ``file``, and the values in force
    shall be those of the next boot.

    Returns:
        ``status`` (``compliant``, ``drift``, ``unreachable`` or ``failed``), ``message`` (one sentence) and
        ``differences``, a list of ``{parameter, when, found, wanted, file, line}``.
    """
    for status in ("unreachable", "failed"):
        if found.get(status):
            return verdict(status, reason(found.get("msg") or status), [])
    if policy.named():
        differences = drift(found, policy.named(), ["runtime"] * runtime + ["boot"] * boot)
    else:
        differences = remains(found, runtime, boot, file)
    if differences:
        return verdict("drift", explain(found, differences), differences)
    doubts = " ".join(found.get("limits") or [])
    return verdict("compliant", "as the policy says" + (". But: " + doubts if doubts else ""), [])


def verdict(status: str, message: str, differences: t.List[Result]) -> Result:
    return {"status": status, "message": message, "differences": differences}


def reason(message: object) -> str:
    """What ansible-core says about a failure, without what newer releases put before it."""
    text = " ".join(str(message).split())
    for heading in ("Task failed: ", "Action failed: ", "Module failed: "):
        text = text[len(heading) :] if text.startswith(heading) else text
    return text


def drift(found: t.Mapping[str, t.Any], wanted: t.Mapping[str, int], moments: t.Sequence[str]) -> t.List[Result]:
    return [
        difference(found, name, when, value)
        for name, value in wanted.items()
        for when in moments
        if found[when][name] != value
    ]


def remains(found: t.Mapping[str, t.Any], runtime: bool, boot: bool, file: str) -> t.List[Result]:
    ours = [name for name in _settings.NAMES if boot and (found["boot_source"][name] or {}).get("file") == file]
    left = [name for name in _settings.NAMES if runtime and found["runtime"][name] != found["boot"][name]]
    return [difference(found, name, "boot", None) for name in ours] + [
        difference(found, name, "runtime", found["boot"][name]) for name in left
    ]


def difference(found: t.Mapping[str, t.Any], name: str, when: str, wanted: t.Optional[int]) -> Result:
    value = found[when][name]
    return dict({"parameter": name, "when": when, "found": value, "wanted": wanted}, **origin(found, name, when, value))


def origin(found: t.Mapping[str, t.Any], name: str, when: str, value: object) -> Result:
    """The file and line that say ``value``: those that decide at boot, else, for the running kernel, any other."""
    places = [found["boot_source"][name]] if value == found["boot"][name] else []
    if when == "runtime":
        places += [
            item for item in found.get("conflicts") or [] if item["parameter"] == name and item["value"] == value
        ]
    place = next(iter(places), None) or {"file": None, "line": None}
    return {"file": place["file"], "line": place["line"]}


def explain(found: t.Mapping[str, t.Any], differences: t.List[Result]) -> str:
    """What is wrong, a clause for all values that are wrong at the same time and for the same reason."""
    moments: t.Dict[Wrong, t.List[str]] = {}
    for item in differences:
        wrong = Wrong(item["parameter"], item["found"], item["wanted"], item["file"], item["line"])
        moments.setdefault(wrong, []).append(item["when"])
    alike: t.Dict[t.Tuple[t.Any, ...], t.List[Wrong]] = {}
    for wrong, when in moments.items():
        place = wrong.file or nowhere(found, wrong, when)
        alike.setdefault((tuple(when), place, wrong.wanted is None), []).append(wrong)
    return "; ".join(clause(when, place, values) for (when, place, _absent), values in alike.items())


def nowhere(found: t.Mapping[str, t.Any], wrong: Wrong, moments: t.List[str]) -> str:
    """Where a value comes from that no file names."""
    if wrong.found is None:
        return "the host shows none"
    by_default = "boot" in moments or wrong.found == found["defaults"][wrong.parameter]
    return "the system's default" if by_default else "no file says so"


def clause(moments: t.Iterable[str], place: str, values: t.List[Wrong]) -> str:
    lines = ",".join(str(wrong.line) for wrong in values if wrong.line is not None)
    seen = ", ".join(
        "{0} {1}".format(wrong.parameter, "unknown" if wrong.found is None else wrong.found) for wrong in values
    )
    wanted = ", ".join(str(wrong.wanted) for wrong in values if wrong.wanted is not None)
    return "{0} {1} ({2}), should {3}".format(
        seen.replace(" ", " is ", 1),
        " and ".join(WHEN[moment] for moment in moments),
        place + ":" + lines if lines else place,
        "be " + wanted if wanted else "not come from there",
    )


def table(results: t.Mapping[str, t.Optional[t.Mapping[str, t.Any]]]) -> t.List[str]:
    """Lines of text, a row per host, the worst first; a host without a result failed before it was audited."""
    known = {host: result or verdict("failed", "the host was not audited", []) for host, result in results.items()}
    ordered = sorted(known.items(), key=lambda item: (WORST_FIRST.index(item[1]["status"]), item[0]))
    rows = [COLUMNS] + [(host, result["status"], " ".join(result["message"].split())) for host, result in ordered]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return ["{0:<{2}}  {1:<{3}}  ".format(row[0], row[1], *widths) + row[2] for row in rows] + [count(known)]


def count(results: t.Mapping[str, t.Mapping[str, t.Any]]) -> str:
    statuses = [result["status"] for result in results.values()]
    numbers = [(statuses.count(status), status) for status in reversed(WORST_FIRST)]
    hosts = "1 host" if len(statuses) == 1 else "{0} hosts".format(len(statuses))
    return hosts + ": " + ", ".join("{0} {1}".format(*number) for number in numbers if number[0])
