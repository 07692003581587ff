# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write and remove the files for the next boot, all or none, and tell systemd."""

import contextlib
import os
import subprocess
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _text
from ansible_collections.netops.keepalive.plugins.module_utils._always.boot import files, installed, marker
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout
from ansible_collections.netops.keepalive.plugins.module_utils._host import atomic_file

NOT_LOADED = 5  # systemctl's exit status; where the service was off already


def check(boot: installed.Boot) -> None:
    """Raises ``HostUnwritable`` where ``written`` would, without writing."""
    for path in changed(boot):
        atomic_file.check_replaceable(path)


def changed(boot: installed.Boot) -> t.List[str]:
    """New files first; what starts something is removed before what it starts."""
    gone = [path for path in reversed(list(boot.before)) if path not in boot.after]
    return [path for path, text in boot.after.items() if boot.before.get(path) != text] + gone


@contextlib.contextmanager
def written(boot: installed.Boot) -> t.Iterator[None]:
    """The files are as planned inside; if that fails, they are as they were.

    Raises ``HostUnwritable``; ``RollbackFailed`` where they could not be put back.
    """
    begun: t.List[str] = []
    try:
        for path in changed(boot):
            atomic_file.remove_leftovers(os.path.dirname(path))
            begun.append(path)
            put(path, boot.after.get(path))
        yield
        for path in changed(boot):
            remove_empty(os.path.dirname(path))
    except BaseException as error:
        put_back(boot, begun, error)
        raise


def put(path: str, text: t.Optional[str]) -> None:
    """Raises ``HostUnwritable``."""
    if text is None or not files.is_link(path):
        if os.path.lexists(path) or text is not None:
            atomic_file.replace(path, text, None)
        return
    try:
        atomic_file.make_folder(os.path.dirname(path))
        temporary = os.path.join(os.path.dirname(path), ".{0}.{1}.netops-keepalive".format(files.NAME, os.getpid()))
        os.symlink(text, temporary)
        os.rename(temporary, path)
        atomic_file.sync_folder(os.path.dirname(path))
    except OSError as error:
        raise atomic_file.not_writable(path, error) from error


def remove_empty(folder: str) -> None:
    if folder + "/" != files.UNITS:
        with contextlib.suppress(OSError):
            os.rmdir(folder)


def put_back(boot: installed.Boot, begun: t.Sequence[str], cause: BaseException) -> None:
    left = []
    for path in reversed(begun):
        try:
            put(path, boot.before.get(path))
            remove_empty(os.path.dirname(path))
        except _errors.KeepaliveError as error:
            left.append(_text.as_part(error))
    if begun:
        with contextlib.suppress(_errors.KeepaliveError):
            systemctl("daemon-reload")
    if left:
        raise _errors.RollbackFailed("{0} These could not be put back: {1}.".format(cause, "; ".join(left))) from cause


def tell_systemd(boot: installed.Boot, abilities: t.Optional[layout.Abilities]) -> None:
    """The program is attached already: the service finds nothing to do, and is there to be stopped.

    Raises ``HostUnwritable``.
    """
    if not changed(boot) and not boot.starts:
        return
    systemctl("daemon-reload")
    if boot.starts:
        marker.write(abilities)
        try:
            systemctl("start", files.NAME + ".service")
        except _errors.HostUnwritable:
            marker.remove()
            raise
    if boot.stops:
        marker.remove()
        systemctl("stop", files.NAME + ".service", accepted=(0, NOT_LOADED))


def systemctl(*words: str, accepted: t.Container[int] = (0,)) -> None:
    try:
        # The library knows no AnsibleModule, whose run_command ansible-test would have us call.
        done = subprocess.run(  # noqa: UP022 - Python 3.6 # pylint: disable=ansible-bad-function
            ["systemctl", "--no-ask-password"] + list(words),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise _errors.HostUnwritable("systemctl {0} failed: {1}.".format(" ".join(words), _text.why(error))) from error
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    if done.returncode not in accepted:
        why = said[0].rstrip(".") if said else "it ended with {0}".format(done.returncode)
        raise _errors.HostUnwritable("systemctl {0} failed: {1}.".format(" ".join(words), why))
