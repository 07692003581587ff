# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients that connect, say something where one has to, and then nothing. Run on the host: ports on the command line."""

import os
import socket
import sys
import time

WAITING_FOR_DATA = (80, 8081)

clients = []
for port in map(int, sys.argv[1:]):
    client = socket.create_connection(("127.0.0.1", port))
    if port in WAITING_FOR_DATA:
        client.sendall(b"GET / HTTP/1.1\r\n")
    clients.append(client)
time.sleep(1)  # the server's side is done then
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
    manager.sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])
time.sleep(600)
