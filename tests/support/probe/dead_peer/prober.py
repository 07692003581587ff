# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The prober as a process of its own: what to measure comes as JSON on its input, what was seen goes out as JSON."""

from __future__ import annotations

import json
import os
import resource
import socket
import sys
import time
from typing import Any

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.client import liveness, tls
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import (
    attempt as dead_peer_attempt,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import (
    hold,
    in_flight,
    schedule,
    session,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import (
    run as dead_peer_run,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe.discovery import listeners
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation as verdict_observation

# Before the privileges go: the tests may lie where only their owner can read.
_ALL = (dead_peer_attempt, schedule, in_flight, hold, tls)


def main() -> None:
    order = json.load(sys.stdin)
    known = {found.port: found for found in listeners.discover(namespaces=True).listeners} if order.get("local") else {}
    targets = [target(description, known) for description in order["targets"]]
    if order.get("user"):
        os.setgroups([])
        os.setresgid(order["user"], order["user"], order["user"])
        os.setresuid(order["user"], order["user"], order["user"])
    if order.get("open_files"):
        resource.setrlimit(resource.RLIMIT_NOFILE, (order["open_files"], order["open_files"]))
    if order.get("asks"):
        liveness.ASK = (*liveness.ASK[:2], (socket.TCP_KEEPCNT, order["asks"]))
    session.BEAT = order.get("beat", session.BEAT)
    told: list[str] = []

    def tell(sentence: str) -> None:
        told.append(sentence)
        print(sentence, file=sys.stderr, flush=True)

    start, used = time.monotonic(), time.process_time()
    observations = dead_peer_run.measure(targets, types.Options(**order.get("options", {})), tell)
    json.dump(
        {
            "observations": [
                {**plain(seen), "process": plain(target.listener.process) if target.listener else None}
                for target, seen in zip(targets, observations, strict=True)
            ],
            "told": told,
            "took": time.monotonic() - start,
            "processor": time.process_time() - used,
            "memory": most_memory(),
            "open": len(os.listdir("/proc/self/fd")) - 1,
        },
        sys.stdout,
    )


def target(description: dict[str, Any], known: dict[int, types.Listener]) -> types.Target:
    given = {"address": "127.0.0.1", "method": verdict_observation.DEAD_PEER, **description}
    family = socket.AF_INET6 if ":" in given["address"] else socket.AF_INET
    if given.get("policy"):
        given["policy"] = _settings.Settings(*given["policy"])
    if given.get("send"):
        given["send"] = given["send"].encode()
    return types.Target(family=int(family), listener=known.get(given["port"]), **given)


def plain(value: Any) -> Any:
    """A NamedTuple as a dictionary."""
    if hasattr(value, "_asdict"):
        return {name: plain(part) for name, part in value._asdict().items()}
    return value


def most_memory() -> int:
    """Bytes, or 0 where that may not be read. ``getrusage`` would also count what the program that started this one had by then."""
    try:
        with open("/proc/self/status", "rb") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(b"VmHWM:")) * 1024
    except OSError:
        return 0


if __name__ == "__main__":
    main()
