# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connect to a port of this host, and answer nothing that comes.

python3 - ADDRESS PORT DATA < silent_client.py: sends the data, then prints after how many seconds the connection was closed.
"""

import socket
import sys
import time

SECONDS = 60

with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=SECONDS) as client:
    client.sendall(sys.argv[3].encode())
    begun = time.monotonic()
    while client.recv(4096):
        pass
    print(time.monotonic() - begun)
