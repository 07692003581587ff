# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keep connections open, and print as JSON which options their ends have, a line for each line that is read: `held.py CASES CGROUP`.

A case is one of connections.py; before it stands how many of it there are.
"""

from __future__ import annotations

import contextlib
import errno
import json
import pathlib
import resource
import socket
import sys

import connections  # type: ignore[import-not-found]  # lies beside it


def main() -> None:
    cases, cgroup = json.loads(sys.argv[1]), sys.argv[2]
    (pathlib.Path(cgroup) / "cgroup.procs").write_text("0")
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with contextlib.ExitStack() as stack:
        pairs = [pair for count, case in cases for pair in held(stack, count, case)]
        print("up", flush=True)
        for line in sys.stdin:
            own = json.loads(line)
            for pair in pairs if own else ():
                connections.set_options(pair[0], own)
            print(json.dumps([[options(end) for end in pair] for pair in pairs]), flush=True)


def held(stack: contextlib.ExitStack, count: int, case: dict) -> list[tuple[socket.socket, socket.socket]]:
    if count == 1:
        return [connections.opened(stack, case)]
    with inside(case.get("namespace")):
        listener = stack.enter_context(socket.create_server((case.get("address", "127.0.0.1"), 0), backlog=1024))
    pairs = []
    for _each in range(count):
        client = stack.enter_context(socket.create_connection(listener.getsockname()))
        pairs.append((stack.enter_context(listener.accept()[0]), client))
    return pairs


def inside(name: str | None) -> contextlib.AbstractContextManager[None]:
    """In the network namespace with this name, if there is one."""
    from ansible_collections.netops.keepalive.plugins.module_utils._sockets import netns

    return netns.inside(f"/run/netns/{name}" if name else None)


def options(end: socket.socket) -> list[int] | None:
    """None where the kernel has dropped the connection."""
    if end.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) in (errno.ETIMEDOUT, errno.ECONNRESET):
        return None
    return connections.options_of(end)


if __name__ == "__main__":
    main()
