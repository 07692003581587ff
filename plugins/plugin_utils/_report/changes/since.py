# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report says about an earlier one, and how that reads in one sentence. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _text
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import findings
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import listener as returned_listener
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import shapes
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned.shapes import Absent, Items, Key, Keys, Text

Mapping = t.Mapping[str, t.Any]
CURED, LEFT, NEW = "cured", "left", "new"
CHANGED, GONE, UNDECIDED, NOT_COMPARED = "changed", "gone", "undecided", "not_compared"
# An offender that had another finding before.
FROM_ANOTHER = "from_another"
# An offender of a host that was not audited again, and one of a host that was not audited before.
AWAY, ADDED = "away", "added"
OTHERS = (CHANGED, GONE, UNDECIDED)
CHANGES = (NEW, LEFT, NOT_COMPARED, UNDECIDED, CHANGED, GONE, CURED)
OF_FINDING = ("id", "program", "verdict", "set_by", "remedy")
OF_LISTENERS = {
    NEW: "new",
    LEFT: "left",
    FROM_ANOTHER: "with another finding before",
    NOT_COMPARED: "not compared",
    CHANGED: "with another finding now",
    GONE: "not listening now",
    UNDECIDED: "exempt or undecided now",
}
MOST = returned_listener.MOST_LISTENERS
MOST_NAMED = 10
COUNTS = {
    CURED: "Offended before and comply now.",
    LEFT: "Offended before and offend now, with this finding.",
    FROM_ANOTHER: "Offended with another finding before and offend with this one now.",
    NEW: "Offend now and did not before.",
    CHANGED: "Offended with this finding before and offend with another one now.",
    GONE: "Offended before and do not listen now.",
    UNDECIDED: "Offended before, and are now exempt, undecided, or of a verdict that fails no host.",
    NOT_COMPARED: "Offend in one of the reports, on hosts that are not in the other or were not audited there.",
    "then": "Offended with this finding before.",
    "now": "Offend with it now.",
}
NAME = Text(shortest=1)
NAMES = Items(NAME, MOST)
TITLE = Keys(tuple(key for key in findings.FINDING.keys if key.name in OF_FINDING))
HOSTS = {
    "only_before": "Hosts that are in the earlier report only.",
    "only_now": "Hosts that are in this report only.",
    "not_audited": "Hosts that are in both, and could not be audited in one of them.",
}
SINCE = Keys(
    (
        Key("created", Text(shortest=1), "When the earlier report was made, in UTC.", Absent.REFUSED),
        Key(
            "same_policy",
            shapes.Flag(),
            "Whether both were held against the same policies, with the same values.",
            Absent.REFUSED,
        ),
        Key(
            "findings",
            Items(
                Keys(
                    (
                        *TITLE.keys,
                        Key(
                            "change",
                            shapes.Word(CHANGES),
                            "What became of it. It is cured if no host has it, and all its listeners that still listen comply.",
                            Absent.REFUSED,
                        ),
                        *(
                            Key(name, returned_listener.COUNT, f"Listeners: {text}", Absent.REFUSED)
                            for name, text in COUNTS.items()
                        ),
                        Key("cured_on", NAMES, "The hosts on which a listener of it is cured.", Absent.REFUSED),
                    )
                ),
                MOST,
            ),
            "The findings of both reports, those that are to be cured first.",
            Absent.REFUSED,
        ),
        Key(
            "hosts",
            Keys(
                (
                    Key("compared", returned_listener.COUNT, "The number of hosts that were compared.", Absent.REFUSED),
                    *(Key(name, NAMES, text, Absent.REFUSED) for name, text in HOSTS.items()),
                )
            ),
            "Which hosts were compared, and which were not.",
            Absent.REFUSED,
        ),
    )
)


def fitted(found: object) -> dict[str, t.Any] | None:
    """As it stands in a report that was read back; none where it compares nothing."""
    try:
        return None if found is None else SINCE.fit(found)
    except shapes.Unfit as error:
        raise _errors.InvalidValue(
            "the comparison of the report has {0} that no report has.".format(
                f"a {error.place}" if error.place else "a form"
            )
        ) from None


def headline(found: Mapping, moment: str) -> str:
    """``Since ...: 3 findings cured on 12 hosts, 1 left, none new``."""
    numbers = {change: sum(one["change"] == change for one in found["findings"]) for change in CHANGES}
    cured = [one for one in found["findings"] if one["change"] == CURED]
    on = len({name for one in cured for name in one["cured_on"]})
    parts = [
        f"{_text.counted(len(cured), 'finding')} cured on {_text.counted(on, 'host')}" if cured else "no finding cured",
        f"{numbers[LEFT] or 'none'} left",
        f"{numbers[NEW] or 'none'} new",
        # A finding that changed is among those that are left or new, by its new name.
        *(f"{numbers[change]} {word(change)}" for change in (NOT_COMPARED, GONE, UNDECIDED) if numbers[change]),
    ]
    return f"Since {moment}: {', '.join(parts)}"


def extent(found: Mapping) -> str:
    """``40 of 52 offending listeners comply now, on 12 hosts``; empty where none was compared."""
    every = sum(one[key] for one in found["findings"] for key in (CURED, LEFT, *OTHERS))
    if not every:
        return ""
    cured = sum(one[CURED] for one in found["findings"])
    on = len({name for one in found["findings"] for name in one["cured_on"]})
    text = f"{cured} of {_text.counted(every, 'listener')} that offended {'complies' if cured == 1 else 'comply'} now"
    return f"{text}, on {_text.counted(on, 'host')}" if cured else text


def notes(found: Mapping) -> list[str]:
    """What keeps the two reports from being alike."""
    hosts = found["hosts"]
    texts = {
        "only_before": "Only in the earlier report, so not compared",
        "only_now": "Only in this report, so not compared",
        "not_audited": "Not audited in one of the reports, so not compared",
    }
    told = [f"{text}: {named(hosts[key])}" for key, text in texts.items() if hosts[key]]
    return told if found["same_policy"] else ["The two reports were not held against the same policies.", *told]


def named(names: t.Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def word(change: str) -> str:
    return change.replace("_", " ")


def listeners(found: Mapping) -> str:
    """``4 cured on 2 hosts, 1 left``."""
    parts = [f"{found[change]} {text}" for change, text in OF_LISTENERS.items() if found[change]]
    if found[CURED]:
        parts.insert(0, f"{found[CURED]} cured on {_text.counted(len(found['cured_on']), 'host')}")
    return ", ".join(parts)
