# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text from a host (names of processes, reasons, errors) as text that is safe to show. Pure."""

import re

# What XML 1.0 forbids, what a terminal or a browser obeys instead of showing it (controls, overrides of the writing
# direction, tags), and what takes no room. Half of a surrogate pair is a byte that was no UTF-8.
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e0fff\U0001fffe\U0001ffff\U0010fffe\U0010ffff]"
)
UNDECODED = range(0xDC80, 0xDD00)
SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str, but: str = "") -> str:
    """The text with an escape such as ``\\x1b`` for each character that hides, or that a terminal or browser would obey; not for
    those in ``but``."""
    return UNSEEN.sub(lambda found: found.group() if found.group() in but else escape(found.group()), text)


def escape(character: str) -> str:
    code = ord(character)
    if code in UNDECODED:
        code -= 0xDC00
    form = "\\x{0:02x}" if code < 0x100 else "\\u{0:04x}" if code < 0x10000 else "\\U{0:08x}"
    return SHORT.get(character) or form.format(code)


def failure(message: object) -> str:
    """What ansible-core says about a failure, in one visible line and without the headings of newer releases."""
    text = visible(one_line(str(message)))
    for heading in ("Task failed: ", "Action failed: ", "Module failed: "):
        text = text.removeprefix(heading)
    return text


def clipped(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "\u2026"


def one_line(text: str) -> str:
    return " ".join(text.split())
