# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make demo`: as root, as an ordinary user on a fresh checkout, and where no throw-away host can be made."""

from __future__ import annotations

import os
import pathlib
import shutil
import sys
import tempfile
from collections.abc import Iterator

import pytest

from tests.support import needs, paths
from tests.support.commands import attempt, run
from tests.support.hosts.throwaway import new_host, output_of

DEMO = paths.ROOT / "demo" / "run"
LEAVE_BEHIND = shutil.ignore_patterns(".git", ".venv", "build", ".ansible", ".hypothesis", ".*_cache", "__pycache__")
NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
NEW_ENOUGH = "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))"
OUTSIDE = "cat /proc/sys/net/ipv4/tcp_keepalive_*; ls -lAi --time-style=full-iso /etc/sysctl.d /etc/sysctl.conf 2>&1"


@pytest.fixture(autouse=True)
def outside() -> Iterator[None]:
    """Whatever the demo did, the machine's own values and files are what they were."""
    before = run("sh", "-c", f"{OUTSIDE} || true")
    yield
    assert run("sh", "-c", f"{OUTSIDE} || true") == before


def tells_the_whole_story(said: str) -> bool:
    headings = [line for line in said.splitlines() if line[:2] in [f"{number}." for number in range(1, 10)]]
    return (
        [heading[0] for heading in headings] == list("123456789")
        and "    +net.ipv4.tcp_keepalive_time = 120\n" in said
        and "    demo  drift   time is 7200 now and after the next boot (/etc/sysctl.d/99-zz-someone.conf:1), should be 120\n"
        in said
        and "    the policy  it is noticed after 4 minutes instead, now and after the next boot\n" in said
        and "    audited     exit status 2, and the table names /etc/sysctl.d/99-zz-someone.conf:1\n" in said
        and "    web-a   compliant      Keepalive is on: a dead peer is dropped after 240 s (proven, with lowered timers)"
        in said
        and "    web-b   keepalive_off  Keepalive is off: a dead peer is never noticed" in said
        and "    probed      web-a: compliant, web-b: keepalive_off\n" in said
        and "/build/demo-report/report.html\n" in said
        and "under the policy a dead peer is noticed after 4 minutes instead of 2 hours 11 minutes" in said
        and "\nNothing has changed here. A dead peer is noticed after " in said
        and "\x1b" not in said
    )


CHANGES = """
import os, sys
sys.path.insert(0, sys.argv[1])
from host import SYSCTL_D, Footprint, set_by_hand
before = Footprint.of_this_machine()
os.utime(SYSCTL_D / "50-a.conf", (0, 0))
print(Footprint.of_this_machine().changes_since(before))
(SYSCTL_D / "50-a.conf").write_text("# b\\n")
(SYSCTL_D / "60-new.conf").touch()
set_by_hand(77)
print(Footprint.of_this_machine().changes_since(before))
"""


def test_contents_are_compared_and_what_changed_is_named() -> None:
    """A time stamp that another program sets is no change."""
    for host in new_host():
        host.write("/etc/sysctl.d/50-a.conf", "# a\n")
        said = output_of(host.start(sys.executable, "-c", CHANGES, str(DEMO.parent))).decode().splitlines()
    assert said == [
        "[]",
        "['/proc/sys/net/ipv4/tcp_keepalive_time', '/etc/sysctl.d/50-a.conf', '/etc/sysctl.d/60-new.conf']",
    ]


def test_without_user_namespaces_this_machine_is_audited_and_not_changed() -> None:
    needs.user_namespaces()
    without = 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"'
    said = run("unshare", "--user", "--map-root-user", "sh", "-c", without, "sh", sys.executable, DEMO)
    assert "A throw-away host needs user namespaces. They are switched off, or refused for this user:" in said
    assert "So this machine is audited instead. Nothing is changed." in said
    assert "1 host: " in said
    assert "A dead peer is noticed on this machine after " in said


def test_the_demo_as_an_ordinary_user() -> None:
    """Root lends the machine to one, on a fresh checkout that has to set itself up."""
    needs.user_namespaces()
    said = as_nobody_on_a_fresh_checkout() if os.geteuid() == 0 else run(sys.executable, DEMO)
    assert tells_the_whole_story(said), said
    assert "the kernel loads a program for root alone, in the initial user namespace." in " ".join(said.split()), said


@pytest.mark.long
def test_the_demo_as_root() -> None:
    needs.root()
    needs.user_namespaces()
    said = run(sys.executable, DEMO)
    assert tells_the_whole_story(said), said
    assert "web-b: keepalive_off before, compliant after. It was not restarted." in said, said


def as_nobody_on_a_fresh_checkout() -> str:
    needs.program("setpriv", package="util-linux")
    needs.program("make")
    python = needs.installed(pathlib.Path("/usr/bin/python3"), hint="a Python that every user can run")
    if attempt(python, "-c", NEW_ENOUGH)[0]:
        pytest.skip(f"needs {python} to be 3.11 or newer, with its venv package (Debian: apt-get install python3-venv)")
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder)
        checkout = home / "keepalive"
        shutil.copytree(paths.ROOT, checkout, ignore=LEAVE_BEHIND, symlinks=True)
        run("chown", "-R", "65534:65534", home)
        return run(*NOBODY, "make", "demo", cwd=checkout, env=ordinary(home, python))


def ordinary(home: pathlib.Path, python: pathlib.Path) -> dict[str, str]:
    """The environment of a user who has nothing of what runs the tests."""
    own = {
        "HOME": str(home),
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHON": str(python),
        "MAKEFLAGS": "",
        "USER": "nobody",
    }
    ours = [name for name in os.environ if name.startswith(("ANSIBLE_", "XDG_", "VIRTUAL_ENV"))]
    return {**dict.fromkeys(ours, ""), **own}
