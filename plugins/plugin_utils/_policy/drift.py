# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold a host's values against a policy, and show the results of a fleet as a table. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings, _text
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import goals
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import text as returned_text

Result = dict[str, t.Any]
WHEN = {"runtime": "now", "boot": "after the next boot"}
COLUMNS = ("HOST", "STATUS", "WHY")
WORST_FIRST = ("failed", "missing", "unreachable", "drift", "compliant")
NO_VALUES = {"wanted": None, "runtime": None, "boot": None}
NOT_AUDITED = "the host was not audited"


class Wrong(t.NamedTuple):
    """A wrong value, and the file and line that set it; ``wanted`` is ``None`` if they should not set any.

    ``cure`` is an interval that cures a ``drop_after`` that is too long.
    """

    parameter: str
    found: int | None
    wanted: int | None
    file: str | None
    line: int | None
    cure: int | None = None


def audit(
    found: t.Mapping[str, t.Any], policy: _settings.Settings, runtime: bool = True, boot: bool = True, file: str = ""
) -> Result:
    """The verdict on one host from what ``tcp_keepalive_info`` returned there, or from what it failed with.

    A ``policy`` without any value stands for ``state: absent``: no value may come from ``file``, and the values in force have
    to be those of the next boot. A value that a system fixes (``fixed``: Windows sends 10 probes) is not drift by itself, but
    a dead peer has to be dropped as soon as the policy says.

    Returns:
        What ``policy_audit.AUDIT`` describes.
    """
    for status in ("unreachable", "failed"):
        if found.get(status):
            return verdict(status, returned_text.failure(found.get("msg") or status))
    wanted = policy.report() if policy.named() else None
    values = {"wanted": wanted, **{when: dict(found[when]) for when in WHEN}}
    moments = ["runtime"] * runtime + ["boot"] * boot
    if policy.named() and found.get("fixed"):
        differences = drift_of_fixed(found, policy, moments)
    elif policy.named():
        differences = drift(found, policy.named(), moments)
    else:
        differences = remains(found, runtime, boot, file)
    if differences:
        return verdict("drift", explain(found, differences), differences, values)
    doubts = " ".join(found.get("limits") or [])
    return verdict("compliant", "as the policy says" + (". But: " + doubts if doubts else ""), values=values)


def verdict(
    status: str, message: str, differences: t.Sequence[Result] = (), values: t.Mapping[str, t.Any] | None = None
) -> Result:
    visible = returned_text.visible(returned_text.one_line(message))  # it has names of files from the host
    return {"status": status, "message": visible, "differences": list(differences), **(values or NO_VALUES)}


def drift(found: t.Mapping[str, t.Any], wanted: t.Mapping[str, int], moments: t.Sequence[str]) -> list[Result]:
    return [
        difference(found, name, when, value)
        for name, value in wanted.items()
        for when in moments
        if found[when][name] != value
    ]


def drift_of_fixed(found: t.Mapping[str, t.Any], policy: _settings.Settings, moments: t.Sequence[str]) -> list[Result]:
    """As ``drift``, with a number of probes that the system fixes. An interval that makes up for it, or a shorter one, complies."""
    probes = found["fixed"]["probes"]
    wanted = {name: value for name, value in policy.named().items() if name != "probes"}
    cure = goals.interval_for(policy, probes) if policy.probes is not None and policy.probes < probes else None
    if cure is None:
        return drift(found, wanted, moments)
    differences = drift(found, {"time": wanted["time"]}, moments)
    for when in moments:
        interval, dropped = found[when]["interval"], found[when]["drop_after"]
        if interval is not None and 0 < interval <= cure:
            continue
        if interval != policy.interval:
            differences += drift(found, {"interval": cure or wanted["interval"]}, [when])
        elif dropped is not None and dropped > (_settings.drop_after(policy) or 0):
            late = difference(found, "drop_after", when, _settings.drop_after(policy))
            differences.append(dict(late, cure=cure or None))
    return differences


def remains(found: t.Mapping[str, t.Any], runtime: bool, boot: bool, file: str) -> list[Result]:
    # A system with fixed values (Windows) has no such files: absent removes every value that is set there.
    sources = found["boot_source"]
    ours = [
        name
        for name in _settings.NAMES
        if boot and sources[name] and (sources[name]["file"] == file or found.get("fixed"))
    ]
    left = [name for name in _settings.NAMES if runtime and found["runtime"][name] != found["boot"][name]]
    return [difference(found, name, "boot", None) for name in ours] + [
        difference(found, name, "runtime", found["boot"][name]) for name in left
    ]


