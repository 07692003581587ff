# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file that holds a host's values: where it may stand, and what may stand in its place."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._errors import InvalidValue
from ansible_collections.netops.keepalive.plugins.module_utils._host.snapshot import Snapshot
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files.types import BootFacts, SysctlFile
from ansible_collections.netops.keepalive.plugins.module_utils._host.target_file import (
    check_entry,
    check_place,
    check_target,
    with_text,
    without_ours,
)
from ansible_collections.netops.keepalive.plugins.module_utils._settings import KERNEL_DEFAULTS

OURS = "/etc/sysctl.d/99-tcp-keepalive.conf"
ALLOWED = "allowed is a name ending in .conf in /etc/sysctl.d or /usr/local/lib/sysctl.d."


def says(message: str) -> str:
    return f"^{re.escape(message)}$"


@pytest.mark.parametrize("path", [OURS, "/usr/local/lib/sysctl.d/a.conf", "/etc/sysctl.conf", "/etc/sysctl.d/.a.conf"])
def test_good_place(path: str) -> None:
    check_place(path)


BAD_PLACES: list[tuple[str, str]] = [
    ("/run/sysctl.d/a.conf", "/run is emptied at every boot"),
    ("/usr/lib/sysctl.d/a.conf", "that folder belongs to packages"),
    ("/lib/sysctl.d/a.conf", "that folder belongs to packages"),
    ("/etc/sysctl.d/a", "nothing reads it at boot"),
    ("/etc/sysctl.d/a.CONF", "nothing reads it at boot"),
    ("/etc/sysctl.d/.conf", "nothing reads it at boot"),
    ("/etc/sysctl.d/x/a.conf", "nothing reads it at boot"),
    ("/etc/sysctl.d/../passwd.conf", "nothing reads it at boot"),
    ("/etc//sysctl.d/a.conf", "nothing reads it at boot"),
    ("/etc/sysctl.d/a\0.conf", "its name has characters that cannot be printed"),
    ("/etc/sysctl.d/\udcff.conf", "its name has characters that cannot be printed"),
    ("/etc/sysctl.confx", "nothing reads it at boot"),
    ("99-a.conf", "nothing reads it at boot"),
    ("", "nothing reads it at boot"),
]


@pytest.mark.parametrize("path, why", BAD_PLACES)
def test_bad_place(path: str, why: str) -> None:
    with pytest.raises(InvalidValue, match=says(f"file is {path!r}: {why}; {ALLOWED}")):
        check_place(path)


def a_host(files: dict[str, Any], reader: str = "systemd", links: dict[str, str] | None = None) -> Snapshot:
    """`files` are texts, or entries where more is to be said about them than their text."""
    entries = {path: file if isinstance(file, SysctlFile) else SysctlFile(file, path) for path, file in files.items()}
    return Snapshot(KERNEL_DEFAULTS, entries, BootFacts(reader), {}, links or {})


GOOD_ENTRIES = [
    SysctlFile("", OURS),
    SysctlFile("vm.swappiness = 1\r\n", OURS),
    SysctlFile("x", "/etc/sysctl.d/another.conf"),
]


@pytest.mark.parametrize("file", GOOD_ENTRIES)
def test_good_entry(file: SysctlFile) -> None:
    check_entry(a_host({OURS: file}), OURS)


BAD_ENTRIES: list[tuple[SysctlFile, str]] = [
    (SysctlFile("", "/dev/null"), "it is masked by a link to /dev/null; remove that link or choose another name"),
    (SysctlFile(None, "/etc/x", "missing"), "it is a link to /etc/x, which does not exist"),
    (SysctlFile(None, OURS, "directory"), "it is a directory"),
    (SysctlFile(None, OURS, "special"), "it is not a regular file"),
    (SysctlFile(None, OURS, "unreadable"), "this user may not read it; run the task with become: true"),
    (SysctlFile(None, OURS, "large"), "it is larger than 2 MiB"),
    (SysctlFile("#" * (1 << 20), OURS), "it has a line of 1 MiB or more, at which systemd-sysctl stops reading"),
    (SysctlFile("x", "/srv/a.conf"), "it is a link to /srv/a.conf, in another folder"),
    (
        SysctlFile("a=1\0b=2\n", OURS),
        "it has carriage returns or null bytes inside its lines, which systemd-sysctl and sysctl read differently",
    ),
    (
        SysctlFile("a=1\rb=2\n", OURS),
        "it has carriage returns or null bytes inside its lines, which systemd-sysctl and sysctl read differently",
    ),
]


