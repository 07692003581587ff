# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replace or remove a file so that a crash leaves the old file or the new one, and nothing in between."""

import errno
import os
import re
import stat
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors

# The name must not end in .conf: procps also applies hidden files.
LEFTOVER = re.compile(r"\..+\.([0-9]+)\.netops-keepalive\Z")
NEW_FILE_MODE = 0o644
NEW_FOLDER_MODE = 0o755
# These depend on the content, and the kernel sets them itself.
OF_CONTENT = ("security.ima", "security.evm")
HINTS = {
    errno.EROFS: "it is on a read-only file system; pass boot: false to set the runtime values only",
    errno.EACCES: "uid {uid} may not{help}",
    errno.EPERM: "uid {uid} may not, or the file is immutable (lsattr shows it)",
}
HELP = "; run the task with become: true"
HELP_FOR_ROOT = (
    ": the file belongs to no user of its user namespace, or a security module forbids it; pass boot: false to set the "
    "runtime values only"
)


class Attributes(t.NamedTuple):
    """What the new file keeps from the file it replaces. The SELinux label is one of the extended attributes."""

    mode: int
    uid: int
    gid: int
    extended: t.Tuple[t.Tuple[str, bytes], ...]


def attributes_of(path: str) -> t.Optional[Attributes]:
    """``None`` if there is no such file."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise not_writable(path, error) from error
    return Attributes(stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid, tuple(extended_attributes(path).items()))


def extended_attributes(file: t.Union[str, int]) -> t.Dict[str, bytes]:
    try:
        return {name: os.getxattr(file, name) for name in os.listxattr(file) if name not in OF_CONTENT}
    except OSError:  # this file system has none
        return {}


def replace(path: str, text: t.Optional[str], attributes: t.Optional[Attributes]) -> None:
    """Give the file at ``path`` this text, or remove it if that is ``None``, and wait until the change is on disk.

    Raises:
        HostUnwritable: it failed; the file has the old text or the new one.
    """
    try:
        if text is None:
            os.unlink(path)
        else:
            write_beside_and_rename(path, text, attributes)
        sync_folder(os.path.dirname(path))
    except OSError as error:
        raise not_writable(path, error) from error


def write_beside_and_rename(path: str, text: str, attributes: t.Optional[Attributes]) -> None:
    folder, name = os.path.split(path)
    make_folder(folder)
    temporary = os.path.join(folder, ".{0}.{1}.netops-keepalive".format(name, os.getpid()))
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with open(descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(text)
            file.flush()
            dress(descriptor, attributes)
            os.fsync(descriptor)
        os.rename(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def make_folder(folder: str) -> None:
    if not os.path.isdir(folder):
        os.makedirs(folder)
        os.chmod(folder, NEW_FOLDER_MODE)  # regardless of the umask
        sync_folder(os.path.dirname(folder))


def dress(descriptor: int, attributes: t.Optional[Attributes]) -> None:
    if attributes is None:
        os.fchmod(descriptor, NEW_FILE_MODE)
        return
    os.fchown(descriptor, attributes.uid, attributes.gid)
    os.fchmod(descriptor, attributes.mode)
    # Usually the new file has its SELinux label from the folder already, and setting a label needs a privilege.
    present = extended_attributes(descriptor)
    for name, value in attributes.extended:
        if present.get(name) != value:
            os.setxattr(descriptor, name, value)


def sync_folder(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_leftovers(folder: str) -> None:
    """Remove temporary files that killed runs left behind. The files of a process that still runs stay."""
    try:
        for name in os.listdir(folder):
            match = LEFTOVER.match(name)
            if match and not os.path.exists("/proc/" + match.group(1)):
                os.unlink(os.path.join(folder, name))
    except OSError:  # not permitted: leave them
        pass


def check_replaceable(path: str) -> None:
    """Raise the error that ``replace`` would raise for a missing permission, without writing."""
    folder = os.path.dirname(path)
    while not os.path.isdir(folder):
        if os.path.lexists(folder):
            raise not_writable(path, OSError(errno.ENOTDIR, ""))
        folder = os.path.dirname(folder)
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        raise not_writable(path, OSError(errno.EROFS, ""))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise not_writable(path, OSError(errno.EACCES, ""))


def not_writable(path: str, error: OSError) -> _errors.HostUnwritable:
    number = error.errno or 0
    uid = os.geteuid()
    why = HINTS.get(number, os.strerror(number)).format(uid=uid, help=HELP if uid else HELP_FOR_ROOT)
    return _errors.HostUnwritable("Cannot write {0}: {1}.".format(path, why))
