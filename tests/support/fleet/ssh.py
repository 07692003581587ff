# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the fleet's hosts are reached: quick, quiet, and without a trace in the files of the user who runs it."""

from __future__ import annotations

import socket
import subprocess
import time
from pathlib import Path

from . import names

# -F none: what the machine and its user configured for ssh does not matter here. Without the key exchange named, newer
# releases of OpenSSH take a slower one (80 ms of processor time for each connection). Dead hosts are noticed in 15 seconds.
OPTIONS = (
    "-F", "none",
    "-o", "StrictHostKeyChecking=no",
    "-o", "UserKnownHostsFile=/dev/null",
    "-o", "LogLevel=ERROR",
    "-o", "IdentitiesOnly=yes",
    "-o", "KexAlgorithms=curve25519-sha256",
    "-o", "ConnectTimeout=10",
    "-o", "ServerAliveInterval=5",
    "-o", "ServerAliveCountMax=3",
)  # fmt: skip


def make_keys(folder: Path) -> None:
    """One key pair for whoever logs in, and one for all hosts."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for key in (folder / "id", folder / "host"):
        if not key.with_suffix(".pub").exists():  # written last
            key.unlink(missing_ok=True)
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "fleet", "-f", str(key)], check=True)


def control_path(token: str) -> str:
    """Where connections that stay open for the next command have their sockets: in /run, because the path must be short."""
    return str(names.RUN / token / "%r@%h")


def close_connections(token: str, address: str = "*") -> None:
    """End the connections that were left open, lest the next command waits on one to a host that is no more."""
    for control in (names.RUN / token).glob(f"*@{address}"):
        subprocess.run(["ssh", "-F", "none", "-O", "exit", "-o", f"ControlPath={control}", "closing"], check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        control.unlink(missing_ok=True)


def answers(address: str) -> bool:
    """Whether an ssh server greets there."""
    try:
        with socket.create_connection((address, 22), timeout=1) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


def wait_for(address: str, *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not answers(address):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
