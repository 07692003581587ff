# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One booted host, seen from the outer machine: its root folder, network, cgroups and supervisor (boots.sh)."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from . import processes, ssh
from .errors import FleetError

BOOTS = Path(__file__).with_name("boots.sh")
BOOT_SECONDS = 120  # fifty at once on two cores take half a minute
NSPAWN_RUN = Path("/run/systemd/nspawn")
# What duplicating a descriptor and attaching a socket filter need.
PRIVILEGES = "--system-call-filter=pidfd_getfd --capability=CAP_NET_ADMIN"
# And what attaching a program to its cgroups needs.
BPF = "--system-call-filter=pidfd_getfd --system-call-filter=bpf --capability=CAP_NET_ADMIN,CAP_BPF,CAP_PERFMON"
# Cgroups of version 2 alone, as on most hosts; else they are as on this machine.
UNIFIED = {"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}


class Machine(NamedTuple):
    hostname: str
    name: str  # of its namespace, link and cgroups
    folder: Path  # what it changes of its tree, its console's output
    our_address: str
    address: str
    privileges: str = PRIVILEGES
    sets_sysctls: bool = True
    unified: bool = False

    @property
    def root(self) -> Path:
        return self.folder / "root"

    @property
    def console(self) -> Path:
        return self.folder / "console.log"


def is_up(machine: Machine) -> bool:
    """Whether it runs, would boot again, and its ssh server greets; where it is just booting this waits for that."""
    return _is_supervised(machine) and ssh.wait_for(machine.address, seconds=BOOT_SECONDS)


def build(machine: Machine, layers: Sequence[Path], keys: Path) -> None:
    """Lay the host's own files over those of its release (topmost first) and boot it."""
    upper = machine.folder / "upper"
    for folder in (upper / "root/.ssh", upper / "etc/ssh", machine.folder / "work", machine.root):
        folder.mkdir(parents=True)
    (upper / "root").chmod(0o700)
    (upper / "root/.ssh").chmod(0o700)
    shutil.copy(keys / "id.pub", upper / "root/.ssh/authorized_keys")
    shutil.copy(keys / "host", upper / "etc/ssh/ssh_host_ed25519_key")
    (upper / "etc/machine-id").write_text(f"{uuid.uuid4().hex}\n")
    (upper / "etc/hostname").write_text(f"{machine.hostname}\n")
    (upper / "etc/hosts").write_text(f"127.0.0.1 localhost\n::1 localhost\n{machine.address} {machine.hostname}\n")
    below = ":".join(str(layer) for layer in layers)
    _run(
        "mount",
        "-t",
        "overlay",
        "-o",
        f"lowerdir={below},upperdir={upper},workdir={machine.folder / 'work'}",
        machine.name,
        str(machine.root),
    )
    with machine.console.open("wb") as console:
        # --fork: it belongs to nobody who could take it along, or would have to wait for it
        subprocess.run(
            ["setsid", "--fork", str(BOOTS), str(machine.root), machine.name, machine.hostname, machine.our_address,
             machine.address, *_own_cgroups(machine.name)],
            env={**os.environ, processes.MARK: machine.name, "PRIVILEGES": machine.privileges, **(UNIFIED if machine.unified else {}),
                 "SYSTEMD_NSPAWN_API_VFS_WRITABLE": "network" if machine.sets_sysctls else "no"}, cwd="/",
            stdin=subprocess.DEVNULL, stdout=console, stderr=console, check=True,
        )  # fmt: skip


def wait_until_up(machine: Machine) -> None:
    if not ssh.wait_for(machine.address, seconds=BOOT_SECONDS):
        last = machine.console.read_text(errors="replace").strip().splitlines()[-1:]
        raise FleetError(f"{machine.hostname} did not boot: {' '.join(last)} (all of it: {machine.console})")


def dismantle(name: str, folder: Path) -> None:
    """Remove all that there is of a host, whatever state it is in."""
    processes.kill(name)
    _remove_nspawn_files(name, folder / "root")
    _unmount(folder / "root")
    _quietly("ip", "link", "delete", name)
    _quietly("ip", "netns", "delete", name)
    for cgroup in _own_cgroups(name):
        _remove_cgroup(Path(cgroup))
    if folder.exists():
        shutil.rmtree(folder)


def _is_supervised(machine: Machine) -> bool:
    commands = (Path(f"/proc/{pid}/comm") for pid in processes.marked(machine.name))
    with contextlib.suppress(OSError):  # one ended meanwhile
        return any(command.read_text().strip() == BOOTS.name for command in commands)
    return False


def _remove_nspawn_files(name: str, root: Path) -> None:
    """What systemd-nspawn leaves in /run when it is killed."""
    for folder in (NSPAWN_RUN / "propagate" / name, NSPAWN_RUN / "unix-export" / name):
        with contextlib.suppress(OSError):
            folder.rmdir()
    if os.path.ismount(root):
        status = root.stat()
        (NSPAWN_RUN / "locks" / f"inode-{status.st_dev}:{status.st_ino}").unlink(missing_ok=True)


def cgroup_folders() -> list[Path]:
    """The top of every cgroup hierarchy that systemd uses."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    folders = [Path(mount[1]) for mount in mounts if mount[2] in ("cgroup", "cgroup2")]
    # A new group of version 1's cpuset takes no process until it has been given processors; systemd leaves it alone.
    return [folder for folder in folders if not (folder / "cpuset.cpu_exclusive").exists()]


def _own_cgroups(name: str) -> list[str]:
    return [str(folder / name) for folder in cgroup_folders()]


def _remove_cgroup(top: Path) -> None:
    for folder, _folders, _files in os.walk(top, topdown=False):
        for _attempt in range(100):  # until the kernel has let go of the last process
            try:
                os.rmdir(folder)
            except FileNotFoundError:
                break
            except OSError:
                time.sleep(0.02)
            else:
                break


def _unmount(root: Path) -> None:
    while os.path.ismount(root):
        if not _quietly("umount", str(root)):
            _run("umount", "--lazy", str(root))


def _quietly(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _run(*command: str) -> None:
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode != 0:
        raise FleetError(f"{' '.join(command)}: {finished.stderr.strip()}")
