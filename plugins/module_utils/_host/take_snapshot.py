# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take the snapshot of a host: its values, its sysctl files, and how it boots. It reads only, and needs no privilege."""

import errno
import posixpath
import stat
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _local_host
from ansible_collections.netops.keepalive.plugins.module_utils._host import persistence, procfs, snapshot
from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers import types as writer_types
from ansible_collections.netops.keepalive.plugins.module_utils._host.startup import boot_facts, since_boot
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import boot_readers
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import types as sysctl_types


def take_snapshot(packages: bool = False, host: _local_host.LocalHost = _local_host.THIS) -> snapshot.Snapshot:
    """All that decides the keepalive values of this host, now and after the next boot.

    ``packages``: also find the files in /etc that stand there as a package ships them; not for an image of a host.

    Raises:
        HostUnreadable: this is not Linux.
    """
    system = host.uname()[0]
    if system != "Linux":
        raise _errors.HostUnreadable("This module sets Linux hosts; this one runs {0}.".format(system))
    runtime, is_fixed = procfs.read_runtime(host), persistence.is_read_only("/proc/sys/net", host)
    files = dict(read_files(host))
    later = () if is_fixed else tuple(later_writers(host))
    for writer in later:
        if writer.file and writer.file not in files:
            files[writer.file] = read_file(writer.file, host)
    folders = {posixpath.dirname(path) for path in files} | {"/etc/sysctl.d"}
    found = snapshot.Snapshot(
        runtime,
        files,
        boot_facts.read_boot_facts(runtime if is_fixed else None, host),
        persistence.short_lived(sorted(folders), host),
        linked_folders(host),
        later,
        since_boot.are_unchanged(folders.union(files), host),
        older_initrd(folders.union(files), host),
    )
    if packages:
        # Imported only where it is needed: Ansible sends source, and each run compiles it anew.
        from ansible_collections.netops.keepalive.plugins.module_utils._host import packages as host_packages

        found = host_packages.with_packages(found)
    return found


def older_initrd(paths: t.Iterable[str], host: _local_host.LocalHost) -> t.Optional[bool]:
    if not host.exists("/usr/bin/dracut"):
        return None
    from ansible_collections.netops.keepalive.plugins.module_utils._host.startup import initrd

    return initrd.is_older(paths, host)


def linked_folders(host: _local_host.LocalHost) -> t.Dict[str, str]:
    """Each folder of sysctl files whose path goes through a link, with its real path."""
    real_paths = {folder: host.realpath(folder) for folder in ("/etc",) + boot_readers.FOLDERS}
    return {folder: real_path for folder, real_path in real_paths.items() if folder != real_path}


def later_writers(host: _local_host.LocalHost) -> t.Iterator[writer_types.LaterWriter]:
    """The programs that set values after the sysctl files were read, in the order in which they run."""
    if host.exists("/etc/ufw"):
        from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers import ufw

        writer = ufw.read_ufw(host)
        if writer:
            yield writer
    if host.exists("/etc/tuned"):
        from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers import tuned

        writer = tuned.read_tuned(host)
        if writer:
            yield writer


def read_files(host: _local_host.LocalHost) -> t.Iterator[t.Tuple[str, sysctl_types.SysctlFile]]:
    for folder in boot_readers.FOLDERS:
        try:
            names = sorted(host.listdir(folder))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            yield folder, sysctl_types.SysctlFile(None, folder, "unreadable")
            continue
        for name in names:
            if name.endswith(".conf"):
                yield folder + "/" + name, read_file(folder + "/" + name, host)
    if host.lexists(boot_readers.SYSCTL_CONF):
        yield boot_readers.SYSCTL_CONF, read_file(boot_readers.SYSCTL_CONF, host)


def read_file(path: str, host: _local_host.LocalHost) -> sysctl_types.SysctlFile:
    """The file at ``path``. A link to /dev/null (a mask) reads as empty text, as each reader sees it."""
    real_path = host.realpath(path)
    try:
        mode = host.stat(path).st_mode
        if stat.S_ISREG(mode):
            most = sysctl_types.MOST_MEBIBYTES << 20
            content = host.read(path, most + 1)
            if len(content) > most:
                return sysctl_types.SysctlFile(None, real_path, "large")
            return sysctl_types.SysctlFile(content.decode("utf-8", "surrogateescape"), real_path)
    except OSError as error:
        leads_nowhere = error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
        return sysctl_types.SysctlFile(None, real_path, "missing" if leads_nowhere else "unreadable")
    if real_path == sysctl_types.MASK:
        return sysctl_types.SysctlFile("", real_path)
    return sysctl_types.SysctlFile(None, real_path, "directory" if stat.S_ISDIR(mode) else "special")
