# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Editing the text of a sysctl file: only lines that are about keepalive, and those so that every reader agrees."""

from __future__ import annotations

import re
import time

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files.boot_readers import predict
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files.kernel_numbers import value_of
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files.text import (
    HEADER,
    TAKEN_OVER,
    commented_out,
    lines_of,
    systemd_assignments,
    with_values,
    without,
)
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files.types import BootFacts, SysctlFile
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples

TIME, INTVL, PROBES = (f"net.ipv4.tcp_keepalive_{name}" for name in ("time", "intvl", "probes"))
PATH = "/etc/sysctl.d/50-x.conf"
TWO = {"time": 60, "interval": 10}
OURS = f"{TIME} = 60\n{INTVL} = 10\n"

WITH_VALUES: list[tuple[str, str]] = [
    ("", HEADER + OURS),
    ("# mine\n", "# mine\n" + OURS),
    ("vm.swappiness = 1", "vm.swappiness = 1\n" + OURS),
    (f"{INTVL}=10\nvm.swappiness=1\n", f"{INTVL}=10\nvm.swappiness=1\n{TIME} = 60\n"),
    (f"{TIME}=90\n", OURS),
    (f"{TIME}=90\n# between\n{TIME}=60\n", f"{TIME} = 60\n# between\n{INTVL} = 10\n"),
    (f"  {TIME}\t=  60\n-{INTVL}=0xa", f"  {TIME}\t=  60\n-{INTVL}=0xa"),
    (f"{TIME}=60 # as agreed\n{INTVL} = 10\n", f"{TIME}=60 # as agreed\n{INTVL} = 10\n"),
    (f"-{TIME}\n{INTVL}=10\n", OURS.replace(f"{INTVL} =", f"{INTVL}=").replace("= 10", "=10")),
    (f"net/ipv4/tcp_keepalive_time=60\r\n{INTVL}=11\r\n", f"net/ipv4/tcp_keepalive_time=60\r\n{INTVL} = 10\r\n"),
    (f"- {TIME}=60\n{INTVL}:10\n", f"{TIME} = 60\n{INTVL}:10\n{INTVL} = 10\n"),
    (f"--{TIME}=60\n={INTVL}=10\n", OURS),
    (f"# {TIME}=60\nnet.ipv4.tcp_keepalive_*=5\n", f"# {TIME}=60\nnet.ipv4.tcp_keepalive_*=5\n" + OURS),
    (f"{PROBES}=3\n\udcff=1\n", f"{PROBES}=3\n\udcff=1\n" + OURS),
    (f"{TIME}=60\0vm.swappiness=1\n", f"{TIME}=60\0vm.swappiness=1\n" + OURS),
]


@pytest.mark.parametrize("before, after", WITH_VALUES)
def test_with_values(before: str, after: str) -> None:
    assert with_values(before, TWO, value_of) == after


WITHOUT: list[tuple[str, str | None]] = [
    (HEADER + OURS, None),
    (OURS + "\n \n", None),
    ("", None),
    ("# mine\n" + OURS, "# mine\n"),
    (f"# mine\n{TIME}=60", "# mine\n"),
    (f"{HEADER}{TIME}=60\nvm.swappiness=1", "vm.swappiness=1"),
    (f"-{TIME}\n{PROBES}=3\r\n; x\r\n", f"{PROBES}=3\r\n; x\r\n"),
    (f"net.ipv4.tcp_keepalive_*=5\n{TIME}=60\n", "net.ipv4.tcp_keepalive_*=5\n"),
]


@pytest.mark.parametrize("before, after", WITHOUT)
def test_without(before: str, after: str | None) -> None:
    assert without(before, TWO) == after


COMMENTED_OUT: list[tuple[str, str]] = [
    (f"{TIME}=60\nvm.swappiness=1\n", f"{TAKEN_OVER}{TIME}=60\nvm.swappiness=1\n"),
    (f"{INTVL}=9\r\n-{TIME}", f"{TAKEN_OVER}{INTVL}=9\r\n{TAKEN_OVER}-{TIME}"),
    (f"{PROBES}=3\n# {TIME}=60\n", f"{PROBES}=3\n# {TIME}=60\n"),
    ("net.ipv4.tcp_keepalive_*=5\n", "net.ipv4.tcp_keepalive_*=5\n"),
    (f"{TIME}=60\r{INTVL}=9\n", f"{TIME}=60\r{INTVL}=9\n"),
    ("", ""),
]


