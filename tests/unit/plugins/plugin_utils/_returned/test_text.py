# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import unicodedata
from xml.etree import ElementTree

import pytest
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned.text import clipped, failure, one_line, visible
from hypothesis import given
from hypothesis import strategies as st

SHOWN = [
    ("plain", "plain"),
    ("grün 日本 🦊", "grün 日本 🦊"),
    ("tab\tline\nreturn\r", "tab\\tline\\nreturn\\r"),
    ("\x00\x1b[31m\x7f\x9b", "\\x00\\x1b[31m\\x7f\\x9b"),
    ("\u202egnp.exe", "\\u202egnp.exe"),
    ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
    ("\udce9", "\\xe9"),
    ("\ud83d", "\\ud83d"),
    ("\ufffe\uffff", "\\ufffe\\uffff"),
    ("\U000e0041", "\\U000e0041"),
]


@pytest.mark.parametrize(("text", "expected"), SHOWN)
def test_visible(text: str, expected: str) -> None:
    assert visible(text) == expected


@given(st.text(st.characters(exclude_categories=())))
def test_nothing_hides_and_xml_takes_it(text: str) -> None:
    shown = visible(text)
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cs", "Zl", "Zp"}
    element = ElementTree.Element("a")
    element.text = shown
    assert (ElementTree.fromstring(ElementTree.tostring(element, encoding="utf-8")).text or "") == shown


def test_clipped() -> None:
    assert clipped("abcde", 5) == "abcde"
    assert clipped("abcdef", 5) == "abcd…"


def test_one_line() -> None:
    assert one_line(" a\n  b\t") == "a b"


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("Task failed: Module failed: bad", "bad"),
        ("no\n  route", "no route"),
        ("\x1b[2Jok: [web]\u202e", "\\x1b[2Jok: [web]\\u202e"),
        (7, "7"),
    ],
)
def test_failure(message: object, shown: str) -> None:
    assert failure(message) == shown
