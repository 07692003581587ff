# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values in force, in ``/proc/sys``: those of the network namespace of this process."""

import errno
import os
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _local_host, _settings

NOT_WRITABLE = {
    errno.EROFS: "it is mounted read-only here, as in most containers; set the values where the network namespace is "
    "made (sysctls of the pod or container)",
    errno.EACCES: "uid {uid} may not{help}",
    errno.EPERM: "uid {uid} may not{help}",
    errno.EINVAL: "the kernel refuses the value",
}


HELP = "; run the task with become: true"
HELP_FOR_ROOT = (
    ": its user namespace does not own this network namespace, as in a container that shares its host's network, or a "
    "security module forbids it; set the values on the host"
)


def read_runtime(host: _local_host.LocalHost) -> _settings.Settings:
    """The values in force; ``None`` where this kernel has no such value or does not show it."""
    return _settings.Settings(*(read_value(name, host) for name in _settings.NAMES))


def read_value(name: str, host: _local_host.LocalHost) -> t.Optional[int]:
    try:
        return int(host.read(_settings.BY_NAME[name].proc_path))
    except (OSError, ValueError):
        return None


def write_value(name: str, value: str) -> None:
    """Set one value and read it back.

    Raises:
        HostUnwritable: the kernel refused it, or shows another value afterwards.
    """
    path = _settings.BY_NAME[name].proc_path
    try:
        # Without a buffer: a buffer that could not be flushed is written again when it is closed.
        with open(path, "wb", buffering=0) as file:
            file.write(value.encode("ascii"))
    except OSError as error:
        raise not_writable(path, error) from error
    found = read_value(name, _local_host.THIS)
    if found != int(value):
        raise _errors.HostUnwritable(
            "{0} reads {1} after {2} was written: something else sets it at the same time.".format(path, found, value)
        )


def check_writable(names: t.Iterable[str]) -> None:
    """Raise what ``write_value`` would, without writing. On a read-only mount the mode bits are wrong; access(2) is right."""
    for name in names:
        path = _settings.BY_NAME[name].proc_path
        if not os.path.exists(path):
            raise _errors.HostUnreadable(
                "This host has no {0}: its kernel has no IPv4, or /proc is not mounted; pass runtime: false to write the file only.".format(
                    path
                )
            )
        if not os.access(path, os.W_OK):
            read_only = os.statvfs(path).f_flag & os.ST_RDONLY
            raise not_writable(path, OSError(errno.EROFS if read_only else errno.EACCES, ""))


def not_writable(path: str, error: OSError) -> _errors.HostUnwritable:
    uid = os.geteuid()
    why = NOT_WRITABLE.get(error.errno or 0, os.strerror(error.errno or 0))
    why = why.format(uid=uid, help=HELP if uid else HELP_FOR_ROOT)
    return _errors.HostUnwritable("Cannot set {0}: {1}.".format(path, why))
