# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time discovery and inspect against `ss` and listen_ports_facts, in turn, inside of namespaces that hold nothing else.

probe_inside.py PROCESSES LISTENERS_OF_EACH CONNECTIONS ROUNDS    prints a line of JSON for each way and round
"""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.discovery import listeners as discovery_listeners
from ansible_collections.netops.keepalive.plugins.module_utils._probe.inspect import run as inspect_run

SERVERS = pathlib.Path(__file__).with_name("probe_servers.py")
SETTLE = 0.3
FACTS = "ansible_collections.community.general.plugins.modules.listen_ports_facts"
# Twice `ps` for each socket: with 1,000 of them a run takes 15 seconds.
MOST_FOR_FACTS = 100


def main() -> None:
    processes, listeners, connections, rounds = map(int, sys.argv[1:])
    servers = subprocess.Popen(
        [sys.executable, str(SERVERS), str(processes), str(listeners), str(connections)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert servers.stdin is not None
    assert servers.stdout is not None
    assert servers.stdout.readline() == b"ready\n"
    try:
        for number in range(rounds + 1):
            for way, run in ways(processes * listeners, connections):
                start = time.perf_counter()
                without = run()
                wall = time.perf_counter() - start - without
                if number > 0:  # the first round warms caches
                    line = {"way": way, "listeners": processes * listeners, "connections": connections, "wall": wall}
                    print(json.dumps({**line, "memory": memory()}), flush=True)
    finally:
        servers.stdin.close()
        servers.wait()


def ways(listeners: int, connections: int) -> Iterator[tuple[str, Callable[[], float]]]:
    """Each returns the seconds that were only waited."""
    yield "ss -tln", lambda: program("ss", "-tln")
    yield "ss -tlnp", lambda: program("ss", "-tlnp")
    if connections:
        yield "ss -tno", lambda: program("ss", "-tno")
    yield "discover", discover
    found = discovery_listeners.discover().listeners
    # The servers of the connections that only lie there are none of the targets: one port each, at the end.
    targets = [
        types.Target(one.address, one.port, one.family, one, target_index=0)
        for one in found
        if sum(other.process == one.process for other in found) > 1 or not connections
    ]
    assert len(targets) == listeners
    yield "inspect", lambda: inspect(targets, connections=False)
    yield "inspect with counts", lambda: inspect(targets, connections=True)
    if listeners <= MOST_FOR_FACTS and not connections:
        yield "listen_ports_facts", listen_ports_facts


def program(*command: str) -> float:
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return 0.0


def discover() -> float:
    assert all(one.process for one in discovery_listeners.discover().listeners)
    return 0.0


def inspect(targets: list[types.Target], *, connections: bool) -> float:
    options = types.Options(settle=SETTLE, connections=connections)
    seen = inspect_run.inspect(targets, options, discovery_listeners.again)
    assert [one.values.time if one.values else None for _target, one in seen] == [60] * len(targets)
    return SETTLE


def listen_ports_facts() -> float:
    arguments = json.dumps({"ANSIBLE_MODULE_ARGS": {"_ansible_tmpdir": "/tmp", "_ansible_remote_tmp": "/tmp"}})
    environment = {**os.environ, "PYTHONPATH": os.environ["PYTHONPATH"] + ":" + os.environ["FACTS_PATH"]}
    subprocess.run(
        [sys.executable, "-m", FACTS],
        input=arguments.encode(),
        stdout=subprocess.DEVNULL,
        env=environment,
        check=True,
    )
    return 0.0


def memory() -> int:
    """Bytes, or 0 where that may not be read. ``getrusage`` would also count what the program that started this one had by then."""
    try:
        with open("/proc/self/status", "rb") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(b"VmHWM:")) * 1024
    except OSError:
        return 0


if __name__ == "__main__":
    main()