@pytest.mark.parametrize("before, after", COMMENTED_OUT)
def test_commented_out(before: str, after: str) -> None:
    assert commented_out(before, TWO) == after


KEYS = [
    TIME,
    INTVL,
    PROBES,
    "net/ipv4/tcp_keepalive_time",
    "/net/ipv4/tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_t*",
    "vm.swappiness",
]
LINES = st.one_of(
    st.builds(
        "{}{}{}{}{}".format,
        st.sampled_from(["", "", "", " ", "-", "--", "- ", "=", "#", "\v"]),
        st.sampled_from(KEYS),
        st.sampled_from(["=", "=", " = ", "", " "]),
        st.sampled_from(["60", "0x3c", "10", "11", "abc", "", "60 # x", "60#x", "\udca060"]),
        st.sampled_from(["", "", "\r", " ", "\f"]),
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\n\r\0"), max_size=20),
    st.sampled_from(["\udcff=1", "", HEADER.rstrip("\n"), TAKEN_OVER + TIME + "=60"]),
)
TEXTS = st.tuples(st.lists(LINES, max_size=6).map("\n".join), st.sampled_from(["", "\n"])).map("".join)
NAMES = st.sets(st.sampled_from(["time", "interval", "probes"]), min_size=1)


def foreign(text: str, names: object) -> list[str]:
    ours = lines_of(text, list(names))  # type: ignore[call-overload]
    return [line for number, line in enumerate(re.findall(r"[^\n]*\n|[^\n]+", text), 1) if number not in ours]


READERS = [BootFacts("systemd"), BootFacts("procps"), BootFacts("procps", procps="3.3")]


@examples()
@given(TEXTS, st.dictionaries(st.sampled_from(["time", "interval", "probes"]), st.integers(1, 100), min_size=1))
def test_values_written_are_there_for_every_reader_and_the_rest_is_as_it_was(text: str, values: dict[str, int]) -> None:
    written = with_values(text, values, value_of)
    assert with_values(written, values, value_of) == written
    assert "".join(foreign(written.replace(HEADER, "", 1) if not text else written, values)).startswith(
        "".join(foreign(text, values))
    )
    found = [predict(facts.reader, {PATH: SysctlFile(written, PATH)}, facts).settings for facts in READERS]
    assert [{name: getattr(settings, name) for name in values} for settings in found] == [values] * len(READERS)


@examples()
@given(TEXTS, NAMES)
def test_values_taken_out_leave_the_rest_as_it_was(text: str, names: set[str]) -> None:
    rest = without(text, names)
    assert rest is None or without(rest, names) in (rest, None, rest.replace(HEADER, "", 1))
    kept = "".join(foreign(text, names)).replace(HEADER, "", 1)
    assert rest == kept or (rest is None and not kept.strip(" \t\n\r\v\f"))


@examples()
@given(TEXTS, NAMES)
def test_values_commented_out_leave_the_rest_as_it_was(text: str, names: set[str]) -> None:
    result = commented_out(text, names)
    assert commented_out(result, names) == result
    assert lines_of(result, names) == {}
    assert [line for line in foreign(result, names) if not line.startswith(TAKEN_OVER)] == [
        line for line in foreign(text, names) if not line.startswith(TAKEN_OVER)
    ]


def seconds_for(text: str) -> float:
    """Of the processor, for what systemd-sysctl reads in a text."""
    start = time.process_time()
    assert list(systemd_assignments(text)) == []
    return time.process_time() - start


@pytest.mark.parametrize("character", ["\0", "\n", "\r"])
def test_many_line_ends_cost_no_more_than_many_comments(character: str) -> None:
    size = 2 * 1024 * 1024
    comments = min(seconds_for("# a comment of usual length\n" * (size // 28)) for _ in range(3))
    assert seconds_for(character * size) < 3 * comments