@pytest.mark.parametrize("file, why", BAD_ENTRIES)
def test_bad_entry(file: SysctlFile, why: str) -> None:
    with pytest.raises(InvalidValue, match=says(f"file is {OURS!r}: {why}.")):
        check_entry(a_host({OURS: file}), OURS)


@pytest.mark.parametrize(
    ("problem", "why"), [("large", "it is larger than 2 MiB"), ("unreadable", "this user may not")]
)
def test_values_are_not_taken_out_of_a_file_that_was_not_read(problem: str, why: str) -> None:
    with pytest.raises(InvalidValue, match=re.escape(f"file is {OURS!r}: {why}")):
        without_ours(a_host({OURS: SysctlFile(None, OURS, problem)}), OURS)


LINKED = {"/etc/sysctl.d": "/srv/sysctl.d"}


def test_a_folder_that_is_a_link() -> None:
    check_entry(a_host({OURS: SysctlFile("", "/srv/sysctl.d/another.conf")}, links=LINKED), OURS)
    with pytest.raises(InvalidValue, match=says(f"file is {OURS!r}: it is a link to /srv/a.conf, in another folder.")):
        check_entry(a_host({OURS: SysctlFile("", "/srv/a.conf")}, links=LINKED), OURS)


def test_a_new_file_in_a_folder_that_is_a_link() -> None:
    assert with_text(a_host({}, links=LINKED), OURS, "a").files == {
        OURS: SysctlFile("a", "/srv/sysctl.d/99-tcp-keepalive.conf")
    }


def test_good_target() -> None:
    check_target(a_host({OURS: ""}), OURS)
    check_target(a_host({"/etc/sysctl.d/.a.conf": ""}, "procps"), "/etc/sysctl.d/.a.conf")
    check_target(a_host({"/etc/sysctl.conf": ""}, "procps"), "/etc/sysctl.conf")


BAD_TARGETS: list[tuple[str, str, str]] = [
    ("/etc/sysctl.conf", "systemd", "systemd-sysctl does not read it"),
    ("/etc/sysctl.d/.a.conf", "systemd", "systemd-sysctl does not read it"),
    ("/usr/local/lib/sysctl.d/a.conf", "systemd", "/etc/sysctl.d/a.conf hides it"),
    ("/usr/local/lib/sysctl.d/a.conf", "procps", "/etc/sysctl.d/a.conf hides it"),
]


@pytest.mark.parametrize("path, reader, why", BAD_TARGETS)
def test_bad_target(path: str, reader: str, why: str) -> None:
    message = (
        f"file is {path!r}: {why} when this host boots; "
        "allowed is a name in /etc/sysctl.d that ends in .conf and does not start with a dot."
    )
    with pytest.raises(InvalidValue, match=says(message)):
        check_target(a_host({path: "", "/etc/sysctl.d/a.conf": ""}, reader), path)


def test_text_of_a_link_is_the_text_of_its_target() -> None:
    link = "/etc/sysctl.d/99-sysctl.conf"
    host = Snapshot(
        KERNEL_DEFAULTS,
        {
            link: SysctlFile("a", "/etc/sysctl.conf"),
            "/etc/sysctl.conf": SysctlFile("a", "/etc/sysctl.conf", package="procps"),
        },
        BootFacts("systemd"),
        {},
    )
    assert with_text(host, link, "b").files == {
        link: SysctlFile("b", "/etc/sysctl.conf"),
        "/etc/sysctl.conf": SysctlFile("b", "/etc/sysctl.conf"),
    }
    assert with_text(host, OURS, "c").files[OURS] == SysctlFile("c", OURS)
    assert with_text(host, link, None).files == {}
