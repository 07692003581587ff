# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Trees at random: what our code predicts from the files is what the programs of four releases do with them.

The same hundred examples each time, and new ones in the long test; KEEPALIVE_EXAMPLES=4000 asks for that many new ones in both.
"""

from __future__ import annotations

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from tests.support.examples import examples
from tests.support.readers.release import Release, ask_all
from tests.support.vectors import INTVL, PROBES, TIME
from tests.support.vectors.sysctl_trees import CONF, ETC, LOCAL, RUN, VENDOR, Entry, Folder, Link, Tree

# Few names, so that they collide; the odd ones: hidden, with other endings, no text, glob characters.
NAMES = ["10-a.conf", "50-x.conf", "99-sysctl.conf", "9.conf", "B.conf", "_.conf"]
ODD_NAMES = [".x.conf", ".conf", "-.conf", "a b.conf", "#.conf", "\u00e4.conf", "\udcff.conf", "a\nb.conf", "a[b].conf", "{x,y}.conf",
             "x.conf.bak", "x.CONF", "x"]  # fmt: skip
FOLDERS = [ETC, ETC, RUN, LOCAL, VENDOR]

GLOBS = [
    "net.ipv4.tcp_keepalive_*", "net/ipv4/tcp_keepalive_*", "/net/ipv4/tcp_keepalive_*", "net..ipv4.tcp_keepalive_*", "net.ipv4.tcp_keepalive_t*",
    "net.*.tcp_keepalive_time", "*/ipv4/tcp_keepalive_intvl", "*/*/tcp_keepalive_p*", "net/*/tcp_keepalive_????", "net.ipv4.tcp_keepalive_{time,intvl}",
    "net.ipv4.tcp_keepalive_{time,pr*}", "net.{ipv4,ipv6}.tcp_keepalive_[ip]*", "net.ipv4.{tcp_keepalive_t*", "net.ipv4.tcp_keepalive_{t{ime,},i*}",
    "{net/ipv4,x}/tcp_keepalive_*", "net.ipv4.tcp_keepalive_*.", "net/./ipv4/tcp_keepalive_*", "*_time", "net.ipv4.tcp_keepalive_[[:alpha:]]*",
    "net.ipv4.tcp\\_keepalive_*", "net.ipv4.tcp_keepalive_[!t]*", "net.ipv4.tcp_keepalive_tim[e",
]  # fmt: skip


def slashed(key: str) -> str:
    return key.translate({ord("."): "/", ord("/"): "."})


def spellings(key: str) -> list[str]:
    """Ways to write a key, and some that only look so."""
    first, second, name = key.split(".")
    return [
        slashed(key), f"/{slashed(key)}", f".{key}", f"//{slashed(key)}", f"{first}..{second}.{name}", f"{first}/{second}//{name}",
        f"{first}/./{second}/{name}", f"{first}./.{second}.{name}", f"./{slashed(key)}", f"{first}/{second}.{name}", f"{first}.{second}/{name}",
        f"{key}.", f"{slashed(key)}/", f"/proc/sys/{slashed(key)}", key.upper(), f"{key}x", name, f'"{key}"', f"\ufeff{key}",
        key.replace("_", "\\_"), f"{key}#",
    ]  # fmt: skip


@st.composite
def made_globs(draw: st.DrawFn) -> str:
    """A key in which some characters were replaced by patterns that may match them."""
    key = draw(st.sampled_from([TIME, slashed(INTVL), PROBES]))
    characters = list(key)
    for place in draw(st.sets(st.integers(key.index("tcp_") + 4, len(key) - 1), min_size=1, max_size=2)):
        one = key[place]
        patterns = [
            "?",
            "*",
            f"[{one}]",
            f"[!{one}]",
            f"[^{one}x]",
            "[!x]",
            "[a-m]",
            "[n-z_]",
            "[z-a]",
            "[]x]",
            "[",
            f"\\{one}",
        ]
        characters[place] = draw(st.sampled_from(patterns))
    return "".join(characters)


# The parts of a line, in order: how each mostly is, and how else it may be. Bytes that are not UTF-8 are surrogates.
LINE_PARTS = {
    "before": (st.just(""), st.sampled_from([" ", "\t", " \t", "\f", "\v", "\r", "#", ";", "=", "\u00a0", "x\n"])),
    "dash": (st.just(""), st.sampled_from(["-", "--", "- ", "---"])),
    "key": (
        st.sampled_from([TIME, TIME, INTVL, PROBES]),
        st.one_of(st.sampled_from([TIME, INTVL, PROBES]).flatmap(lambda key: st.sampled_from(spellings(key))), st.sampled_from(GLOBS), made_globs()),
    ),
    "after key": (st.just(""), st.sampled_from([" ", "\t", " \t ", "\f", "\v", "\r", "\u00a0", "\0"])),
    "equals": (st.just("="), st.sampled_from(["==", ":", " ", "", "= ="])),
    "before value": (st.just(""), st.sampled_from([" ", "\t", " \t ", "\f", "\v", "\r", "\u00a0", "\udca0", "\udcff"])),
    "value": (
        st.integers(1, 255).map(str),
        st.sampled_from(["0", "-1", "-0", "-60", "256", "8589934", "8589935", "-8589934", "0x3c", "0X1F", "0x", "010", "08", "000000000000000000060",
                         "00000000000000000060", "-0000000000000000006", "9" * 25, "+60", "60.5", "6e1", "- 5", "--5", '"60"', "abc", "", "\\"]),
    ),
    "tail": (st.just(""), st.sampled_from([" # comment", "#x", " 70", "\t;", " ", "\t", "\\", "\f", "\v", "=1", "\u00a0", "\udca0", "\udcff"])),
    "end": (st.just("\n"), st.sampled_from(["\r\n", "\n\n", "\r", "\n\r", "\0", "\0\n", "", "\r\r\n"])),
}  # fmt: skip


@st.composite
def lines(draw: st.DrawFn) -> str:
    if draw(st.integers(0, 9)) == 0:
        return "-" + draw(st.one_of(st.sampled_from([TIME, slashed(TIME), INTVL, *GLOBS]), made_globs())) + "\n"
    odd = draw(st.sets(st.sampled_from(sorted(LINE_PARTS)), max_size=2))
    return "".join(draw(other if name in odd else usual) for name, (usual, other) in LINE_PARTS.items())


FILES = st.tuples(st.sampled_from(["", "", "", "", "\ufeff"]), st.lists(lines(), min_size=1, max_size=4)).map(
    lambda parts: (parts[0] + "".join(parts[1])).encode("utf-8", "surrogateescape")
)
ODD_ENTRIES: st.SearchStrategy[Entry] = st.one_of(
    st.sampled_from(["/dev/null", "nowhere", "../sysctl.conf", "10-a.conf", "50-x.conf", "/etc/target", "."]).map(Link),
    st.just(Folder()),
    st.just(b""),
)
PATHS = st.one_of(
    st.builds(str.__add__, st.sampled_from(FOLDERS), st.sampled_from(NAMES)),
    st.builds(str.__add__, st.sampled_from(FOLDERS), st.sampled_from(NAMES + ODD_NAMES)),
    st.sampled_from([CONF, CONF, f"{ETC}99-sysctl.conf", "/etc/target"]),
)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    paths = draw(st.lists(PATHS, unique=True, min_size=1, max_size=5))
    return {path: draw(ODD_ENTRIES if draw(st.integers(0, 7)) == 0 else FILES) for path in paths}


def assert_predicted(tree: Tree, releases: list[Release]) -> None:
    answers = ask_all(releases, tree)
    for path, entry in tree.items():
        note(f"{path!r}: {entry!r}")
    assert {name: answer.predicted for name, answer in answers.items()} == {
        name: answer.real for name, answer in answers.items()
    }


@given(tree=trees())
@examples(100)
def test_every_tree_does_what_we_predict(tree: Tree, releases: list[Release]) -> None:
    assert_predicted(tree, releases)


@pytest.mark.long
@given(tree=trees())
@examples(2000, new=True)
def test_thousands_of_trees_do_what_we_predict(tree: Tree, releases: list[Release]) -> None:
    assert_predicted(tree, releases)
