# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two web servers that differ in one line. From outside they look the same."""

from __future__ import annotations

import contextlib
import http.server
import socket
import subprocess
import sys
from collections.abc import Iterator

GOOD, BAD = "with-keepalive", "without-keepalive"


class WithKeepalive(http.server.ThreadingHTTPServer):
    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        connection, address = super().get_request()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return connection, address


KINDS = {GOOD: WithKeepalive, BAD: http.server.ThreadingHTTPServer}


@contextlib.contextmanager
def started(kind: str) -> Iterator[int]:
    """Run the server as a process, and give its port."""
    server = subprocess.Popen(
        [sys.executable, __file__, kind], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert server.stdout is not None
    try:
        yield int(server.stdout.readline())
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()


def serve(kind: str) -> None:
    with KINDS[kind](("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler) as server:
        print(server.server_port, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        serve(sys.argv[1])
