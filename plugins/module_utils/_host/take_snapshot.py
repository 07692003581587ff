# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take the snapshot of a host: its values, its sysctl files, and how it boots. It reads only, and needs no privilege."""

import errno
import os
import re
import stat
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._host import persistence, procfs, snapshot
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers import types as writer_types
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import boot_readers
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import types as sysctl_types

# The version stands in the program itself, so it need not run. The name may also lead to busybox.
SYSCTL_PROGRAMS = ("/usr/sbin/sysctl", "/sbin/sysctl", "/usr/bin/sysctl", "/bin/sysctl")
PROCPS_VERSION = re.compile(rb"procps-ng ([0-9]+)\.([0-9]+)\.([0-9]+)")
FIRST_WITH_ETC_FIRST = (3, 3, 17)
SYSTEMD_SYSCTL = ("/usr/lib/systemd/systemd-sysctl", "/lib/systemd/systemd-sysctl")
UNIT_NAME = "systemd-sysctl"
UNIT = UNIT_NAME + ".service"
UNIT_FOLDERS = ("/etc/systemd/system.control", "/etc/systemd/system")


def take_snapshot(packages: bool = False) -> snapshot.Snapshot:
    """All that decides the keepalive values of this host, now and after the next boot.

    ``packages``: also find the files in /etc that stand there as a package ships them.

    Raises:
        HostUnreadable: this is not Linux.
    """
    if os.uname().sysname != "Linux":
        raise _errors.HostUnreadable("This module sets Linux hosts; this one runs {0}.".format(os.uname().sysname))
    files = dict(read_files())
    folders = {os.path.dirname(path) for path in files} | {"/etc/sysctl.d"}
    found = snapshot.Snapshot(
        procfs.read_runtime(),
        files,
        boot_facts(),
        persistence.short_lived(folders),
        linked_folders(),
        tuple(later_writers()),
    )
    if packages:
        # Imported only where it is needed: Ansible sends source, and each run compiles it anew.
        from ansible_collections.netops.keepalive.plugins.module_utils._host import packages as host_packages

        found = host_packages.with_packages(found)
    return found


def linked_folders() -> t.Dict[str, str]:
    """Each folder of sysctl files whose path goes through a link, with its real path."""
    real_paths = {folder: os.path.realpath(folder) for folder in ("/etc",) + boot_readers.FOLDERS}
    return {folder: real_path for folder, real_path in real_paths.items() if folder != real_path}


def later_writers() -> t.Iterator[writer_types.LaterWriter]:
    """The programs that set values after the sysctl files were read, in the order in which they run."""
    if os.path.exists("/etc/tuned"):
        from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers import tuned

        writer = tuned.read_tuned()
        if writer:
            yield writer


def read_files() -> t.Iterator[t.Tuple[str, sysctl_types.SysctlFile]]:
    for folder in boot_readers.FOLDERS:
        try:
            names = sorted(os.listdir(folder))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            yield folder, sysctl_types.SysctlFile(None, folder, "unreadable")
            continue
        for name in names:
            if name.endswith(".conf"):
                yield folder + "/" + name, read_file(folder + "/" + name)
    if os.path.lexists(boot_readers.SYSCTL_CONF):
        yield boot_readers.SYSCTL_CONF, read_file(boot_readers.SYSCTL_CONF)


def read_file(path: str) -> sysctl_types.SysctlFile:
    """The file at ``path``. A link to /dev/null (a mask) reads as empty text, as each reader sees it."""
    real_path = os.path.realpath(path)
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISREG(mode):
            with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
                return sysctl_types.SysctlFile(file.read(), real_path)
    except OSError as error:
        leads_nowhere = error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
        return sysctl_types.SysctlFile(None, real_path, "missing" if leads_nowhere else "unreadable")
    if real_path == os.devnull:
        return sysctl_types.SysctlFile("", real_path)
    return sysctl_types.SysctlFile(None, real_path, "directory" if stat.S_ISDIR(mode) else "special")


def boot_facts() -> sysctl_types.BootFacts:
    in_container = os.path.exists("/run/systemd/container") or os.path.exists("/.dockerenv")
    command_line = "" if in_container else read_text("/proc/cmdline")
    version, run_first = procps_version()
    systemd_boots = os.path.isdir("/run/systemd/system")
    has_systemd = systemd_boots or any(os.path.exists(path) for path in SYSTEMD_SYSCTL)
    has_procps = not systemd_boots or version is not None
    return sysctl_types.BootFacts(
        reader="systemd" if systemd_boots else "procps",
        installed=("systemd",) * has_systemd + ("procps",) * has_procps,
        systemd_masked=is_masked(command_line),
        procps=version,
        procps_run_first=run_first,
        command_line=command_line,
    )


def is_masked(command_line: str) -> bool:
    """Whether the unit that applies sysctl.d at boot is masked for good. A mask in /run ends with this boot."""
    if {"systemd.mask=" + UNIT, "systemd.mask=" + UNIT_NAME} & set(command_line.split()):
        return True
    return any(masks(folder + "/" + UNIT) for folder in UNIT_FOLDERS)


def masks(path: str) -> bool:
    """Whether this is a link to /dev/null or an empty file; both mask a unit."""
    try:
        return os.path.realpath(path) == os.devnull or os.path.getsize(path) == 0
    except OSError:  # no such file, or a dangling link
        return False


def procps_version() -> t.Tuple[t.Optional[str], bool]:
    """``3.3``, ``4`` or ``None`` (not found), and whether that version reads /run before /etc."""
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
