# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why the kernel refuses to load or attach the program, in one sentence: what decides, by its name."""

import errno
import os
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _text
from ansible_collections.netops.keepalive.plugins.module_utils._always import bpf
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import processes

# linux/capability.h. Reading back by id takes CAP_SYS_ADMIN, which stands for the other two as well.
CAPABILITIES = {"CAP_NET_ADMIN": 12, "CAP_SYS_ADMIN": 21, "CAP_BPF": 39}
ALL_USERS = ["0", "0", "4294967295"]


def refused(error: OSError, cgroup: str = "") -> _errors.KeepaliveError:
    where = " to the cgroup {0}".format(cgroup) if cgroup else ""
    if error.errno in (errno.EPERM, errno.EACCES) and not isinstance(error, bpf.ProgramRefused):
        return _errors.HostUnwritable("The program cannot be attached{0}: {1}.".format(where, forbidden_by()))
    if isinstance(error, bpf.ProgramRefused):
        if error.errno == errno.EPERM:
            return _errors.HostUnwritable("The program cannot be loaded: {0}.".format(forbidden_by()))
        return _errors.HostUnwritable("The kernel does not load the program: {0}.".format(last_line(error)))
    if error.errno == errno.ENOSYS:
        return _errors.HostUnwritable("This kernel has no system call bpf (CONFIG_BPF_SYSCALL).")
    if error.errno == errno.E2BIG:
        return _errors.HostUnwritable(
            "The cgroup {0} has {1} programs already, which is all that it can have.".format(cgroup, bpf.MOST_PROGRAMS)
        )
    if error.errno in (errno.ENOENT, errno.ENODEV) and cgroup:
        return _errors.HostUnwritable(
            "The cgroup {0} went away during the run: its unit has stopped or restarted; run the task again.".format(
                cgroup
            )
        )
    if error.errno == errno.EROFS:
        return _errors.HostUnwritable(
            "The cgroups are mounted read-only, so that the program cannot be tried in one of its own: this host is a "
            "container; run the module on the machine that it runs on."
        )
    return _errors.HostUnwritable("The program cannot be attached{0}: {1}.".format(where, _text.why(error)))


def last_line(error: bpf.ProgramRefused) -> str:
    """The last line of what the verifier said that is not its statistics."""
    lines = [
        line for line in error.log.splitlines() if line and not line.startswith(("processed ", "verification time"))
    ]
    return lines[-1].rstrip(".") if lines else _text.why(error)


def forbidden_by() -> str:
    """Tried in this order: the first of them decides."""
    status = read_status()
    held = int(status.get("CapEff", "0"), 16)
    missing = [name for name, bit in CAPABILITIES.items() if not held >> bit & 1]
    if "CAP_SYS_ADMIN" in missing:
        return "bpf needs {0}; use become: true{1}".format(" and ".join(missing), in_container())
    if processes.contents("/proc/self/uid_map").split() != ALL_USERS:
        return (
            "bpf needs root of the initial user namespace, and this host has a user namespace of its own"
            + in_container()
        )
    if status.get("Seccomp") == "2" and command_forbidden():
        return "a seccomp filter forbids the system call bpf" + in_container()
    return "a security module (SELinux, AppArmor or another LSM) forbids it; its log names the rule"


def in_container() -> str:
    kind = container()
    return " (this host is a container of {0}, which decides that)".format(kind) if kind else ""


def container() -> t.Optional[str]:
    """What runs this host as a container, as systemd tells."""
    return processes.contents("/run/systemd/container").strip() or (
        "podman" if os.path.exists("/run/.containerenv") else "docker" if os.path.exists("/.dockerenv") else None
    )


def read_status() -> t.Dict[str, str]:
    rows = (line.partition(":") for line in processes.contents("/proc/self/status").splitlines())
    return {name: value.strip() for name, _colon, value in rows}


def command_forbidden() -> bool:
    """A filter forbids a command that no kernel has, too; a kernel calls it unknown."""
    try:
        bpf.call(bpf.NO_COMMAND, bytes(8))
    except OSError as error:
        return error.errno in (errno.EPERM, errno.EACCES, errno.ENOSYS)
    return False
