# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take the snapshot of a host: its values, its sysctl files, and how it boots. It reads only, and needs no privilege."""

import errno
import os
import stat
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._host import persistence, procfs, snapshot
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers import types as writer_types
from ansible_collections.netops.keepalive.plugins.module_utils._host.startup import boot_facts, since_boot
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import boot_readers
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import types as sysctl_types


def take_snapshot(packages: bool = False) -> snapshot.Snapshot:
    """All that decides the keepalive values of this host, now and after the next boot.

    ``packages``: also find the files in /etc that stand there as a package ships them.

    Raises:
        HostUnreadable: this is not Linux.
    """
    if os.uname().sysname != "Linux":
        raise _errors.HostUnreadable("This module sets Linux hosts; this one runs {0}.".format(os.uname().sysname))
    runtime, is_fixed = procfs.read_runtime(), persistence.is_read_only("/proc/sys/net")
    files = dict(read_files())
    later = () if is_fixed else tuple(later_writers())
    for writer in later:
        if writer.file and writer.file not in files:
            files[writer.file] = read_file(writer.file)
    folders = {os.path.dirname(path) for path in files} | {"/etc/sysctl.d"}
    found = snapshot.Snapshot(
        runtime,
        files,
        boot_facts.read_boot_facts(runtime if is_fixed else None),
        persistence.short_lived(folders),
        linked_folders(),
        later,
        since_boot.are_unchanged(folders.union(files)),
        older_initrd(folders.union(files)),
    )
    if packages:
        # Imported only where it is needed: Ansible sends source, and each run compiles it anew.
        from ansible_collections.netops.keepalive.plugins.module_utils._host import packages as host_packages

        found = host_packages.with_packages(found)
    return found


def older_initrd(paths: t.Iterable[str]) -> t.Optional[bool]:
    if not os.path.exists("/usr/bin/dracut"):
        return None
    from ansible_collections.netops.keepalive.plugins.module_utils._host.startup import initrd

    return initrd.is_older(paths)


def linked_folders() -> t.Dict[str, str]:
    """Each folder of sysctl files whose path goes through a link, with its real path."""
    real_paths = {folder: os.path.realpath(folder) for folder in ("/etc",) + boot_readers.FOLDERS}
    return {folder: real_path for folder, real_path in real_paths.items() if folder != real_path}


def later_writers() -> t.Iterator[writer_types.LaterWriter]:
    """The programs that set values after the sysctl files were read, in the order in which they run."""
    if os.path.exists("/etc/ufw"):
        from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers import ufw

        writer = ufw.read_ufw()
        if writer:
            yield writer
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
            most = sysctl_types.MOST_MEBIBYTES << 20
            with open(path, "rb") as file:
                content = file.read(most + 1)
            if len(content) > most:
                return sysctl_types.SysctlFile(None, real_path, "large")
            return sysctl_types.SysctlFile(content.decode("utf-8", "surrogateescape"), real_path)
    except OSError as error:
        leads_nowhere = error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
        return sysctl_types.SysctlFile(None, real_path, "missing" if leads_nowhere else "unreadable")
    if real_path == os.devnull:
        return sysctl_types.SysctlFile("", real_path)
    return sysctl_types.SysctlFile(None, real_path, "directory" if stat.S_ISDIR(mode) else "special")
