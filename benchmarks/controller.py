# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the playbooks take of the controller, with hosts that answer from a record: whether a host costs more where there are more."""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

from benchmarks import machine, roles
from tests.support.fleet import Fleet, FleetError, Host
from tests.support.paths import BUILD, COLLECTIONS, SCRIPTS
from tests.support.remote_worker import over_ssh

PLUGINS = pathlib.Path(__file__).parent / "plugins"
PING, ENFORCE, POLICY_AUDIT, AUDIT = roles.PLAYS
MOST_GROWTH = 1.15
MOST_BYTES = {ENFORCE: 2048.0, POLICY_AUDIT: 2048.0, AUDIT: 500.0 * roles.LISTENERS}


class Cost(NamedTuple):
    seconds: float
    """Of a processor, with all workers."""
    memory: int
    """That the controller's main process, which keeps the results, had at most, in bytes. Its workers come and go."""


def main() -> int:
    arguments = parsed()
    fleet = Fleet(BUILD / "bench-controller")
    try:
        fleet.create(1)
        (host,) = fleet.hosts
        roles.prepare(host)
        roles.run(fleet, ENFORCE, arguments.forks)  # now there is nothing to do
        with tempfile.TemporaryDirectory() as folder:
            costs = measured(host, pathlib.Path(folder), arguments)
    except FleetError as error:
        print(f"The benchmark cannot run: {error}", file=sys.stderr)
        return 1
    finally:
        fleet.destroy()
    return show(costs, arguments.few, arguments.many)


def measured(host: Host, folder: pathlib.Path, arguments: argparse.Namespace) -> dict[str, tuple[Cost, Cost]]:
    (folder / "records").mkdir()
    environment = dict(
        os.environ,
        ANSIBLE_COLLECTIONS_PATH=str(COLLECTIONS),
        ANSIBLE_CONNECTION_PLUGINS=str(PLUGINS),
        ANSIBLE_PIPELINING="true",
        BENCH_RECORDS=str(folder / "records"),
        BENCH_SSH=shlex.join(over_ssh(host, "")[:-1]),
    )
    found = {}
    for play in roles.PLAYS:
        run(play, 1, folder, environment, arguments.forks)  # it is recorded
        few, many = (
            run(play, number, folder, environment, arguments.forks) for number in (arguments.few, arguments.many)
        )
        print(f"{play}: {few.seconds:.0f} s, {many.seconds:.0f} s", file=sys.stderr, flush=True)
        found[play] = (few, many)
    return found


def run(play: str, hosts: int, folder: pathlib.Path, environment: dict[str, str], forks: int) -> Cost:
    inventory = folder / "inventory.json"
    common = {
        "ansible_connection": "recorded",
        "ansible_become": False,
        "ansible_python_interpreter": "/usr/bin/python3",
    }
    names: dict[str, dict[str, str]] = {f"host{number:05}": {} for number in range(hosts)}
    inventory.write_text(json.dumps({"fleet": {"hosts": names, "vars": common}}), encoding="utf-8")
    command = [str(SCRIPTS / "ansible-playbook"), "-i", str(inventory), "--forks", str(forks), *roles.PLAYS[play]]
    with (folder / "output").open("w+", encoding="utf-8") as output:
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        memory = 0
        while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
            memory = peak(process.pid) or memory
            time.sleep(0.2)
        _pid, status, usage = ended
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        if process.returncode:
            raise SystemExit(f"{play} failed:\n{output.read()[-5000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, memory)


def peak(pid: int) -> int:
    """What the process had in memory at most so far, in bytes; 0 where it has ended."""
    found = re.search(
        r"^VmHWM:\s*(\d+) kB$", pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii"), re.MULTILINE
    )
    return int(found[1]) * 1024 if found else 0


def show(costs: dict[str, tuple[Cost, Cost]], few: int, many: int) -> int:
    told, missed = machine.description(), 0
    print("\n".join(f"{key}: {told[key]}" for key in ("kernel", "machine", "python", "ansible-core")))
    of_ping = kept(*costs[PING], more=many - few)
    for play, (small, large) in costs.items():
        growth = large.seconds / many / (small.seconds / few)
        memory = kept(small, large, more=many - few)
        text = (
            f"{play}: {1000 * small.seconds / few:.0f} ms of a processor for each of {few} hosts, {growth:.2f} of that "
            f"for each of {many}; {memory:.0f} bytes a host"
        )
        if play != PING:
            is_met = growth <= MOST_GROWTH and memory - of_ping <= MOST_BYTES[play]
            missed += not is_met
            limits = f"limits {MOST_GROWTH}, {MOST_BYTES[play]:.0f} more than ping"
            text += f", {memory - of_ping:.0f} more than ping; {limits}: {'met' if is_met else 'MISSED'}"
        print(text)
    return 1 if missed else 0


def kept(small: Cost, large: Cost, more: int) -> float:
    """Bytes for each host that came in addition."""
    return (large.memory - small.memory) / more


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.controller", description=__doc__)
    parser.add_argument("--few", type=int, default=100, help="hosts (%(default)s)")
    parser.add_argument("--many", type=int, default=1000, help="hosts (%(default)s)")
    parser.add_argument("--forks", type=int, default=10, help="ansible-playbook --forks (%(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
