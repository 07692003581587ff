# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An answer of another form than the script's is refused, whatever it is."""

from __future__ import annotations

import re

import pytest
from ansible_collections.netops.keepalive.plugins.plugin_utils._look import script
from ansible_collections.netops.keepalive.plugins.plugin_utils._look.answer import Refused, parsed

from tests.support.look.answers import MARK, OURS, SET, answer

TWO = {OURS: SET, "/etc/sysctl.conf": "# none\n"}
WHOLE = answer(TWO)
FORM, CUT = "another form", "no answer, or not a whole one"
SIZES, CONTENTS = re.escape("ValueError('sizes')"), "the contents do not have the sizes"

ODD = {
    "nothing": ("", CUT),
    "no POSIX shell": ("/bin/sh: 1: Syntax error: \"(\" unexpected\n", CUT),
    "a page to log in": ("<html>\r\n" * 50, CUT),
    "bytes": ("\udcff\0\x1b[2J" * 100, CUT),
    "another mark": (WHOLE.replace(MARK, "fedcba9876543210"), CUT),
    "a terminal between": (WHOLE.replace("\n", "\r\n"), CUT),
    "odd": (WHOLE.replace(f"{MARK} machine", f"{MARK} odd"), "out of the ordinary"),
    "too much": ("x" * (2 * script.MOST_BYTES + 1), "too much"),
    "no kernel": (answer(kernel=None), "kernel"),
    "too few values": (answer(kernel="Linux\n"), FORM),
    "too many values": (answer(kernel="1\n" * 8), FORM),
    "no entries": (answer(entries=None), "entries"),
    "no -ef": (answer(namespace="namespace 2\n"), "no -ef"),
    "a name with a newline": (answer({OURS: SET, "/etc/sysctl.d/5\nx.conf": ""}), FORM),
    "a kind that is none": (answer(entries="socket /etc\n"), FORM),
    "a folder without a place": (answer(entries="folder /etc\n"), FORM),
    "a place that is none": (answer(entries="folder /etc\netc\n"), FORM),
    "a day that is none": (answer(changed="2026-13-28 04:08:18.904650484 +0000 /etc\n"), FORM),
    "no sizes": (answer(sizes=""), SIZES),
    "sizes that are none": (answer(sizes="many\n"), FORM),
    "a negative size": (answer(sizes=f"-1 {OURS}\n"), SIZES),
    "a size too small": (answer(sizes=f"1 {OURS}\n"), CONTENTS),
    "a size too large": (answer(sizes=f"1000 {OURS}\n"), CONTENTS),
    "a size of thousands of digits": (answer(sizes="9" * 5000 + "\n"), FORM),
    "a wrong sum": (answer(TWO, sizes="1 a\n2 b\n4 total\n"), SIZES),
    "one size too many": (answer(TWO, sizes="1 a\n2 b\n3 c\n6 total\n"), SIZES),
    "a mark in the contents": (answer(contents=SET.replace("120", f"120\n{MARK} end")), CONTENTS),
    "no end": (answer(end=None), CONTENTS),
}  # fmt: skip


@pytest.mark.parametrize(("output", "message"), ODD.values(), ids=ODD)
def test_an_odd_answer(output: str, message: str) -> None:
    with pytest.raises(Refused, match=message):
        parsed(output, MARK)


@pytest.mark.parametrize("length", range(0, len(WHOLE.rstrip("\n")), 97))
def test_an_answer_that_was_cut_off(length: int) -> None:
    with pytest.raises(Refused):
        parsed(WHOLE[:length], MARK)


def test_what_is_told() -> None:
    told = parsed(f"Welcome!\n{WHOLE}bye\n", MARK)
    assert told.texts[OURS] == SET.encode()
    assert told.texts["/etc/sysctl.conf"] == b"# none\n"
    assert told.texts["/proc/sys/net/ipv4/tcp_keepalive_time"] == b"120"
    assert told.kinds[OURS] == "file"
    assert told.real_paths["/lib"] == "/usr/lib"
    assert told.changed == {"/etc": 1795838898 + 1e-9 * 904650484}


@pytest.mark.parametrize("text", ["\udcff\r\n\0", "no newline", "", f"{MARK} end\n", "\n\n"])
def test_contents_are_told_byte_by_byte(text: str) -> None:
    assert parsed(answer({OURS: text}), MARK).texts[OURS] == text.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize("line", ["stat: unknown option", "1795838898 /etc"])
def test_a_time_of_another_form_is_not_told(line: str) -> None:
    assert parsed(answer(changed=f"{line}\n"), MARK).changed == {}
