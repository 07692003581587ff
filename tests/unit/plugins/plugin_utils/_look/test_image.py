# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The readers look at an image of a host as at a host, and never at the machine that holds the image."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils import _local_host
from ansible_collections.netops.keepalive.plugins.module_utils._host.snapshot import Snapshot
from ansible_collections.netops.keepalive.plugins.module_utils._host.take_snapshot import take_snapshot
from ansible_collections.netops.keepalive.plugins.plugin_utils._look import answer as look_answer
from ansible_collections.netops.keepalive.plugins.plugin_utils._look import bounds
from ansible_collections.netops.keepalive.plugins.plugin_utils._look.image import Image, NotInImage

from tests.support.look.answers import MARK, OURS, SET, WANTED, answer

TUNED = "/etc/tuned/ours/tuned.conf"


def image(output: str) -> Image:
    return Image(look_answer.parsed(output, MARK))


def test_a_usual_host() -> None:
    found = take_snapshot(host=image(answer()))
    assert isinstance(found, Snapshot)
    assert tuple(found.runtime) == (120, 30, 4)
    assert found.files[OURS].text == SET
    assert found.facts.reader == "systemd"
    assert found.linked_folders == {"/lib/sysctl.d": "/usr/lib/sysctl.d"}


def test_each_way_to_look_is_one_of_the_image() -> None:
    ways = {name for name, _ in inspect.getmembers(_local_host.LocalHost, inspect.isfunction)} - {"text"}
    assert ways <= set(vars(Image))


EVERY_WAY: list[tuple[str, Callable[[Image], object]]] = [
    *(
        (name, lambda host, name=name: getattr(host, name)("/etc/hostname"))
        for name in ("exists", "lexists", "isdir", "isfile", "realpath", "stat", "lstat", "listdir", "glob", "read", "text")
    ),
    ("samefile", lambda host: host.samefile("/", "/")),
    ("run", lambda host: host.run(["true"])),
    ("listdir of another folder", lambda host: host.listdir("/etc")),
    ("the content of what is only there", lambda host: host.read(WANTED.partition(" ")[2])),
]  # fmt: skip


@pytest.mark.parametrize("look", [look for _name, look in EVERY_WAY], ids=[name for name, _look in EVERY_WAY])
def test_what_is_not_told_is_not_looked_up_here(look: Callable[[Image], object]) -> None:
    with pytest.raises(NotInImage):
        look(image(answer()))


UNASKED = [
    "file /etc/shadow",
    "file /etc/sysctl.d/x/y.conf",
    "file /etc/sysctl.d/../x.conf",
    "exists x",
    "file /boot/initrd.img",
]


@pytest.mark.parametrize("entry", UNASKED)
def test_what_was_not_asked_is_not_taken(entry: str) -> None:
    files = {entry.partition(" ")[2]: ""} if entry.startswith("file") else {}
    entries = None if files else f"{entry}\n"
    output = answer(files) if entries is None else answer({}, entries=entries)
    with pytest.raises(NotInImage):
        image(output)


def test_a_missing_folder_is_where_its_links_lead() -> None:
    entries = "folder /etc\n/etc\nfolder /usr\n/usr\nfolder /usr/local\n/var/usrlocal\n"
    host = image(answer({}, entries=entries))
    assert host.realpath("/usr/local/lib/sysctl.d") == "/var/usrlocal/lib/sysctl.d"
    assert not host.exists("/usr/local/lib/sysctl.d")
    with pytest.raises(FileNotFoundError):
        host.listdir("/usr/local/lib/sysctl.d")


LONG: list[tuple[str, str, bool]] = [
    (OURS, "net.ipv4.conf.*.rp_filter = 2\n-net.ipv4.conf.all.rp_filter\n" * 50, False),
    (OURS, "# {a,b}{a,b} * * * * * *\n; *****\nx = {*****}\n", False),
    (OURS, "{a,b}=1\n", True),
    (OURS, "*a*a*a*a*a=1\n", True),
    (OURS, "*=1\r" * 201, True),
    ("/etc/sysctl.conf", "*=1\n" * 201, True),
    (TUNED, "[x]\nuname_regex=aarch64\ncpuinfo_regex=${a_b}\n", False),
    (TUNED, "[x]\nuname_regex=aarch64", False),
    (TUNED, "[x]\nuname_regex=(a+)+b\n", True),
    (TUNED, "[x]\nuname_regex=\n  (a+)+b\n", True),
    (TUNED, "[x]\nuname_regex=a\n  (a+)+b\n", True),
    (TUNED, "[x]\ncpuinfo_regex = ^processor\n", True),
    (TUNED, "[x]\nuname_regex:(a+)+b\n", True),
]


@pytest.mark.parametrize(("path", "text", "expected"), LONG)
def test_what_may_take_long(path: str, text: str, expected: bool) -> None:
    assert bounds.takes_long({path: text.encode()}) is expected
