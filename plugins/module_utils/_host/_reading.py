# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take the snapshot of a host: its values, its sysctl files, and how it boots. Reads only, and needs no privilege."""

import glob
import os
import re
import stat
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._errors import HostUnreadable
from ansible_collections.netops.keepalive.plugins.module_utils._host._lasting import short_lived
from ansible_collections.netops.keepalive.plugins.module_utils._host._packages import shipped_by_packages
from ansible_collections.netops.keepalive.plugins.module_utils._host._procfs import read_runtime
from ansible_collections.netops.keepalive.plugins.module_utils._host._readers import PROCPS_FOLDERS, SYSCTL_CONF
from ansible_collections.netops.keepalive.plugins.module_utils._host._snapshot import BootFacts, Snapshot, SysctlFile
from ansible_collections.netops.keepalive.plugins.module_utils._host._tuned import read_tuned

# The libraries tell which procps is installed without running it.
PROCPS_LIBRARIES = tuple(
    folder + "/" + name
    for folder in ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/lib/*-linux-*", "/usr/lib/*-linux-*")
    for name in ("libproc2.so.*", "libprocps.so.*")
)
FIRST_WITH_ETC_FIRST = (8, 0, 3)  # libprocps of procps-ng 3.3.17
SYSTEMD_SYSCTL = ("/usr/lib/systemd/systemd-sysctl", "/lib/systemd/systemd-sysctl")
UNIT = "systemd-sysctl.service"
UNIT_FOLDERS = ("/etc/systemd/system.control", "/etc/systemd/system")


def take_snapshot(packages: bool = False) -> Snapshot:
    """Everything that decides the keepalive values of this host, now and after the next boot.

    With ``packages``, also which files in /etc stand there as a package ships them.

    Raises:
        HostUnreadable: this is not Linux.
    """
    if os.uname().sysname != "Linux":
        raise HostUnreadable("This module sets Linux hosts; this one runs {0}.".format(os.uname().sysname))
    files = dict(read_files())
    if packages:
        files.update((path, files[path]._replace(package=package)) for path, package in shipped_by_packages(files).items())
    folders = {os.path.dirname(path) for path in files} | {"/etc/sysctl.d"}
    return Snapshot(read_runtime(), files, boot_facts(), short_lived(folders))


def read_files() -> t.Iterator[t.Tuple[str, SysctlFile]]:
    for folder in PROCPS_FOLDERS:
        try:
            names = sorted(os.listdir(folder))
        except OSError:
            continue
        for name in names:
            if name.endswith(".conf"):
                yield folder + "/" + name, read_file(folder + "/" + name)
    if os.path.lexists(SYSCTL_CONF):
        yield SYSCTL_CONF, read_file(SYSCTL_CONF)


def read_file(path: str) -> SysctlFile:
    """What stands at ``path``. A link to /dev/null, which masks, reads as the empty text that every reader sees."""
    real_path = os.path.realpath(path)
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISREG(mode):
            with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
                return SysctlFile(file.read(), real_path)
    except FileNotFoundError:
        return SysctlFile(None, real_path, "missing")
    except OSError:
        return SysctlFile(None, real_path, "unreadable")
    if real_path == os.devnull:
        return SysctlFile("", real_path)
    return SysctlFile(None, real_path, "directory" if stat.S_ISDIR(mode) else "special")


def boot_facts() -> BootFacts:
    in_container = os.path.exists("/run/systemd/container") or os.path.exists("/.dockerenv")
    command_line = "" if in_container else read_text("/proc/cmdline")
    version, run_first = procps_version()
    systemd_boots = os.path.isdir("/run/systemd/system")
    has_systemd = systemd_boots or any(os.path.exists(path) for path in SYSTEMD_SYSCTL)
    has_procps = not systemd_boots or version is not None
    return BootFacts(
        reader="systemd" if systemd_boots else "procps",
        installed=("systemd",) * has_systemd + ("procps",) * has_procps,
        systemd_masked=is_masked(command_line),
        procps=version,
        procps_run_first=run_first,
        command_line=command_line,
        tuned=read_tuned(),
    )


def is_masked(command_line: str) -> bool:
    """Whether the unit that applies sysctl.d at boot is switched off for good (a mask in /run ends with this boot)."""
    if "systemd.mask=" + UNIT in command_line.split():
        return True
    for folder in UNIT_FOLDERS:
        path = folder + "/" + UNIT
        if os.path.lexists(path):
            return os.path.realpath(path) == os.devnull or os.path.getsize(path) == 0
    return False


def procps_version() -> t.Tuple[t.Optional[str], bool]:
    """``3.3``, ``4`` or ``None`` (not found), and whether /run comes before /etc there."""
    names = [os.path.basename(path) for pattern in PROCPS_LIBRARIES for path in glob.glob(pattern)]
    if any(name.startswith("libproc2.") for name in names):
        return "4", False
    versions = [tuple(int(part) for part in re.findall(r"[0-9]+", name)) for name in names]
    return ("3.3", max(versions) < FIRST_WITH_ETC_FIRST) if versions else (None, False)


def read_text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError:
        return ""
