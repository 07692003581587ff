# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applications of several kinds as units of a booted host. Two ask for keepalive: one port of nginx with its own values, PostgreSQL with the host's."""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from typing import Any

from tests.support import needs
from tests.support.fleet import Host
from tests.support.hosts import throwaway

STATIC, WORKERS, PLAIN, OWN, ACTIVATED, PRIVATE = 7501, 7502, 7503, 7504, 7505, 7506
OUTGOING = 7507
"""The port on the outer machine that the client connects to."""
DELEGATED = 7508
POOL = 7509
"""The port on the outer machine that a pool of connections leads to."""
DATABASE = 5432
PORTS = (STATIC, WORKERS, PLAIN, OWN, ACTIVATED, DELEGATED, DATABASE)
ASKING = {OWN, DATABASE}
OUTGOING_PORTS = (OUTGOING, POOL)

STATIC_SERVER = f"""
#include <arpa/inet.h>
#include <unistd.h>
int main(void) {{
    struct sockaddr_in6 own = {{.sin6_family = AF_INET6, .sin6_port = htons({STATIC}), .sin6_addr = in6addr_any}};
    int listener = socket(AF_INET6, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&own, sizeof own) || listen(listener, 64)) return 1;
    while (accept(listener, 0, 0) >= 0) {{}}
    return 1;
}}
"""
POOL_CLIENT = f"""
import os, redis, time
pool = redis.ConnectionPool(host=os.environ["TO"], port={POOL})
kept = [pool.get_connection("PING") for _each in range(2)]
time.sleep(3600)
"""
KEEP = "kept = [own.accept() for _each in iter(int, 1)]"
# A service that makes cgroups below its own, as container engines do, and listens in one of them.
DELEGATED_SERVER = f"""
import os, socket
(mount,) = {{line.split()[1] for line in open("/proc/self/mounts") if line.split()[2] == "cgroup2"}}
(own,) = (line[4:].strip() for line in open("/proc/self/cgroup") if line.startswith("0::"))
os.mkdir(f"{{mount}}/{{own}}/inner")
open(f"{{mount}}/{{own}}/inner/cgroup.procs", "w").write("0")
own = socket.create_server(("0.0.0.0", {DELEGATED}))
{KEEP}
"""
UNITS = {
    "static.service": "[Service]\nExecStart=/usr/local/bin/static-server\n",
    "workers.service": (
        "[Service]\nWorkingDirectory=/srv\nExecStart=/usr/bin/gunicorn --workers 2 --worker-class gthread --threads 8 "
        f"--bind 0.0.0.0:{WORKERS} app:app\n"
    ),
    "activated.socket": f"[Socket]\nListenStream={ACTIVATED}\n",
    "activated.service": f"[Service]\nExecStart=/usr/bin/python3 -c 'import socket; own = socket.socket(fileno=3); {KEEP}'\n",
    "delegated.service": "[Service]\nDelegate=yes\nExecStart=/usr/bin/python3 /srv/delegated.py\n",
    "private.service": (
        "[Service]\nPrivateNetwork=yes\n"
        f"ExecStart=/usr/bin/python3 -c 'import socket; own = socket.create_server((\"127.0.0.1\", {PRIVATE})); {KEEP}'\n"
    ),
    "client.service": (
        "[Service]\nEnvironment=TO=%s\nExecStart=/usr/bin/python3 -uc 'import os, socket, time\\n"
        f'while True:\\n own = socket.create_connection((os.environ["TO"], {OUTGOING})); own.recv(1)\'\n'
    ),
    "pool.service": "[Service]\nEnvironment=TO=%s\nExecStart=/usr/bin/python3 /srv/pool.py\n",
}
NGINX = f"""
server {{ listen {PLAIN}; }}
server {{ listen {OWN} so_keepalive=77:7:9; }}
"""
NAMES = (
    "static.service",
    "workers.service",
    "nginx.service",
    "activated.service",
    "delegated.service",
    "private.service",
    "client.service",
    "pool.service",
    "postgresql@15-main.service",
)


