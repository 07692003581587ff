# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take the snapshot of a host: its values, its sysctl files, and how it boots. Reads only, and needs no privilege."""

import errno
import os
import re
import stat
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._host import persistence, procfs, snapshot
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import boot_readers

# The program tells its version without being run; what is there under that name may also be busybox.
SYSCTL_PROGRAMS = ("/usr/sbin/sysctl", "/sbin/sysctl", "/usr/bin/sysctl", "/bin/sysctl")
PROCPS_VERSION = re.compile(rb"procps-ng ([0-9]+)\.([0-9]+)\.([0-9]+)")
FIRST_WITH_ETC_FIRST = (3, 3, 17)
SYSTEMD_SYSCTL = ("/usr/lib/systemd/systemd-sysctl", "/lib/systemd/systemd-sysctl")
UNIT_NAME = "systemd-sysctl"
UNIT = UNIT_NAME + ".service"
UNIT_FOLDERS = ("/etc/systemd/system.control", "/etc/systemd/system")


def take_snapshot(packages: bool = False) -> snapshot.Snapshot:
    """Everything that decides the keepalive values of this host, now and after the next boot.

    With ``packages``, also which files in /etc stand there as a package ships them.

    Raises:
        HostUnreadable: this is not Linux.
    """
    if os.uname().sysname != "Linux":
        raise _errors.HostUnreadable("This module sets Linux hosts; this one runs {0}.".format(os.uname().sysname))
    files = dict(read_files())
    folders = {os.path.dirname(path) for path in files} | {"/etc/sysctl.d"}
    found = snapshot.Snapshot(
        procfs.read_runtime(), files, boot_facts(), persistence.short_lived(folders), linked_folders()
    )
    if packages:
        # Imported where few runs come by: what Ansible sends is source, and compiled anew on each host in each run.
        from ansible_collections.netops.keepalive.plugins.module_utils._host import packages as host_packages

        found = host_packages.with_packages(found)
    return found


def linked_folders() -> t.Dict[str, str]:
    """Each folder of sysctl files whose path goes through a link, with its real path."""
    real_paths = {folder: os.path.realpath(folder) for folder in ("/etc",) + boot_readers.FOLDERS}
    return {folder: real_path for folder, real_path in real_paths.items() if folder != real_path}


def read_files() -> t.Iterator[t.Tuple[str, snapshot.SysctlFile]]:
    for folder in boot_readers.FOLDERS:
        try:
            names = sorted(os.listdir(folder))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            yield folder, snapshot.SysctlFile(None, folder, "unreadable")
            continue
        for name in names:
            if name.endswith(".conf"):
                yield folder + "/" + name, read_file(folder + "/" + name)
    if os.path.lexists(boot_readers.SYSCTL_CONF):
        yield boot_readers.SYSCTL_CONF, read_file(boot_readers.SYSCTL_CONF)


def read_file(path: str) -> snapshot.SysctlFile:
    """What stands at ``path``. A link to /dev/null, which masks, reads as the empty text that every reader sees."""
    real_path = os.path.realpath(path)
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISREG(mode):
            with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
                return snapshot.SysctlFile(file.read(), real_path)
    except OSError as error:
        leads_nowhere = error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
        return snapshot.SysctlFile(None, real_path, "missing" if leads_nowhere else "unreadable")
    if real_path == os.devnull:
        return snapshot.SysctlFile("", real_path)
    return snapshot.SysctlFile(None, real_path, "directory" if stat.S_ISDIR(mode) else "special")


def boot_facts() -> snapshot.BootFacts:
    in_container = os.path.exists("/run/systemd/container") or os.path.exists("/.dockerenv")
    command_line = "" if in_container else read_text("/proc/cmdline")
    version, run_first = procps_version()
    systemd_boots = os.path.isdir("/run/systemd/system")
    tuned = None
    if os.path.exists("/etc/tuned"):
        from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers import (
            tuned as later_writers_tuned,
        )

        tuned = later_writers_tuned.read_tuned()
    has_systemd = systemd_boots or any(os.path.exists(path) for path in SYSTEMD_SYSCTL)
    has_procps = not systemd_boots or version is not None
    return snapshot.BootFacts(
        reader="systemd" if systemd_boots else "procps",
        installed=("systemd",) * has_systemd + ("procps",) * has_procps,
        systemd_masked=is_masked(command_line),
        procps=version,
        procps_run_first=run_first,
        command_line=command_line,
        tuned=tuned,
    )


def is_masked(command_line: str) -> bool:
    """Whether the unit that applies sysctl.d at boot is switched off for good (a mask in /run ends with this boot)."""
    if {"systemd.mask=" + UNIT, "systemd.mask=" + UNIT_NAME} & set(command_line.split()):
        return True
    return any(masks(folder + "/" + UNIT) for folder in UNIT_FOLDERS)


def masks(path: str) -> bool:
    """Whether this is a link to /dev/null or an empty file, which systemd takes for the same."""
    try:
        return os.path.realpath(path) == os.devnull or os.path.getsize(path) == 0
    except OSError:  # nothing there, or a link to nothing
        return False


def procps_version() -> t.Tuple[t.Optional[str], bool]:
    """``3.3``, ``4`` or ``None`` (not found), and whether /run comes before /etc there."""
    for path in SYSCTL_PROGRAMS:
        try:
            with open(path, "rb") as program:
                found = PROCPS_VERSION.search(program.read())
        except OSError:
            continue
        if found:
            version = tuple(int(part) for part in found.groups())
            return "4" if version >= (4,) else "3.3", version < FIRST_WITH_ETC_FIRST
    return None, False


def read_text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError:
        return ""
