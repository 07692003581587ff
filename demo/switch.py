# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The last chapter: keepalive is switched on for a server that never asks for it, in a cgroup of the demo's own.

The kernel loads a program for root alone, not for the root of a throw-away host. So this host is another one: its processes are in a cgroup that
was made for it, which they see as the root of all cgroups. What is attached there reaches no other process.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import subprocess
import sys
import textwrap
import time

import applications
import servers
from ansible_run import Unexpected, play
from words import heading, paragraph, quote

PLAYBOOK = pathlib.Path(__file__).with_name("switch.yml")
INSIDE = "inside-a-cgroup"
EVERYONE = ["0", "0", "4294967295"]
ENTER = """
echo 0 > "$1/cgroup.procs"
exec unshare --cgroup --mount --net --pid --fork --mount-proc -- sh -ec '
    umount "$1" && mount -t cgroup2 none "$1" && mount -t tmpfs -o mode=755 none /run && mkdir -p /run/netns && ip link set lo up
    shift; exec "$@"' sh "$2" "$3" "$4" "$5"
"""


def show(program: str) -> int:
    """`program` is what runs the demo; it is run again, on the other host."""
    heading("And web-b, which never asks for keepalive?")
    mount = cgroups()
    try:
        own = own_cgroup(mount)
    except OSError as error:
        return not_shown(f"no cgroup can be made in {mount}: {error.strerror}.")
    except NotPossible as error:
        return not_shown(str(error))
    try:
        words = ["sh", "-ec", ENTER, "sh", str(own), str(mount), sys.executable, program, INSIDE]
        return subprocess.run(words, check=False).returncode
    finally:
        remove(own)


class NotPossible(Exception):
    """This machine, or this user, cannot attach a program to a cgroup."""


def not_shown(why: str) -> int:
    paragraph(
        f"Linux can switch it on from outside and without a restart, with tcp_keepalive_always. That is not shown here: {why}"
    )
    return 0


def own_cgroup(mount: pathlib.Path | None) -> pathlib.Path:
    if os.geteuid() != 0 or pathlib.Path("/proc/self/uid_map").read_text(encoding="utf-8").split() != EVERYONE:
        raise NotPossible(
            "the kernel loads a program for root alone, in the initial user namespace. Run the demo as root to see it."
        )
    if mount is None:
        raise NotPossible("this machine has no cgroups of version 2.")
    own = mount / f"netops-keepalive-demo-{os.getpid()}"
    own.mkdir()
    return own


def cgroups() -> pathlib.Path | None:
    """Where the cgroups of version 2 are."""
    mounts = [line.split() for line in pathlib.Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()]
    return next((pathlib.Path(mount[1]) for mount in mounts if mount[2] == "cgroup2"), None)


def remove(own: pathlib.Path) -> None:
    """The kernel lets go of the last process a moment after its end."""
    for _attempt in range(100):
        with contextlib.suppress(OSError):
            own.rmdir()
            return
        time.sleep(0.05)


def tell() -> int:
    quote(task())
    try:
        with servers.started(servers.BAD) as port:
            before = verdict("before", port, applications.FAILED)
            play(playbook=str(PLAYBOOK))
            after = verdict("after", port, 0)
    except Unexpected as error:
        print(error, flush=True)
        return 1
    quote(f"web-b: {before} before, {after} after. It was not restarted.")
    return 0


def task() -> str:
    """The one of the playbook, as it stands there."""
    _before, name, text = PLAYBOOK.read_text(encoding="utf-8").partition("    - name: Switch")
    return textwrap.dedent(name + text)


def verdict(moment: str, port: int, expected: int) -> str:
    reports = applications.REPORTS / moment
    run = applications.audit([{"name": "web-b", "port": port}], reports, expected)
    ((_name, (found, _reason)),) = applications.read(reports).items()
    if (found == "compliant") != (expected == 0):
        raise Unexpected(f"{run.output}\nThe verdict is {found}.")
    return found