def install(host: Host, folder: pathlib.Path) -> None:
    source, program = folder / "static.c", folder / "static"
    source.write_text(STATIC_SERVER)
    subprocess.run([needs.program("gcc"), "-static", "-o", program, source], check=True)
    copy(host, program, "/usr/local/bin/static-server")
    for name, text in UNITS.items():
        host.run(f"cat > /etc/systemd/system/{name}", text=text.replace("%s", host.machine.our_address))
    host.run(
        "cat > /srv/app.py",
        text="def app(environ, start_response):\n    start_response('204 No Content', [])\n    return []\n",
    )
    host.run("cat > /srv/delegated.py", text=DELEGATED_SERVER)
    host.run("cat > /srv/pool.py", text=POOL_CLIENT)
    host.run("cat > /etc/postgresql/15/main/conf.d/all.conf", text="listen_addresses = '*'\n")
    host.run("cat > /etc/nginx/sites-enabled/default", text=NGINX)
    units = "static.service workers.service nginx.service activated.socket delegated.service private.service postgresql@15-main.service"
    host.run(f"systemctl daemon-reload && systemctl start {units}")
    for port in PORTS:
        wait_for(host.address, port)


def copy(host: Host, file: pathlib.Path, path: str) -> None:
    (host.machine.root / path.lstrip("/")).write_bytes(file.read_bytes())
    host.run(f"chmod 755 {path}")


def wait_for(address: str, port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        with contextlib.suppress(OSError), socket.create_connection((address, port), timeout=1):
            return
        assert time.monotonic() < deadline, f"nothing listens on port {port}"
        time.sleep(0.1)


@contextlib.contextmanager
def connected(host: Host) -> Iterator[None]:
    """A connection from the outer machine to each port, one of the client to it, and two of the pool."""
    with contextlib.ExitStack() as stack:
        outer = [stack.enter_context(socket.create_server((host.machine.our_address, port))) for port in OUTGOING_PORTS]
        host.run("systemctl start client.service pool.service")
        stack.callback(host.run, "systemctl stop client.service pool.service")
        for one in (outer[0], outer[1], outer[1]):
            one.settimeout(20)
            stack.enter_context(one.accept()[0])
        for port in PORTS:
            stack.enter_context(socket.create_connection((host.address, port), timeout=5))
        time.sleep(0.2)  # until they are accepted, and have set what they set
        yield


def with_timer(host: Host) -> set[int]:
    """The ports whose connections from and to the outer machine have a keepalive timer, as `ss` shows them."""
    with connected(host):
        return timers(host)


def timers(host: Host) -> set[int]:
    """The same of the connections that are open."""
    shown = host.run(f"ss -tnoH state established dst {host.machine.our_address}").stdout
    lines = [line for line in shown.splitlines() if "timer:(keepalive" in line]
    ports = {int(number) for line in lines for number in re.findall(r":(\d+)(?=\s)", line)}
    return ports.intersection({*PORTS, *OUTGOING_PORTS})


def in_private_namespace(host: Host) -> str:
    """SO_KEEPALIVE of the client's end of a connection that is made and accepted there, which nothing but the program sets; then the timers."""
    script = (
        f"nsenter -t $(systemctl show -P MainPID private.service) -n sh -c 'python3 -c \"import socket, subprocess; "
        f'own = socket.create_connection((\\"127.0.0.1\\", {PRIVATE})); '
        f'print(subprocess.run([\\"ss\\", \\"-tnoH\\", \\"sport = :{PRIVATE}\\"], capture_output=True, text=True).stdout)"\''
    )
    return host.run(script).stdout


def measured(targets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the probe measures from the outer machine."""
    order = throwaway.arguments(False, {"method": "dead_peer", "targets": targets, "max_wait": 20})
    environment = {**os.environ, "PYTHONPATH": str(throwaway.collections())}
    with subprocess.Popen(
        throwaway.module("tcp_keepalive_probe"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(order)
        process.stdin.close()
        process.stdin = None
        listeners: list[dict[str, Any]] = throwaway.result_of(process)["listeners"]
    return listeners
