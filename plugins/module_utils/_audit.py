# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold what a host has against what it should have, and show a fleet of such results as a table. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._settings import NAMES, Settings

Result = t.Dict[str, t.Any]
WHEN = {"runtime": "now", "boot": "after the next boot"}
COLUMNS = ("HOST", "STATUS", "WHY")
WORST_FIRST = ("failed", "unreachable", "drift", "compliant")


def audit(found: t.Mapping[str, t.Any], policy: Settings, runtime: bool = True, boot: bool = True, file: str = "") -> Result:
    """The verdict on one host from what ``tcp_keepalive_info`` returned there.

    ``policy`` without any value stands for ``state: absent``: nothing may come from ``file``, and the values in force
    shall be those of the next boot.

    Returns:
        ``status`` (``compliant``, ``drift``, ``unreachable`` or ``failed``), ``message`` (one sentence) and
        ``differences``, a list of ``{parameter, when, found, wanted, file, line}``.
    """
    for status in ("unreachable", "failed"):
        if found.get(status):
            return verdict(status, str(found.get("msg") or status), [])
    if policy.named():
        differences = drift(found, policy.named(), [when for when, asked in (("runtime", runtime), ("boot", boot)) if asked])
    else:
        differences = remains(found, runtime, boot, file)
    if not differences:
        return verdict("compliant", "as the policy says", [])
    return verdict("drift", "; ".join(sentence(item) for item in differences), differences)


def verdict(status: str, message: str, differences: t.List[Result]) -> Result:
    return {"status": status, "message": message, "differences": differences}


def drift(found: t.Mapping[str, t.Any], wanted: t.Mapping[str, int], moments: t.Iterable[str]) -> t.List[Result]:
    return [
        difference(found, name, when, value)
        for when in moments
        for name, value in wanted.items()
        if found[when][name] != value
    ]


def remains(found: t.Mapping[str, t.Any], runtime: bool, boot: bool, file: str) -> t.List[Result]:
    ours = [name for name in NAMES if boot and (found["boot_source"][name] or {}).get("file") == file]
    left = [name for name in NAMES if runtime and found["runtime"][name] != found["boot"][name]]
    return [difference(found, name, "boot", None) for name in ours] + [
        difference(found, name, "runtime", found["boot"][name]) for name in left
    ]


def difference(found: t.Mapping[str, t.Any], name: str, when: str, wanted: t.Optional[int]) -> Result:
    source = (found["boot_source"][name] if when == "boot" else None) or {"file": None, "line": None}
    return dict({"parameter": name, "when": when, "found": found[when][name], "wanted": wanted}, **source)


def sentence(item: Result) -> str:
    if item["file"]:
        place = " ({file}:{line})".format(**item)
    else:
        place = " (the system's default)" if item["when"] == "boot" else ""
    wanted = "what is there without it" if item["wanted"] is None else item["wanted"]
    return "{parameter} {moment} is {found}{place}, not {wanted}".format(
        parameter=item["parameter"], moment=WHEN[item["when"]], found=item["found"], place=place, wanted=wanted
    )


def table(results: t.Mapping[str, t.Optional[t.Mapping[str, t.Any]]]) -> t.List[str]:
    """Lines of text, a row per host, the worst first; a host without a result failed before it was audited."""
    known = {host: result or verdict("failed", "the host was not audited", []) for host, result in results.items()}
    ordered = sorted(known.items(), key=lambda item: (WORST_FIRST.index(item[1]["status"]), item[0]))
    rows = [COLUMNS] + [(host, result["status"], " ".join(result["message"].split())) for host, result in ordered]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    lines = ["{0:<{2}}  {1:<{3}}  ".format(row[0], row[1], *widths) + row[2] for row in rows]
    counts = [(status, sum(result["status"] == status for result in known.values())) for status in reversed(WORST_FIRST)]
    return lines + ["{0} host{1}: ".format(len(known), "" if len(known) == 1 else "s") + ", ".join("{1} {0}".format(*count) for count in counts if count[1])]
