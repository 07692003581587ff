# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the mount table tells about the next boot: folders whose content does not survive it, and a read-only /proc/sys."""

import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _local_host

IN_MEMORY = ("tmpfs", "ramfs")


class Mount(t.NamedTuple):
    point: str
    kind: str
    options: str
    read_only: bool = False


def is_read_only(path: str, host: _local_host.LocalHost) -> bool:
    """Whether ``path`` is read-only for the programs that start this host.

    This login may see it read-only where the host does not. PID 1 tells, unless it is that of another host: a container
    may share the machine's processes, but not its root.
    """
    first, own = read_mounts("1", host), read_mounts("self", host)
    roots = [mount_of("/", mounts) for mounts in (first, own)]
    mount = mount_of(path, first if roots[0] and roots[1] and roots[0][:3] == roots[1][:3] else own)
    return mount is not None and mount.read_only


def short_lived(folders: t.Iterable[str], host: _local_host.LocalHost) -> t.Dict[str, str]:
    """Each of ``folders`` that lies in memory, with the reason. Folders in /run are left out: they always do."""
    mounts = read_mounts("self", host)
    reasons = {
        folder: reason(host.realpath(folder), mounts, host) for folder in folders if not folder.startswith("/run/")
    }
    return {folder: why for folder, why in reasons.items() if why}


def reason(path: str, mounts: t.List[Mount], host: _local_host.LocalHost) -> t.Optional[str]:
    mount = mount_of(path, mounts)
    if mount is None:
        return None
    if mount.kind in IN_MEMORY:
        return "{0} is a {1}".format(mount.point, mount.kind)
    if mount.kind == "overlay":
        upper = re.search(r"upperdir=((?:[^,\\]|\\.)+)", mount.options)
        below = mount_of(upper.group(1), mounts) if upper else None
        # The upper folder's path may belong to another mount namespace; then it is not there, and no reason is given.
        if upper and below and below.kind in IN_MEMORY and host.isdir(upper.group(1)):
            return "{0} is an overlay whose upper layer is on a {1}".format(mount.point, below.kind)
    return None


def mount_of(path: str, mounts: t.List[Mount]) -> t.Optional[Mount]:
    """The mount that ``path`` lies on: the one with the longest mount point; the last of equal ones is on top."""
    best = None
    for mount in mounts:
        above = mount.point.rstrip("/") + "/"
        if (path + "/").startswith(above) and (best is None or len(mount.point) >= len(best.point)):
            best = mount
    return best


def read_mounts(process: str, host: _local_host.LocalHost) -> t.List[Mount]:
    """The mounts of a process (proc_pid_mountinfo(5)); none where they cannot be read."""
    mounts = []
    for line in host.text("/proc/{0}/mountinfo".format(process)).split("\n")[:-1]:
        fields, _dash, rest = line.partition(" - ")
        kind, _source, options = rest.split(" ", 2)
        _id, _parent, _device, _root, point, own_options = fields.split(" ")[:6]
        point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal.group(1), 8)), point)
        mounts.append(Mount(point, kind, options, "ro" in (own_options + "," + options).split(",")))
    return mounts
