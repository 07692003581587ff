# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the two playbooks cost against ping, side by side on one fleet: hosts that have the policy, and 20 listeners on each."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

from benchmarks.measure import PLAYBOOKS
from tests.support.fleet import Fleet, FleetError, Host, ssh
from tests.support.paths import BUILD, COLLECTIONS, SCRIPTS

LISTENERS = 20
FIRST_PORT = 7000
SERVER = f"""
import select, socket
own = [socket.create_server(("0.0.0.0", {FIRST_PORT} + each)) for each in range({LISTENERS})]
for one in own:
    one.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
kept = []
while True:
    kept = [*kept, *(one.accept() for one in select.select(own, [], [])[0])][-100:]
"""
POLICY = ("-e", "policy_preset=aws-nat")
APPLICATIONS = "{validate_applications: [{port: '7000-7019'}], validate_preset: aws-nat, validate_console: none}"
PLAYS: dict[str, tuple[str, ...]] = {
    "ping": (str(PLAYBOOKS / "ping.yml"),),
    "enforce, nothing to do": ("netops.keepalive.enforce", *POLICY),
    "policy audit": ("netops.keepalive.enforce", *POLICY, "-e", "policy_audit=true"),
    "application audit": ("netops.keepalive.audit", "-e", APPLICATIONS),
}
# What each may take of ping's time, on 10 and 50 hosts.
LIMITS = {"enforce, nothing to do": 0.8, "policy audit": 0.8, "application audit": 2.0}


def main() -> int:
    arguments = parsed()
    fleet = Fleet(BUILD / "bench-roles")
    try:
        fleet.create(arguments.hosts)
        for host in fleet.hosts:
            prepare(host)
        run(fleet, "enforce, nothing to do", arguments.forks)  # now there is nothing to do
        walls: dict[str, list[float]] = {play: [] for play in PLAYS}
        for number in range(arguments.rounds + 1):
            for play, found in walls.items():
                seconds = run(fleet, play, arguments.forks)
                if number > 0:  # the first round warms caches
                    found.append(seconds)
            print(f"{arguments.hosts} hosts: round {number} of {arguments.rounds}", file=sys.stderr, flush=True)
    except FleetError as error:
        print(f"The benchmark cannot run: {error}", file=sys.stderr)
        return 1
    finally:
        fleet.destroy()
    return show(walls, arguments.hosts)


def prepare(host: Host) -> None:
    host.run("cat > /root/listeners.py", text=SERVER)
    unit = "[Service]\nExecStart=/usr/bin/python3 /root/listeners.py\n"
    host.run("cat > /etc/systemd/system/listeners.service", text=unit)
    host.run("systemctl daemon-reload; systemctl start listeners.service")


def run(fleet: Fleet, play: str, forks: int) -> float:
    ssh.close_connections(fleet.token)
    environment = dict(
        os.environ,
        ANSIBLE_COLLECTIONS_PATH=str(COLLECTIONS),
        ANSIBLE_PIPELINING="true",
        ANSIBLE_HOST_KEY_CHECKING="false",
    )
    playbook: list[str | os.PathLike[str]] = [SCRIPTS / "ansible-playbook", "--inventory", fleet.inventory]
    start = time.monotonic()
    done = subprocess.run(
        [*playbook, "--forks", str(forks), *PLAYS[play]],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    wall = time.monotonic() - start
    if done.returncode:
        raise SystemExit(f"{play} failed:\n{done.stdout}{done.stderr}")
    return wall


def show(walls: dict[str, list[float]], hosts: int) -> int:
    missed = 0
    for play, found in walls.items():
        ratio = statistics.median(own / ping for own, ping in zip(found, walls["ping"], strict=True))
        limit = LIMITS.get(play)
        met = "" if limit is None else f"limit {limit}: {'met' if ratio <= limit else 'MISSED'}"
        missed += met.endswith("MISSED")
        print(f"{hosts} hosts, {play}: {statistics.median(found):.2f} s, {ratio:.2f} of ping  {met}")
    return 1 if missed else 0


def parsed(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.roles", description=__doc__)
    parser.add_argument("--hosts", type=int, default=10, help="size of the fleet (%(default)s)")
    parser.add_argument(
        "--rounds", type=int, default=5, help="how often each play runs; medians are shown (%(default)s)"
    )
    parser.add_argument("--forks", type=int, default=20, help="ansible-playbook --forks (%(default)s)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
