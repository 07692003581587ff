# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patterns in sysctl files, and the paths below ``/proc/sys`` that they match. Pure.

The standard library's fnmatch is not enough: it differs from glob(3) in character classes, escapes and ``[^...]``, and
knows no braces.
Source: glob(7); ``glob-util.c`` of systemd.
"""

import re
import typing as t

# A part of a glob between slashes consists of escaped characters, closed sets of characters, and other characters.
GLOB_PIECE = re.compile(
    r"\\(?P<escaped>.)|\[(?P<inverse>[!^]?)(?P<members>\]?(?:\[:[a-z]+:\]|\\.|[^\]\\])*)\]|(?P<other>.)", re.DOTALL
)
ANYTHING = ".*"
# No file that was seen has more in one line; {a,b} 24 times is 16 million.
MOST_CHOICES = 1000
SET_PIECE = re.compile(r"\[:(?P<kind>[a-z]+):\]|(?:\\?(?P<low>.))(?:-\\?(?P<high>[^\]]))?", re.DOTALL)
KINDS = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}


def spelled_by(pattern: str, path: str) -> t.Optional[str]:
    """The spelling under which glob(3) returns ``path`` for ``pattern``; ``None`` where it does not match.

    The readers compare this spelling, not the file behind it, with the keys that lines name by themselves.
    """
    wanted = path.split("/")
    found = []
    for part in pattern.split("/"):
        if part in ("", "."):
            found.append(part)
        elif wanted and matches(part, wanted[0]):
            found.append(wanted.pop(0))
        else:
            return None
    return None if wanted or not found[-1] or found[-1] == "." else "/".join(found)


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern matches a text as fnmatch(3) has it without flags: a slash is like any other character."""
    pieces: t.List[str] = []
    for piece in map(expression_of, GLOB_PIECE.finditer(pattern)):
        if piece != ANYTHING or pieces[-1:] != [ANYTHING]:  # a run of them would be tried in every way
            pieces.append(piece)
    return re.match("".join(pieces) + r"\Z", text) is not None


def expression_of(piece: t.Match[str]) -> str:
    if piece.group("escaped"):
        return re.escape(piece.group("escaped"))
    if piece.group("members") is not None:
        members = "".join(expression_of_member(member) for member in SET_PIECE.finditer(piece.group("members")))
        if piece.group("inverse"):
            return "[^{0}]".format(members) if members else "."
        return "[{0}]".format(members) if members else "(?!)"
    return {"*": ANYTHING, "?": "."}.get(piece.group("other"), re.escape(piece.group("other")))


def expression_of_member(member: t.Match[str]) -> str:
    if member.group("kind"):
        return KINDS.get(member.group("kind"), "")
    low, high = member.group("low"), member.group("high") or member.group("low")
    return "{0}-{1}".format(re.escape(low), re.escape(high)) if low <= high else ""


def without_braces(pattern: str) -> t.List[str]:
    """The patterns that ``{a,b}`` in a pattern stands for (GLOB_BRACE; systemd asks for it, procps does not); not many more
    than ``MOST_CHOICES``."""
    found: t.List[str] = []
    open_ones = [pattern]
    while open_ones and len(found) < MOST_CHOICES:
        one = open_ones.pop()
        start = one.find("{")
        ends = ends_of_choices(one, start) if start >= 0 else []
        if not ends:
            found.append(one)
        choices = [one[low + 1 : high] for low, high in zip([start] + ends, ends)]
        open_ones += [one[:start] + choice + one[ends[-1] + 1 :] for choice in reversed(choices)]
    return found


def ends_of_choices(pattern: str, start: int) -> t.List[int]:
    """Where the commas and the closing brace are that belong to the brace at ``start``; empty if it is not closed."""
    depth, ends = 0, []
    for position in range(start, len(pattern)):
        depth += {"{": 1, "}": -1}.get(pattern[position], 0)
        if depth == 0 or (depth == 1 and pattern[position] == ","):
            ends.append(position)
        if depth == 0:
            return ends
    return []
