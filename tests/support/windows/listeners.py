# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server on a Windows host, for the tests that look at it from outside: real sockets of a Windows program."""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pytest

from tests.support.paths import COLLECTIONS, SCRIPTS
from tests.support.windows.hosts import WindowsHosts

PROGRAM = pathlib.Path(__file__).with_name("keep_connections.ps1")
# PowerShell takes a second or two to start, and a machine under load longer.
PATIENCE = 30


# In place of a time: keepalive is on, and the values are those of Windows.
VALUES_OF_THE_HOST = -1


class Listener(NamedTuple):
    """A port, and the keepalive values that its connections get: with 0 keepalive stays off."""

    port: int
    time: int = 0
    interval: int = 0


class Server:
    """The server, and how many connections each of its ports has accepted, known at its end."""

    def __init__(self, address: str, control: int, process: subprocess.Popen[str]) -> None:
        self.address, self.control, self.process = address, control, process
        self.accepted: dict[int, int] = {}

    def signal(self) -> None:
        """The first one tells that it is up, the second one ends it."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection((self.address, self.control), timeout=PATIENCE):
                return
            time.sleep(0.1)
        os.killpg(self.process.pid, signal.SIGKILL)
        pytest.fail(f"no server at {self.address}:{self.control}\n{self.process.communicate()[0]}", pytrace=False)

    def stop(self) -> None:
        self.signal()
        output, _errors = self.process.communicate(timeout=PATIENCE)
        self.accepted = {int(port): int(count) for port, count in re.findall(r"accepted (\d+) (\d+)", output)}


@contextlib.contextmanager
def serving(
    windows: WindowsHosts, host: str, listeners: Sequence[Listener], *, after: Sequence[str] = ()
) -> Iterator[Server]:
    """The server runs while Ansible waits for it, whatever the host's connection plugin is; `after` other commands there."""
    (control,) = free_ports(1)
    address = windows.variables[host].get("ansible_host", host)
    script = "\n".join([*after, program(listeners, control)])
    server = Server(address, control, start(windows, host, script))
    server.signal()
    try:
        yield server
    finally:
        server.stop()


def program(listeners: Sequence[Listener], control: int) -> str:
    wanted = "; ".join(f", @({one.port}, {one.time}, {one.interval})" for one in listeners)
    lines = PROGRAM.read_text(encoding="utf-8").splitlines()
    # A command line has its limits, and comments are for readers.
    code = [line for line in lines if not line.lstrip().startswith("#")]
    return "\n".join([f"$control = {control}", f"$listeners = @({wanted})", *code])


def start(windows: WindowsHosts, host: str, script: str) -> subprocess.Popen[str]:
    # Ansible encodes it for the command line itself; once more, and it is longer than that of Windows may be.
    return subprocess.Popen(
        [SCRIPTS / "ansible", "-i", windows.inventory, host, "-m", "ansible.builtin.raw", "-a", script],
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS), "ANSIBLE_HOST_KEY_CHECKING": "false"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def free_ports(count: int) -> list[int]:
    """Ports that are free on this machine, and so very likely on another."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("", 0))
        return [each.getsockname()[1] for each in sockets]