def difference(found: t.Mapping[str, t.Any], name: str, when: str, wanted: int | None) -> Result:
    value = found[when][name]
    return dict({"parameter": name, "when": when, "found": value, "wanted": wanted}, **origin(found, name, when, value))


def origin(found: t.Mapping[str, t.Any], name: str, when: str, value: object) -> Result:
    """The file and line that set ``value``: those that decide at boot, or, for the running kernel, any others."""
    places = [found["boot_source"].get(name)] if value == found["boot"][name] else []
    if when == "runtime":
        places += [
            item for item in found.get("conflicts") or [] if item["parameter"] == name and item["value"] == value
        ]
    place = next(iter(places), None) or {"file": None, "line": None}
    return {"file": place["file"], "line": place["line"]}


def explain(found: t.Mapping[str, t.Any], differences: list[Result]) -> str:
    """The differences in words: one clause for all values that are wrong at the same time for the same reason."""
    moments: dict[Wrong, list[str]] = {}
    for item in differences:
        values: list[t.Any] = [item.get(key) for key in Wrong._fields]
        wrong = Wrong(*values)
        moments.setdefault(wrong, []).append(item["when"])
    alike: dict[tuple[t.Any, ...], list[Wrong]] = {}
    for wrong, when in moments.items():
        place = wrong.file or nowhere(found, wrong, when)
        alike.setdefault((tuple(when), place, wrong.wanted is None), []).append(wrong)
    return "; ".join(clause(when, place, values) for (when, place, _absent), values in alike.items())


def nowhere(found: t.Mapping[str, t.Any], wrong: Wrong, moments: list[str]) -> str:
    """The origin of a value that no file sets."""
    if wrong.found is None:
        return "the host shows none"
    if wrong.parameter == "drop_after":
        cure = "no interval makes up for it" if wrong.cure is None else "interval {0} would do".format(wrong.cure)
        return "this host always sends {0} probes; {1}".format(found["fixed"]["probes"], cure)
    if moments == ["runtime"] and found.get("reboot_required"):
        return "until the next boot"
    by_default = "boot" in moments or wrong.found == found["defaults"][wrong.parameter]
    return "the system's default" if by_default else "no file says so"


def clause(moments: t.Iterable[str], place: str, values: list[Wrong]) -> str:
    lines = ",".join(str(wrong.line) for wrong in values if wrong.line is not None)
    seen = ", ".join(
        "{0} {1}".format(wrong.parameter, "unknown" if wrong.found is None else wrong.found) for wrong in values
    )
    wanted = ", ".join(
        ("at most {0}" if wrong.parameter == "drop_after" else "{0}").format(wrong.wanted)
        for wrong in values
        if wrong.wanted is not None
    )
    return "{0} {1} ({2}), should {3}".format(
        seen.replace(" ", " is ", 1),
        " and ".join(WHEN[moment] for moment in moments),
        place + ":" + lines if lines else place,
        "be " + wanted if wanted else "not come from there",
    )


def table(results: t.Mapping[str, t.Mapping[str, t.Any] | None]) -> list[str]:
    """Lines of text, a row per host, the worst first; a host without a result failed before it was audited."""
    known = {host: result or verdict("failed", NOT_AUDITED) for host, result in results.items()}
    ordered = sorted(known.items(), key=lambda item: (WORST_FIRST.index(item[1]["status"]), item[0]))
    rows = [COLUMNS] + [(host, result["status"], " ".join(result["message"].split())) for host, result in ordered]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return ["{0:<{2}}  {1:<{3}}  ".format(row[0], row[1], *widths) + row[2] for row in rows] + [count(known)]


def count(results: t.Mapping[str, t.Mapping[str, t.Any]]) -> str:
    statuses = [result["status"] for result in results.values()]
    numbers = [(statuses.count(status), status) for status in reversed(WORST_FIRST)]
    return (
        _text.counted(len(statuses), "host")
        + ": "
        + ", ".join("{0} {1}".format(*number) for number in numbers if number[0])
    )
