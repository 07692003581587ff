# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs inside of a virtual machine with another kernel: the module tcp_keepalive_always, and what connections are like. Prints JSON.

Written for the Python of the oldest release.
"""

import contextlib
import json
import os
import subprocess
import sys

import connections  # type: ignore[import-not-found]  # lies beside it in the machine
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import marks, sock_diag

MODULE = "ansible_collections.netops.keepalive.plugins.modules.tcp_keepalive_always"
VALUES = {"time": 120, "interval": 30, "probes": 4}
OWN = {"keepalive": 1, "time": 77, "interval": 7}


def main():
    found = dict(kernel=os.uname().release)  # type: dict
    found["off"] = connections.connection({})
    found["refused"] = always(scope="host", loopback=True, **VALUES).get("msg")
    # A kernel that cannot tell network namespaces apart has to be told that all of them are meant.
    more = {"containers": True} if found["refused"] else {}
    first = always(scope="host", loopback=True, **VALUES, **more)
    found["attached"] = first.get("msg") or first["changed"]
    found["on"] = connections.connection({})
    found["kept"] = connections.connection({"listener": OWN, "client": OWN})
    found["timeout"] = connections.connection({"listener": {"user_timeout": 9000}, "client": {"user_timeout": 9000}})
    found["marks"] = marked()
    again = always(scope="host", loopback=True, **VALUES, **more)
    found["again"] = again.get("msg") or again["changed"]
    found["counters"] = None if again.get("msg") else again["scopes"][0]["counters"]
    absent = always(state="absent")
    found["absent"] = absent.get("msg") or absent["changed"]
    found["off_again"] = connections.connection({})
    with contextlib.ExitStack() as stack:
        ends = connections.opened(stack, {})
        kept = connections.opened(stack, {"listener": {"user_timeout": 9000}, "client": OWN})
        first = always(scope="host", loopback=True, connections=True, **VALUES, **more)
        found["open"] = first.get("msg") or [connections.options_of(end) for end in ends + kept]
        back = always(state="absent", connections=True)
        found["open_back"] = back.get("msg") or [back["changed"]] + [connections.options_of(end)[0] for end in ends]
    print("RESULT " + json.dumps(found), flush=True)


def always(**options):
    # No systemd runs this machine.
    given = json.dumps({"ANSIBLE_MODULE_ARGS": dict(options, boot=False, _ansible_check_mode=False)})
    done = subprocess.run([sys.executable, "-m", MODULE], input=given.encode(), stdout=subprocess.PIPE, check=False)
    return json.loads(done.stdout.decode())


def marked():
    """The marks on both ends of one connection."""
    import socket

    with socket.create_server(("127.0.0.1", 7431)) as listener, socket.create_connection(("127.0.0.1", 7431)) as client:
        accepted = listener.accept()[0]
        with accepted, sock_diag.Diag() as diag:
            ports = [7431, client.getsockname()[1]]
            return sorted(marks.read(diag, socket.AF_INET, ports, 1 << sock_diag.ESTABLISHED).values())


if __name__ == "__main__":
    main()
