# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file that the task names: whether it can hold the values, and its new text. Pure."""

import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings
from ansible_collections.netops.keepalive.plugins.module_utils._host import snapshot as host_snapshot
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import (
    boot_readers,
    kernel_numbers,
)
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import (
    text as sysctl_text,
)
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import types as sysctl_types

OWN_FOLDERS = ("/etc/sysctl.d", "/usr/local/lib/sysctl.d")
IN_THE_WAY = {
    "missing": "it is a link to {target}, which does not exist",
    "directory": "it is a directory",
    "special": "it is not a regular file",
    "large": "it is larger than {0} MiB".format(sysctl_types.MOST_MEBIBYTES),
    "unreadable": "this user may not read it; run the task with become: true",
}


def with_settings(snapshot: host_snapshot.Snapshot, path: str, values: t.Mapping[str, int]) -> host_snapshot.Snapshot:
    """The snapshot in which ``path`` sets ``values`` and keeps all lines about other settings.

    Raises:
        InvalidValue: ``path`` cannot hold the values.
    """
    check_place(path)
    check_entry(snapshot, path)
    file = snapshot.files.get(path)
    text = (file and file.text) or ""
    return with_text(snapshot, path, sysctl_text.with_values(text, values, kernel_numbers.value_of))


def without_ours(snapshot: host_snapshot.Snapshot, path: str) -> host_snapshot.Snapshot:
    """The snapshot in which ``path`` sets none of the three values. A file that held nothing else is removed."""
    check_place(path)
    file = snapshot.files.get(path)
    if file is not None and file.problem in ("unreadable", "large"):
        check_entry(snapshot, path)
    if file is None or not file.text:
        return snapshot
    text = sysctl_text.without(file.text, _settings.NAMES)
    if text == file.text:
        return snapshot
    check_entry(snapshot, path)
    # The target of a link stays, because the next run would refuse a link to nothing.
    is_link = snapshot.path_without_links(path) != path
    return with_text(snapshot, path, "" if text is None and (path == boot_readers.SYSCTL_CONF or is_link) else text)


def with_text(snapshot: host_snapshot.Snapshot, path: str, text: t.Optional[str]) -> host_snapshot.Snapshot:
    """The snapshot in which the file at ``path``, and each link to it, has this ``text``; with ``None`` the file is removed."""
    folder, _slash, name = path.rpartition("/")
    new_file = sysctl_types.SysctlFile(None, snapshot.real_folder(folder) + "/" + name)
    files = dict(snapshot.files)
    real_path = files.setdefault(path, new_file).real_path
    for other, file in list(files.items()):
        if file.real_path == real_path:
            files[other] = file._replace(text=text, problem=None, package=None)
            if text is None:
                del files[other]
    return snapshot._replace(files=files)


def check_place(path: str) -> None:
    folder, _slash, name = path.rpartition("/")
    allowed = path == boot_readers.SYSCTL_CONF or (folder in OWN_FOLDERS and name.endswith(".conf") and name != ".conf")
    if allowed and path.isprintable():
        return
    if allowed:
        why = "its name has characters that cannot be printed"
    elif folder in set(boot_readers.FOLDERS) - set(OWN_FOLDERS) and name.endswith(".conf"):
        why = "/run is emptied at every boot" if folder.startswith("/run/") else "that folder belongs to packages"
    else:
        why = "nothing reads it at boot"
    raise _errors.InvalidValue(
        "file is {0!r}: {1}; allowed is a name ending in .conf in {2}.".format(path, why, " or ".join(OWN_FOLDERS))
    )


def check_entry(snapshot: host_snapshot.Snapshot, path: str) -> None:
    """Refuse a ``path`` whose present file cannot be edited. Raises ``InvalidValue``."""
    file, why = snapshot.files.get(path), None
    if file is None:
        return
    if file.real_path == sysctl_types.MASK:
        why = "it is masked by a link to /dev/null; remove that link or choose another name"
    elif file.problem:
        why = IN_THE_WAY[file.problem].format(target=file.real_path)
    elif snapshot.path_without_links(path).rpartition("/")[0] != path.rpartition("/")[0]:
        why = "it is a link to {0}, in another folder".format(file.real_path)
    elif re.search(r"\r(?!\n)|\0", file.text or ""):
        why = "it has carriage returns or null bytes inside its lines, which systemd-sysctl and sysctl read differently"
    elif any(sysctl_text.is_too_long(line) for line in (file.text or "").split("\n")):
        why = "it has a line of 1 MiB or more, at which systemd-sysctl stops reading"
    if why:
        raise _errors.InvalidValue("file is {0!r}: {1}.".format(path, why))


def check_target(planned: host_snapshot.Snapshot, path: str) -> None:
    """Refuse a file that is not read when this host boots. Raises ``InvalidValue``."""
    facts = planned.facts
    read = boot_readers.files_read(facts.reader, planned.files, facts)
    if planned.files[path].real_path in [planned.files[other].real_path for other in read]:
        return
    program = "systemd-sysctl" if facts.reader == "systemd" else "sysctl --system"
    name = path.rpartition("/")[2]
    hiding = [other for other in read if other.rpartition("/")[2] == name]
    why = "{0} hides it".format(hiding[0]) if hiding else "{0} does not read it".format(program)
    raise _errors.InvalidValue(
        "file is {0!r}: {1} when this host boots; allowed is a name in /etc/sysctl.d that ends in .conf and does not start with a dot.".format(
            path, why
        )
    )


def check_hides_nothing(before: host_snapshot.Snapshot, planned: host_snapshot.Snapshot, path: str) -> None:
    """Refuse a new file whose name would keep other settings from being read at boot. Raises ``InvalidValue``."""
    hidden = set(boot_readers.files_read(before.facts.reader, before.files, before.facts))
    hidden -= set(boot_readers.files_read(planned.facts.reader, planned.files, planned.facts))
    unread = sorted(other for other in hidden if before.files[other].problem)
    if unread:
        raise _errors.InvalidValue(
            "file is {0!r}: it would hide {1}, which was not read, at boot; choose a name that no other file has.".format(
                path, " and ".join(unread)
            )
        )
    lost = len(settings_in(planned, hidden) - settings_in(planned, {path}))
    if lost:
        raise _errors.InvalidValue(
            "file is {0!r}: it would hide {1} with {2} other setting{3} at boot; choose a name that no other file has.".format(
                path, " and ".join(sorted(hidden)), lost, "" if lost == 1 else "s"
            )
        )


def settings_in(snapshot: host_snapshot.Snapshot, paths: t.Set[str]) -> t.Set[str]:
    facts = snapshot.facts
    return {found.assignment.path for found in boot_readers.assignments(facts.reader, paths, snapshot.files, facts)}
