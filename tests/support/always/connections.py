# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make connections as a process of a cgroup, and print as JSON which options both ends have: `connections.py GROUPS CGROUP`.

The cases of a group follow a run of the module with the group's options, if it has some. All in one process: starting one takes longer than all of them.

A case may say: `address` to listen on, `to` connect to, `port`, `source` of the client, `protocol`, and the options of the listener and of the client.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import pathlib
import socket
import sys
from typing import Any

OPTIONS = {
    "keepalive": (socket.SOL_SOCKET, socket.SO_KEEPALIVE),
    "time": (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE),
    "interval": (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL),
    "probes": (socket.IPPROTO_TCP, socket.TCP_KEEPCNT),
    "user_timeout": (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT),
    "defer": (socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT),
}


def main() -> None:
    groups, cgroup = json.loads(sys.argv[1]), sys.argv[2]
    (pathlib.Path(cgroup) / "cgroup.procs").write_text("0")
    print(json.dumps([group(options, cases) for options, cases in groups]))


def group(options: dict[str, Any] | None, cases: list[dict[str, Any]]) -> list[tuple[list[int], list[int]]]:
    if options is not None:
        from ansible_collections.netops.keepalive.plugins.module_utils._always import request
        from ansible_collections.netops.keepalive.plugins.modules import tcp_keepalive_always as module

        defaults = {name: option.get("default") for name, option in module.argument_spec().items()}
        module.run(request.parse({**defaults, "boot": False, **options}), False)
    return [connection(case) for case in cases]


def connection(case: dict[str, Any]) -> tuple[list[int], list[int]]:
    with contextlib.ExitStack() as stack:
        accepted, client = opened(stack, case)
        return options_of(accepted), options_of(client)


def opened(stack: contextlib.ExitStack, case: dict[str, Any]) -> tuple[socket.socket, socket.socket]:
    address = case.get("address", "127.0.0.1")
    family = socket.AF_INET6 if ipaddress.ip_address(address).version == 6 else socket.AF_INET
    protocol = case.get("protocol", 0)
    listener = stack.enter_context(socket.socket(family, socket.SOCK_STREAM, protocol))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    set_options(listener, case.get("listener", {}))
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    listener.bind((address, case.get("port", 0)))
    listener.listen()
    client = stack.enter_context(socket.socket(family, socket.SOCK_STREAM, protocol))
    set_options(client, case.get("client", {}))
    if "source" in case:
        client.bind((case["source"], 0))
    client.settimeout(5)
    client.connect((case.get("to", address), listener.getsockname()[1]))
    client.sendall(b"x")  # a listener may wait for data before it accepts
    return stack.enter_context(listener.accept()[0]), client


def set_options(own: socket.socket, options: dict[str, int]) -> None:
    for name, value in options.items():
        own.setsockopt(*OPTIONS[name], value)


def options_of(own: socket.socket) -> list[int]:
    return [own.getsockopt(*OPTIONS[name]) for name in ("keepalive", "time", "interval", "probes", "user_timeout")]


if __name__ == "__main__":
    main()
