# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The prober as a process of its own: what to look at comes as a line of JSON, what was seen goes out as JSON."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import platform
import resource
import select
import struct
import sys
import time
from typing import Any

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.discovery import listeners as discovery_listeners
from ansible_collections.netops.keepalive.plugins.module_utils._probe.inspect import run as inspect_run

CALLS = {
    "pidfd_getfd": 438,
    **({"epoll_ctl": 233, "sendto": 44} if platform.machine() == "x86_64" else {"epoll_ctl": 21, "sendto": 206}),
}
CAP_SYS_PTRACE = 19
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
LIBC = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    order = json.loads(sys.stdin.readline())
    listings = counted_listings()
    if not order.get("restricted_later"):
        restrict(order)
    try:
        listeners, limits = discovery_listeners.discover(
            order.get("full_command", False), order.get("namespaces", False)
        )
    except _errors.KeepaliveError as error:
        json.dump({"error": str(error)}, sys.stdout)
        return
    if order.get("wait"):
        print("discovered", flush=True)
        sys.stdin.readline()
    if order.get("restricted_later"):
        restrict(order)
    if order.get("full_after"):
        in_use = len(os.listdir("/proc/self/fd")) - 1
        resource.setrlimit(resource.RLIMIT_NOFILE, (in_use + 1, in_use + 1))
    targets = targets_of(order, listeners)
    start, used = time.monotonic(), time.process_time()
    before = len(listings)
    rounds = 0
    while order.get("loop") and not select.select([sys.stdin], [], [], 0)[0]:
        inspected(targets_of(order), order)
        rounds += 1
    looked_at = targets if order.get("ports") is not None else []
    observations = inspected(looked_at, order)
    answer = {
        "listeners": [plain(listener) for listener in listeners],
        "limits": limits,
        "observations": observations,
        "rounds": rounds,
        "listings": len(listings) - before,
        "took": time.monotonic() - start,
        "processor": time.process_time() - used,
        "memory": most_memory(),
        "open": sorted(open_files()),
        "namespace": os.readlink("/proc/thread-self/ns/net"),
    }
    json.dump(answer, sys.stdout)


def inspected(targets: list[types.Target], order: dict[str, Any]) -> list[dict[str, Any]]:
    """Each observation, with the process that its target's listener has."""
    results = inspect_run.inspect(targets, types.Options(**order.get("options", {})), discovery_listeners.again)
    return [
        {**plain(observation), "process": plain(target.listener.process) if target.listener else None}
        for target, observation in results
    ]


def counted_listings() -> list[str]:
    """Gets an entry whenever the processes of the whole machine are listed."""
    listings: list[str] = []

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "os.listdir" and arguments[0] == "/proc":
            listings.append(arguments[0])

    sys.addaudithook(note)
    return listings


def restrict(order: dict[str, Any]) -> None:
    if order.get("open_files"):
        resource.setrlimit(resource.RLIMIT_NOFILE, (order["open_files"], order["open_files"]))
    if order.get("refuse"):
        refuse(CALLS[order.get("call", "pidfd_getfd")], getattr(errno, order["refuse"]))
    if order.get("without_ptrace"):
        give_up(CAP_SYS_PTRACE)
    if order.get("user"):
        os.setgroups([])
        os.setresgid(order["user"], order["user"], order["user"])
        os.setresuid(order["user"], order["user"], order["user"])


def give_up(capability: int) -> None:
    """Root without one capability, as in a container: taken from what is in force."""
    header = struct.pack("Ii", 0x20080522, 0)  # version 3, this thread
    sets = ctypes.create_string_buffer(24)
    LIBC.capget(header, sets)
    words = list(struct.unpack("6I", sets))
    words[3 * (capability // 32)] &= ~(1 << capability % 32)
    if LIBC.capset(header, struct.pack("6I", *words)):
        raise OSError(ctypes.get_errno(), "capset")


def refuse(number: int, code: int) -> None:
    """A seccomp filter, as containers have and as an old kernel answers: load the call's number, compare, refuse."""
    instructions = [(0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x50000 | code), (0x06, 0, 0, 0x7FFF0000)]
    code_of = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in instructions))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(instructions), ctypes.addressof(code_of)))
    if LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or LIBC.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")


def targets_of(order: dict[str, Any], listeners: list[types.Listener] | None = None) -> list[types.Target]:
    if listeners is None:
        listeners = discovery_listeners.discover().listeners
    wanted = order.get("ports")
    return [
        target(listener, order.get("target", {})) for listener in listeners if wanted is None or listener.port in wanted
    ]


def target(listener: types.Listener, given: dict[str, Any]) -> types.Target:
    fields = {"target_index": 0, **given}
    if fields.get("send"):
        fields["send"] = fields["send"].encode()
    return types.Target(listener.address, listener.port, listener.family, listener, **fields)


def plain(value: Any) -> Any:
    """A NamedTuple as a dictionary, all the way down."""
    if hasattr(value, "_asdict"):
        return {name: plain(part) for name, part in value._asdict().items()}
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return value


def open_files() -> list[str]:
    """What our descriptors are, but for the handles of processes that the library keeps, and the listing's own."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(FileNotFoundError):
            found.append(os.readlink(f"/proc/self/fd/{name}"))
    return [file for file in found if file != "anon_inode:[pidfd]"]


def most_memory() -> int:
    """Bytes, or 0 where that may not be read. ``getrusage`` would also count what the program that started this one had by then."""
    try:
        with open("/proc/self/status", "rb") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(b"VmHWM:")) * 1024
    except OSError:
        return 0


if __name__ == "__main__":
    main()
