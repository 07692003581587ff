# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the plays in turn (A B C A B C ...), so that a machine whose speed drifts is as slow for one as for the other."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from tests.support.environments.other_collections import ansible_posix
from tests.support.fleet import Fleet, Host, ssh
from tests.support.paths import COLLECTIONS, SCRIPTS

PLAYS = ("one_task", "sysctl_loop", "ping", "raw")
DO_NOTHING = ("ping", "raw")
PLAYBOOKS = pathlib.Path(__file__).parent / "playbooks"
RESET = (
    "rm -f /etc/sysctl.d/99-tcp-keepalive.conf; cd /proc/sys/net/ipv4; "
    "echo 7200 >tcp_keepalive_time; echo 75 >tcp_keepalive_intvl; echo 9 >tcp_keepalive_probes"
)


class Run(NamedTuple):
    """One run of a play: `when` is `first` (all has to be set) or `second` (nothing has); times in seconds."""

    hosts: int
    play: str
    when: str
    wall: float
    controller_cpu: float


def rounds(fleet: Fleet, size: int, *, rounds: int, forks: int) -> Iterator[Run]:
    hosts = fleet.hosts[:size]
    for number in range(rounds + 1):
        for play in PLAYS:
            reset(hosts)
            for when in ("first", "second"):
                ssh.close_connections(fleet.token)
                run = timed(fleet, hosts, play, when, forks)
                if number > 0:  # the first round warms caches
                    yield run
        print(f"{size} hosts: round {number} of {rounds}", file=sys.stderr, flush=True)


def reset(hosts: Sequence[Host]) -> None:
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda host: host.run(RESET), hosts))


def timed(fleet: Fleet, hosts: Sequence[Host], play: str, when: str, forks: int) -> Run:
    command: list[str | os.PathLike[str]] = [
        SCRIPTS / "ansible-playbook",
        "--inventory",
        fleet.inventory,
        "--forks",
        str(forks),
        PLAYBOOKS / f"{play}.yml",
    ]
    command += ["--limit", ",".join(host.name for host in hosts)]
    environment = dict(
        os.environ,
        ANSIBLE_COLLECTIONS_PATH=f"{COLLECTIONS}:{ansible_posix()}",
        ANSIBLE_PIPELINING="true",
        ANSIBLE_HOST_KEY_CHECKING="false",
    )
    start = time.monotonic()
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    output = process.stdout.read() if process.stdout else b""
    _pid, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or (play not in DO_NOTHING and (b"changed=1" in output) != (when == "first")):
        raise SystemExit(f"{play}, {when} run, did not do what it is measured for:\n{output.decode()}")
    return Run(len(hosts), play, when, wall, usage.ru_utime + usage.ru_stime)
